// One figure of a list: its name, its value in words, the raw value beside it for whoever reads by machine.

import type { ReactNode } from 'react'

interface FigureProps {
  readonly name: string
  readonly hook?: string
  readonly value: number | null
  readonly children: ReactNode
  readonly note?: string
}

export function Figure({ name, hook, value, children, note }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={hook} data-value={value ?? ''}>
        {children}
      </dd>
      {note !== undefined && <dd className="note">{note}</dd>}
    </div>
  )
}
