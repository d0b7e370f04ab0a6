// One plot against the rounds: a canvas with the latest or pointed-at figures in words above it, and a table below.

import { formatCount } from '@muster/appearance'
import { useState } from 'react'
import { PlotCanvas, type PlotContent } from './plot-canvas.tsx'
import { PlotTable } from './plot-table.tsx'

interface PlotProps extends PlotContent {
  readonly title: string
  readonly summary: string
  readonly empty: string
}

export function Plot(props: PlotProps) {
  const { title, rounds, series } = props
  const [pointed, setPointed] = useState<number | null>(null)
  const at = pointed !== null && pointed < rounds.length ? pointed : rounds.length - 1
  return (
    <figure className="plot">
      <figcaption>
        <h3>{title}</h3>
        <p className="readout" aria-hidden="true">
          <span className="quiet">{pointed !== null && at >= 0 ? `round ${formatCount(rounds[at] ?? 0)}` : ''}</span>
          {series.map(({ label, colour, shape, values, format }) => {
            const value = latestAt(values, at)
            return (
              <span key={label}>
                <i className={`swatch ${shape}`} style={{ color: `var(--${colour})` }} />
                {label} <b>{value === null ? '–' : format(value)}</b>
              </span>
            )
          })}
        </p>
      </figcaption>
      <PlotCanvas {...props} onPoint={setPointed} />
      <PlotTable title={title} rounds={rounds} series={series} />
    </figure>
  )
}

/** Accuracy is measured every few rounds only: the last one known then. */
function latestAt(values: readonly (number | null)[], index: number): number | null {
  for (let at = index; at >= 0; at -= 1) {
    const value = values[at]
    if (value !== null && value !== undefined) return value
  }
  return null
}
