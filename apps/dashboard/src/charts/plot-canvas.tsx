// The canvas of one plot against the rounds, by uPlot, with labelled axes. It tells which round is pointed at.

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { type Colours, useColours } from './use-colours.ts'

const plotHeight = 216
const powersMax = 10
const wholeSteps = Array.from({ length: powersMax }, (_, power) => [1, 2, 5].map(step => step * 10 ** power)).flat()

export interface Series {
  readonly label: string
  readonly colour: keyof Colours
  readonly shape: 'line' | 'steps' | 'bars' | 'points' | 'dust'
  readonly values: readonly (number | null)[]
  readonly format: (value: number) => string
}

/** What is drawn, and against which axes. All but rounds and values stays as it was first given. */
export interface PlotContent {
  /** What the vertical axis measures, with its unit; left out where the title says it. */
  readonly axis?: string
  readonly rounds: readonly number[]
  readonly series: readonly Series[]
  readonly formatTick?: (value: number) => string
  readonly range?: uPlot.Range.Function
  readonly isLogarithmic?: boolean
  /** Only whole numbers are marked on the vertical axis. */
  readonly isWhole?: boolean
  /** Where the vertical axis is marked; by default where round numbers fall. */
  readonly ticks?: readonly number[]
  /** In pixels, axes included. */
  readonly height?: number
}

interface PlotCanvasProps extends PlotContent {
  /** What a person who does not see the canvas is told of it. */
  readonly summary: string
  readonly empty: string
  /** With the index of the round pointed at; null when none is. Must stay the same function. */
  readonly onPoint: (index: number | null) => void
}

export function PlotCanvas(props: PlotCanvasProps) {
  const { rounds, summary, empty, onPoint, height = plotHeight } = props
  const box = useRef<HTMLDivElement>(null)
  useCanvas(box, props, onPoint)
  return (
    <div className="canvas" role="img" aria-label={summary} style={{ minHeight: height }}>
      <div ref={box} />
      {rounds.length === 0 && <p className="quiet">{empty}</p>}
    </div>
  )
}

function useCanvas(
  box: React.RefObject<HTMLDivElement | null>,
  props: PlotContent,
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
    const watch = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: now.props.height ?? plotHeight }),
    )
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
  {
    axis,
    series,
    formatTick = String,
    range,
    isLogarithmic = false,
    isWhole = false,
    ticks,
    height = plotHeight,
  }: PlotContent,
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
        incrs: wholeSteps,
      },
      {
        ...side,
        ...(axis !== undefined && { label: axis, labelSize: 20 }),
        size: 46,
        space: height < plotHeight ? 24 : 36,
        ...(isWhole && { incrs: wholeSteps }),
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
    // One faint dot a round: of figures that change in every round, how often each was seen shows as depth.
    case 'dust':
      return { label, stroke, width: 0, alpha: 0.6, points: { show: true, size: 3.5, fill: stroke }, paths: () => null }
    case 'line':
      return { label, stroke, width: 2, spanGaps: true, points: { show: false } }
  }
}
