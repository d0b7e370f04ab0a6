// One figure of every worker over the rounds: a line each, against axes that the plots beside it share.

import { formatCount, shortId } from '@muster/appearance'
import type { PanelFigure } from '@muster/protocol'
import { useMemo, useState } from 'react'
import { formatFigure } from '../../live/panel-figures.ts'
import { figureAxis } from '../figure-axis.ts'
import { PlotCanvas } from '../plot-canvas.tsx'
import type { Series } from '../plot-series.ts'
import { figureLines } from './figure-lines.ts'
import type { Line } from './line-colours.ts'
import { colourOf } from './worker-legend.tsx'
import { summariseLines } from './worker-words.ts'

const height = 172
const wholeLabel = 'whole'

interface WorkerPlotProps {
  readonly figure: PanelFigure
  readonly lines: readonly Line[]
  /** The first and the last round of all plots. */
  readonly span: readonly number[]
  /** Rounds that are drawn as one point. */
  readonly together: number
  readonly emphasised: string | null
}

export function WorkerPlot({ figure, lines, span, together, emphasised }: WorkerPlotProps) {
  const { key, title, meaning, unit } = figure
  const [pointed, setPointed] = useState<number | null>(null)
  const drawn = useMemo(
    () =>
      figureLines(
        lines.map(({ track }) => track),
        figure,
        span,
        together,
      ),
    [lines, figure, span, together],
  )
  const series = useMemo<Series[]>(() => {
    const format = (value: number): string => formatFigure(value, unit)
    const tracks = lines.map((line, index) => ({
      label: line.track.worker,
      colour: colourOf(line),
      shape: 'track' as const,
      isFaint: line.isGone,
      breaks: line.silences,
      values: drawn.rows[index] ?? [],
      format,
    }))
    // The first named is drawn last, over the grey ones.
    return [...tracks.reverse(), { label: wholeLabel, colour: 'ink', shape: 'rings', values: drawn.whole, format }]
  }, [lines, drawn, unit])
  const hasRings = drawn.whole.some(value => value !== null)
  return (
    <figure className="plot" data-testid={`workers-over-time-${key}`}>
      <figcaption>
        <div className="title">
          <h4>{title}</h4>
          <Readout figure={figure} lines={lines} drawn={drawn} pointed={pointed} emphasised={emphasised} />
        </div>
        <p className="note quiet">
          {meaning}{' '}
          {hasRings && (
            <span className="ring-note">
              <i className="ring" aria-hidden="true" /> marks 100%.
            </span>
          )}
        </p>
      </figcaption>
      <PlotCanvas
        {...figureAxis(figure)}
        rounds={drawn.rounds}
        series={series}
        height={height}
        summary={summariseLines(figure, lines)}
        empty="No rounds yet."
        emphasised={emphasised}
        onPoint={setPointed}
      />
    </figure>
  )
}

interface ReadoutProps {
  readonly figure: PanelFigure
  readonly lines: readonly Line[]
  readonly drawn: ReturnType<typeof figureLines>
  readonly pointed: number | null
  readonly emphasised: string | null
}

/** Whose point is pointed at; else the last of the worker that stands out. */
function Readout({ figure, lines, drawn, pointed, emphasised }: ReadoutProps) {
  const { rounds, rows } = drawn
  const at = pointed !== null && pointed < rounds.length ? pointed : null
  const shown =
    at !== null
      ? rows.findIndex(row => typeof row[at] === 'number')
      : lines.findIndex(({ track }) => track.worker === emphasised)
  const row = rows[shown]
  const line = lines[shown]
  if (row === undefined || line === undefined) return <p className="readout" aria-hidden="true" />
  const index = at ?? row.findLastIndex(value => value !== null)
  return (
    <p className="readout" aria-hidden="true">
      <span>
        <i className="swatch" style={{ color: `var(--${colourOf(line)})` }} />{' '}
        <span className="id">{shortId(line.track.worker)}</span> <b>{formatFigure(row[index] ?? null, figure.unit)}</b>
      </span>
      <span className="quiet">round {formatCount(rounds[index] ?? 0)}</span>
    </p>
  )
}
