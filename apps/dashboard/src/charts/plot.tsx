// One plot against the rounds: a canvas by uPlot with labelled axes, the latest or pointed-at figures in words,
// a sentence and a table for those who do not see it.

import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatCount } from '@muster/appearance'
import { type Colours, useColours } from './use-colours.ts'

const height = 216
const tableRowsMax = 40

export interface Series {
  readonly label: string
  readonly colour: keyof Colours
  readonly shape: 'line' | 'steps' | 'bars' | 'points'
  readonly values: readonly (number | null)[]
  readonly format: (value: number) => string
}

interface PlotProps {
  readonly title: string
  /** What the vertical axis measures, with its unit. */
  readonly axis: string
  readonly rounds: readonly number[]
  readonly series: readonly Series[]
  readonly summary: string
  readonly empty: string
  readonly formatTick?: (value: number) => string
  readonly range?: uPlot.Range.Function
  readonly isLogarithmic?: boolean
  /** Where the vertical axis is marked; by default where round numbers fall. */
  readonly ticks?: readonly number[]
}

export function Plot(props: PlotProps) {
  const { title, rounds, series, summary, empty } = props
  const box = useRef<HTMLDivElement>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  useCanvas(box, props, setPointed)
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
      <div className="canvas" role="img" aria-label={summary}>
        <div ref={box} />
        {rounds.length === 0 && <p className="quiet">{empty}</p>}
      </div>
      <PlotTable {...props} />
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

function useCanvas(
  box: React.RefObject<HTMLDivElement | null>,
  props: PlotProps,
  onPoint: (index: number | null) => void,
): void {
  const colours = useColours()
  const plot = useRef<uPlot>(null)
  const { rounds, series } = props
  const data = [rounds, ...series.map(({ values }) => values)] as unknown as uPlot.AlignedData
  const latest = useRef({ props, data })
  latest.current = { props, data }

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const now = latest.current
    const made = new uPlot(optionsOf(now.props, colours, element.clientWidth, onPoint), now.data, element)
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [box, colours, onPoint])

  // The arrays are made anew only when a round has closed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `data` is derived from these two
  useEffect(() => {
    plot.current?.setData(latest.current.data)
  }, [rounds, series])
}

function optionsOf(
  { axis, series, formatTick = String, range, isLogarithmic = false, ticks }: PlotProps,
  colours: Colours,
  width: number,
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const font = `12px ${getComputedStyle(document.body).fontFamily}`
  const side = {
    stroke: colours['ink-soft'],
    font,
    labelFont: font,
    labelGap: 0,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height,
    legend: { show: false },
    padding: [10, 12, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'rounds' }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_plot, min, max) => roundRange(min, max) },
      y: isLogarithmic
        ? { distr: 3, log: 10, ...(range && { range }) }
        : { range: range ?? ((_plot, min, max) => valueRange(min, max)) },
    },
    axes: [
      {
        ...side,
        label: 'round',
        labelSize: 18,
        size: 26,
        grid: { show: false },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
      },
      {
        ...side,
        label: axis,
        labelSize: 20,
        size: 46,
        space: 36,
        ...(ticks && { splits: () => [...ticks], filter: (_plot: uPlot, marks: number[]) => marks }),
        values: (_plot, marks) => marks.map(tick => (tick === null ? '' : formatTick(tick))),
      },
    ],
    series: [{}, ...series.map(one => seriesOptions(one, colours))],
    hooks: { setCursor: [plot => onPoint(plot.cursor.idx ?? null)] },
  }
}

const emptyRounds = 10

function roundRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, emptyRounds]
  return min === max ? [min - 1, max + 1] : [min, max]
}

/** From zero where that is near, else the values with a margin. */
function valueRange(min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null) return [0, 1]
  return uPlot.rangeNum(min, max, 0.1, true)
}

function seriesOptions({ label, colour, shape }: Series, colours: Colours): uPlot.Series {
  const stroke = colours[colour]
  const { bars, stepped } = uPlot.paths
  switch (shape) {
    case 'bars':
      return {
        label,
        stroke,
        fill: stroke,
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars({ size: [0.7, 14] }) }),
      }
    case 'steps':
      return { label, stroke, width: 2, points: { show: false }, ...(stepped && { paths: stepped({ align: -1 }) }) }
    case 'points':
      return { label, stroke, width: 0, points: { show: true, size: 4, fill: stroke }, paths: () => null }
    case 'line':
      return { label, stroke, width: 2, spanGaps: true, points: { show: false } }
  }
}

function PlotTable({ title, rounds, series }: PlotProps) {
  const [isOpen, setIsOpen] = useState(false)
  if (rounds.length === 0) return null
  const from = Math.max(0, rounds.length - tableRowsMax)
  return (
    <details onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary>
        As a table<span className="unseen">: {title}</span>
      </summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="scroll short" aria-label={`${title}, the last rounds`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Round</th>
                {series.map(({ label }) => (
                  <th scope="col" key={label}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rounds
                .slice(from)
                .map((round, index) => (
                  <tr key={round}>
                    <th scope="row">{formatCount(round)}</th>
                    {series.map(({ label, values, format }) => {
                      const value = values[from + index]
                      return <td key={label}>{value === null || value === undefined ? '–' : format(value)}</td>
                    })}
                  </tr>
                ))
                .reverse()}
            </tbody>
          </table>
        </section>
      )}
    </details>
  )
}
