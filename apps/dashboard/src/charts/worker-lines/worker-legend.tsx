// Names the workers of the plots below, once for all; one that is pointed at, focused or chosen stands out in them.

import { formatCount, shortId } from '@muster/appearance'
import { useState } from 'react'
import type { ColourName } from '../use-colours.ts'
import type { Line } from './line-colours.ts'

export const colourOf = ({ colour }: Pick<Line, 'colour'>): ColourName =>
  colour === null ? 'line-strong' : (`worker-${colour + 1}` as ColourName)

interface WorkerLegendProps {
  readonly lines: readonly Line[]
  /** How many there are whose lines are not drawn. */
  readonly unseen: number
  readonly emphasised: string | null
  readonly onEmphasise: (worker: string | null) => void
}

export function WorkerLegend({ lines, unseen, emphasised, onEmphasise }: WorkerLegendProps) {
  // Chosen by a click: where nothing can be pointed at without touching, it has to stay.
  const [chosen, setChosen] = useState<string | null>(null)
  const choose = (worker: string): void => {
    const next = chosen === worker ? null : worker
    setChosen(next)
    onEmphasise(next)
  }
  return (
    <ul className="legend worker-legend" aria-label="Workers; choose one to make its lines stand out">
      {lines.map(line => {
        const { worker } = line.track
        return (
          <li key={worker}>
            <button
              type="button"
              className={`${line.isGone ? 'gone' : ''}${emphasised === worker ? ' emphasised' : ''}`}
              aria-pressed={chosen === worker}
              title={worker}
              onClick={() => choose(worker)}
              onPointerEnter={event => event.pointerType === 'mouse' && onEmphasise(worker)}
              onPointerLeave={event => event.pointerType === 'mouse' && onEmphasise(chosen)}
              onFocus={() => onEmphasise(worker)}
              onBlur={() => onEmphasise(chosen)}
            >
              <i className="swatch" style={{ color: `var(--${colourOf(line)})` }} />
              <span className="id">{shortId(worker)}</span>
              {line.isGone && <span>has left</span>}
            </button>
          </li>
        )
      })}
      {unseen > 0 && <li>and {formatCount(unseen)} more, not drawn</li>}
    </ul>
  )
}
