// One figure of a strategy's panel: its value now, what it means, and a small plot of it over the rounds.

import { formatCount } from '@muster/appearance'
import type { PanelFigure, RoundRecord } from '@muster/protocol'
import { useMemo, useState } from 'react'
import { type FigureUnit, formatCountMark, formatFigure } from '../live/panel-figures.ts'
import { PlotCanvas, type PlotContent, type Series } from './plot-canvas.tsx'
import { PlotTable } from './plot-table.tsx'

const height = 150

interface FigurePlotProps {
  readonly figure: PanelFigure
  /** The rounds of its strategy. */
  readonly records: readonly RoundRecord[]
}

export function FigurePlot({ figure, records }: FigurePlotProps) {
  const { key, title, meaning, unit } = figure
  const [pointed, setPointed] = useState<number | null>(null)
  const rounds = useMemo(() => records.map(({ round }) => round), [records])
  const values = useMemo(() => records.map(({ figures }) => figures[key] ?? null), [records, key])
  const series = useMemo<Series[]>(
    () => [
      {
        label: title,
        colour: 'accent',
        shape: unit === 'count' ? 'dust' : 'line',
        values,
        format: value => formatFigure(value, unit),
      },
    ],
    [values, title, unit],
  )
  const value = values.at(-1) ?? null
  const at = pointed !== null && pointed < rounds.length ? pointed : null
  return (
    <figure className="plot">
      <figcaption>
        <h3>{title}</h3>
        <p className="value">
          <b data-testid={`panel-${key}`} data-value={value ?? ''}>
            {formatFigure(value, unit)}
          </b>{' '}
          <span className="quiet" aria-hidden="true">
            {at !== null && `${formatFigure(values[at] ?? null, unit)} in round ${formatCount(rounds[at] ?? 0)}`}
          </span>
        </p>
        <p className="note quiet">{meaning}</p>
      </figcaption>
      <PlotCanvas
        {...axisOf[unit]}
        rounds={rounds}
        series={series}
        height={height}
        summary={summaryOf(title, rounds, values, unit)}
        empty="No rounds yet."
        onPoint={setPointed}
      />
      <PlotTable title={title} rounds={rounds} series={series} />
    </figure>
  )
}

const axisOf: Record<FigureUnit, Pick<PlotContent, 'range' | 'isWhole' | 'formatTick'>> = {
  count: {
    isWhole: true,
    formatTick: formatCountMark,
    range: (_plot, min, max) => [Math.min(0, min ?? 0), Math.max(2, (max ?? 0) * 1.15)],
  },
  share: {
    formatTick: value => `${Math.round(value * 100)}%`,
    range: (_plot, min, max) => [Math.min(0, min ?? 0), Math.max(0.05, Math.min((max ?? 1) * 1.15, 1))],
  },
  number: {},
}

function summaryOf(
  title: string,
  rounds: readonly number[],
  values: readonly (number | null)[],
  unit: FigureUnit,
): string {
  const told = values.filter(value => value !== null)
  if (told.length === 0) return `${title}: no rounds yet.`
  const words = (value: number | undefined): string => formatFigure(value ?? null, unit)
  const least = told.reduce((one, other) => Math.min(one, other))
  const most = told.reduce((one, other) => Math.max(one, other))
  const from = `rounds ${rounds[0]} to ${rounds.at(-1)}`
  return `${title}, ${from}: between ${words(least)} and ${words(most)}, last ${words(told.at(-1))}.`
}
