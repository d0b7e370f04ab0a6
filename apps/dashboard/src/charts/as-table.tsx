// The numbers behind a drawing, folded away: for those who do not see the drawing, or want them exactly.

import { type ReactNode, useState } from 'react'

interface AsTableProps {
  readonly title: string
  /** What of it the table holds, for those who cannot see how long it is. */
  readonly extent: string
  /** Made only while it is open: a table of many rows costs at every update. */
  readonly table: () => ReactNode
}

export function AsTable({ title, extent, table }: AsTableProps) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary>
        As a table<span className="unseen">: {title}</span>
      </summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="scroll short" aria-label={`${title}, ${extent}`} tabIndex={0}>
          {table()}
        </section>
      )}
    </details>
  )
}
