// How one series of a plot is drawn, by its shape, and how one is made to stand out among the others.

import uPlot from 'uplot'
import type { ColourName, Colours } from './use-colours.ts'

export interface Series {
  readonly label: string
  readonly colour: ColourName
  readonly shape: 'line' | 'steps' | 'bars' | 'points' | 'dust' | 'track' | 'rings'
  readonly values: readonly (number | null)[]
  readonly format: (value: number) => string
  readonly isFaint?: boolean
  /** Rounds between which a track is not drawn. */
  readonly breaks?: readonly (readonly [from: number, to: number])[]
}

const trackWidth = 1.5
const emphasisedWidth = 2.75
const faintAlpha = 0.45
const recedingAlpha = 0.14
/** Points of a line are shown one by one where each has as many pixels. */
const pixelsPerPoint = 10

/** `now`: the series as it is whenever it is drawn. */
export function seriesOptions(
  { label, colour, shape, isFaint = false }: Series,
  colours: Colours,
  now: () => Series | undefined,
): uPlot.Series {
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
    // One of several lines of which each has values in some rounds only.
    case 'track':
      return {
        label,
        stroke,
        width: trackWidth,
        alpha: isFaint ? faintAlpha : 1,
        // Null means only that it was another's turn; what is left out is told.
        gaps: plot => (now()?.breaks ?? []).map(([from, to]) => gapBetween(plot, from, to)),
        points: { show: isSparse, size: 4, width: 0, fill: stroke },
      }
    case 'rings':
      return {
        label,
        stroke,
        width: 0,
        points: { show: true, size: 9, width: 1.5, stroke, fill: 'transparent' },
        paths: () => null,
      }
  }
}

/** The whole width of a line that rises or falls at the end of a break is seen. */
function gapBetween(plot: uPlot, from: number, to: number): [number, number] {
  const half = (emphasisedWidth / 2) * devicePixelRatio
  return [plot.valToPos(from, 'x', true) + half, plot.valToPos(to, 'x', true) - half]
}

/** All lines of a plot alike: some with points and some without would seem to mean something. */
function isSparse(plot: uPlot): boolean {
  const pointsOfOne = plot.data[0].length / Math.max(1, plot.series.length - 1)
  return pointsOfOne * pixelsPerPoint * devicePixelRatio <= plot.bbox.width
}

/** The others recede; marks do not: they belong to nobody. */
export function emphasise(plot: uPlot, series: readonly Series[], emphasised: string | null): void {
  const isThere = series.some(({ label }) => label === emphasised)
  for (const [index, { label, shape, isFaint = false }] of series.entries()) {
    const drawn = plot.series[index + 1]
    if (drawn === undefined || shape !== 'track') continue
    drawn.width = label === emphasised ? emphasisedWidth : trackWidth
    drawn.alpha = isThere ? (label === emphasised ? 1 : recedingAlpha) : isFaint ? faintAlpha : 1
  }
  plot.redraw(false)
}
