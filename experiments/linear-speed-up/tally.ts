// Errors summed up over seeds: against N, and as slopes against NK.

import { mean } from '../comparison/markdown.ts'
import type { RunRow } from './plans.ts'
import { fleets, type Kind, rateOf } from './setting.ts'
import { type Interval, intervalOf, slopeOf } from './slope.ts'

/** What is held against NK: the mean of ‖∇F‖² over the iterations, what noise has of it, and loss above the best at K. */
export const measures = ['error', 'noise', 'excess'] as const
export type Measure = (typeof measures)[number]

export interface Context {
  /** K */
  readonly iterations: number
  readonly bestLoss: number
}

/** Null where there is none: no number, or nothing above nought. */
export function measured(row: RunRow, measure: Measure, { iterations, bestLoss }: Context): number | null {
  const [start, end] = [row.curve[0]?.loss ?? null, row.curve.at(-1)?.loss ?? null]
  if (row.error === null || start === null || end === null) return null
  const value = {
    error: row.error,
    // Without noise a small step η lowers the loss by η ‖∇F‖²: the rest of the error is noise.
    noise: row.error - (start - end) / (rateOf(row.factor, row.workers, iterations) * iterations),
    excess: end - bestLoss,
  }[measure]
  return value > 0 ? value : null
}

export function meanOf(rows: readonly RunRow[], kind: Kind, workers: number, measure: Measure, context: Context) {
  const values = rows
    .filter(row => row.kind === kind && row.workers === workers)
    .map(row => measured(row, measure, context))
  const known = values.filter(value => value !== null)
  return values.length === 0 || known.length < values.length ? null : mean(known)
}

/** What an error is held against: NK, or the gradients that went into estimates, of which NK is the most there can be. */
export type Against = 'product' | 'gradients'

/** One slope a seed, on all fleets; null where a seed lacks one. */
export function slopeInterval(
  rows: readonly RunRow[],
  kind: Kind,
  measure: Measure,
  context: Context,
  against: Against = 'product',
): Interval | null {
  const own = rows.filter(row => row.kind === kind)
  const slopes = [...new Set(own.map(({ seed }) => seed))].map(seed => {
    const points = fleets.flatMap(workers => {
      const row = own.find(other => other.seed === seed && other.workers === workers)
      if (row === undefined) return []
      const value = measured(row, measure, context)
      const work = workers * context.iterations * (against === 'gradients' ? row.steps : 1)
      return value === null ? [] : [[Math.log(work), Math.log(value)] as const]
    })
    return points.length < fleets.length ? null : slopeOf(points)
  })
  const known = slopes.filter(slope => slope !== null)
  return known.length === 0 || known.length < slopes.length ? null : intervalOf(known)
}
