// The learning rate of each optimiser, from the runs of the search: the lowest loss at the end among those that never
// leapt away.

import { mean } from '../comparison/markdown.ts'
import { endLoss, worstLoss } from './outcome.ts'
import type { Rates, RunRow } from './run-plans.ts'
import { calmFactor, optimisers, ratesTried } from './setting.ts'

export interface RateTried {
  readonly optimiser: (typeof optimisers)[number]
  readonly rate: number
  /** Mean over the runs of the search. */
  readonly loss: number
  /** Over the loss of the start, the largest of any run. */
  readonly leap: number
  readonly isCalm: boolean
}

/** Only rates that were played. */
export const ratesSeen = (rows: readonly RunRow[]): RateTried[] =>
  optimisers.flatMap(optimiser =>
    ratesTried[optimiser].flatMap(rate => {
      const own = rows.filter(row => row.optimiser === optimiser && row.rate === rate)
      if (own.length === 0) return []
      const leap = Math.max(...own.map(row => worstLoss(row) / (row.curve[0]!.loss ?? 0)))
      return [{ optimiser, rate, loss: mean(own.map(endLoss)), leap, isCalm: leap <= calmFactor }]
    }),
  )

/** Where no rate is calm, the lowest that was tried. */
export function chooseRates(rows: readonly RunRow[]): Rates {
  const seen = ratesSeen(rows)
  const best = (optimiser: RateTried['optimiser']): number => {
    const calm = seen.filter(tried => tried.optimiser === optimiser && tried.isCalm)
    if (calm.length === 0) return ratesTried[optimiser][0]
    return calm.reduce((one, other) => (other.loss < one.loss ? other : one)).rate
  }
  const sgd = best('sgd')
  return { sgd, adahessian: best('adahessian'), momentum: sgd }
}
