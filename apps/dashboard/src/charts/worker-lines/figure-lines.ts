// One figure of all workers as lines to draw: their points, thinned and aligned, and where a share is whole.

import type { PanelFigure } from '@muster/protocol'
import { type Aligned, alignPoints } from './align-points.ts'
import { type Point, thinPoints } from './thin-points.ts'
import type { Track } from './worker-tracks.ts'

export interface FigureLines extends Aligned {
  /** 1 in the rounds in which somebody's share was whole, else null. */
  readonly whole: readonly (number | null)[]
}

export function figureLines(
  tracks: readonly Track[],
  figure: PanelFigure,
  span: readonly number[],
  together: number,
): FigureLines {
  const lines = tracks.map(track => pointsOf(track, figure))
  const whole = figure.unit === 'share' ? wholeShares(lines) : []
  const { rounds, rows } = alignPoints(
    [...lines, whole].map(points => thinPoints(points, together)),
    span,
  )
  return { rounds, rows: rows.slice(0, -1), whole: rows.at(-1) ?? [] }
}

/** On a logarithmic axis there is no place for what is not above zero. */
export function pointsOf({ told }: Track, { key, scale }: Pick<PanelFigure, 'key' | 'scale'>): readonly Point[] {
  const points: Point[] = []
  for (const { round, figures } of told) {
    const value = figures[key]
    if (value === undefined || !Number.isFinite(value) || (scale === 'log' && value <= 0)) continue
    points.push({ round, value })
  }
  return points
}

/** None where most shares are whole: that is no event but the rule. */
function wholeShares(lines: readonly (readonly Point[])[]): readonly Point[] {
  const all = lines.flat()
  const whole = all.filter(({ value }) => value === 1)
  return 2 * whole.length > all.length ? [] : whole.sort((a, b) => a.round - b.round)
}
