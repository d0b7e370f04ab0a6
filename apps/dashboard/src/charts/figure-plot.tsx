// One figure of a strategy's panel: its value now, what it means, and a small plot of it over the rounds.

import { formatCount } from '@muster/appearance'
import type { PanelFigure, RoundRecord } from '@muster/protocol'
import { useMemo, useState } from 'react'
import { type FigureUnit, formatFigure } from '../live/panel-figures.ts'
import { figureAxis } from './figure-axis.ts'
import { PlotCanvas } from './plot-canvas.tsx'
import type { Series } from './plot-series.ts'
import { PlotTable } from './plot-table.tsx'

const height = 150

interface FigurePlotProps {
  readonly figure: PanelFigure
  /** The rounds of its strategy. */
  readonly records: readonly RoundRecord[]
}

export function FigurePlot({ figure, records }: FigurePlotProps) {
  const { key, title, meaning, unit, scale } = figure
  const [pointed, setPointed] = useState<number | null>(null)
  const rounds = useMemo(() => records.map(({ round }) => round), [records])
  const values = useMemo(
    () =>
      valuesOn(
        scale,
        records.map(({ figures }) => figures[key] ?? null),
      ),
    [records, key, scale],
  )
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
        {...figureAxis(figure)}
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

/** Of the largest value: what is below is nothing but rounding, and would press all else together. */
const logFloor = 1e-6

/** On a logarithmic axis there is no place for what is not above zero. */
function valuesOn(scale: PanelFigure['scale'], values: readonly (number | null)[]): readonly (number | null)[] {
  if (scale !== 'log') return values
  const floor = logFloor * values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
  return values.map(value => (value !== null && value > floor ? value : null))
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
