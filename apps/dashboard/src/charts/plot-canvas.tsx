// The canvas of one plot against the rounds, by uPlot, with labelled axes. It tells which round is pointed at.

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { emphasise, type Series, seriesOptions } from './plot-series.ts'
import { type Colours, useColours } from './use-colours.ts'

const plotHeight = 216
const powersMax = 10
const wholeSteps = Array.from({ length: powersMax }, (_, power) => [1, 2, 5].map(step => step * 10 ** power)).flat()

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
  /** Where the vertical axis is marked between these ends; by default where round numbers fall. */
  readonly ticks?: (min: number, max: number) => readonly number[]
  /** Zero is a border within the plot, where values lie on both sides of it. */
  readonly hasZeroLine?: boolean
  /** In pixels, axes included. */
  readonly height?: number
}

interface PlotCanvasProps extends PlotContent {
  /** What a person who does not see the canvas is told of it. */
  readonly summary: string
  readonly empty: string
  /** The label of the series that stands out; null: all are alike. */
  readonly emphasised?: string | null
  /** With the index of the round pointed at; null when none is. Must stay the same function. */
  readonly onPoint: (index: number | null) => void
}

export function PlotCanvas(props: PlotCanvasProps) {
  const { rounds, summary, empty, onPoint, height = plotHeight, emphasised = null } = props
  const box = useRef<HTMLDivElement>(null)
  useCanvas(box, props, onPoint, emphasised)
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
  emphasised: string | null,
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
    const made = new uPlot(
      optionsOf(now.props, colours, element.clientWidth, onPoint, index => latest.current.props.series[index]),
      now.data,
      element,
    )
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

  // A canvas made anew, for other colours, emphasises again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `colours` and `onPoint` are why it was made anew
  useEffect(() => {
    if (plot.current !== null) emphasise(plot.current, latest.current.props.series, emphasised)
  }, [emphasised, colours, onPoint])
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
    hasZeroLine = false,
    height = plotHeight,
  }: PlotContent,
  colours: Colours,
  width: number,
  onPoint: (index: number | null) => void,
  seriesNow: (index: number) => Series | undefined,
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
    padding: [10, 20, 0, 0],
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
        ...(ticks && {
          splits: (_plot: uPlot, _axis: number, min: number, max: number) => [...ticks(min, max)],
          filter: (_plot: uPlot, marks: number[]) => marks,
        }),
        values: (_plot, marks) => marks.map(tick => (tick === null ? '' : formatTick(tick))),
      },
    ],
    series: [{}, ...series.map((one, index) => seriesOptions(one, colours, () => seriesNow(index)))],
    hooks: {
      setCursor: [plot => onPoint(plot.cursor.idx ?? null)],
      ...(hasZeroLine && { drawAxes: [plot => drawZeroLine(plot, colours)] }),
    },
  }
}

function drawZeroLine(plot: uPlot, colours: Colours): void {
  const { min = 0, max = 0 } = plot.scales.y ?? {}
  if (min === null || max === null || min >= 0 || max <= 0) return
  const { ctx, bbox } = plot
  const y = Math.round(plot.valToPos(0, 'y', true))
  ctx.save()
  ctx.strokeStyle = colours['line-strong']
  ctx.lineWidth = devicePixelRatio
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
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
