// Which runs there are: the search for rates, the grid, and EAMSGD beside it.

import type { RunFound, RunPlan } from './play-run.ts'
import {
  failures,
  fleets,
  type LocalKind,
  optimisers,
  overlaps,
  ratesTried,
  searched,
  searchSeedAfter,
  splits,
  stepCounts,
  weightings,
} from './setting.ts'

export type RunRow = RunPlan & Omit<RunFound, 'violations'> & { readonly violations: readonly string[] }

export interface Grid {
  readonly fleets: readonly RunPlan['workers'][]
  readonly stepCounts: readonly (typeof stepCounts)[number][]
  readonly overlaps: readonly number[]
  readonly seeds: readonly number[]
}

export type Rates = Readonly<Record<LocalKind, number>>

export const wholeGrid = (seeds: readonly number[]): Grid => ({ fleets, stepCounts, overlaps, seeds })

/** Fixed weights, without failures and with independent ones, both splits. */
export const searchPlans = (seed: number): RunPlan[] =>
  optimisers.flatMap(optimiser =>
    ratesTried[optimiser].flatMap(rate =>
      splits.flatMap(split =>
        (['none', 'independent'] as const).map(
          (failure): RunPlan => ({
            ...searched,
            ...{ failure, split, optimiser, weights: 'fixed', rate, seed: seed + searchSeedAfter },
          }),
        ),
      ),
    ),
  )

/** What is broken off lacks the overlap that the least depends on, and then seeds. */
export const gridPlans = (grid: Grid, rates: Rates): RunPlan[] => {
  const isLate = (overlap: number) => overlap === leastWanted
  return [
    ...crossed({ ...grid, overlaps: grid.overlaps.filter(overlap => !isLate(overlap)) }, rates),
    ...crossed({ ...grid, overlaps: grid.overlaps.filter(isLate) }, rates),
  ]
}

/** Of the five overlaps. */
const leastWanted = 0.375

const crossed = ({ fleets, stepCounts, overlaps, seeds }: Grid, rates: Rates): RunPlan[] =>
  seeds.flatMap(seed =>
    fleets.flatMap(workers =>
      stepCounts.flatMap(steps =>
        overlaps.flatMap(overlap =>
          failures.flatMap(failure =>
            splits.flatMap(split =>
              optimisers.flatMap(optimiser =>
                weightings.map(
                  (weights): RunPlan => ({
                    ...{ workers, steps, overlap, failure, split, optimiser, weights, seed },
                    rate: rates[optimiser],
                  }),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  )

/** The settings of the curves: the paper's, and the hardest. */
export const drawnSettings = [
  { failure: 'independent', split: 'iid' },
  { failure: 'bursts', split: 'sorted' },
] as const

/** EAMSGD, which has no overlap. */
export const momentumPlans = ({ fleets, stepCounts, seeds }: Grid, rates: Rates): RunPlan[] =>
  seeds.flatMap(seed =>
    fleets.flatMap(workers =>
      stepCounts.flatMap(steps =>
        drawnSettings.map(
          ({ failure, split }): RunPlan => ({
            ...{ workers, steps, overlap: 0, failure, split, seed },
            ...{ optimiser: 'momentum', weights: 'fixed', rate: rates.momentum },
          }),
        ),
      ),
    ),
  )

export const keyOf = (plan: RunPlan): string => {
  const { workers, steps, overlap, failure, split, optimiser, weights, rate, seed } = plan
  return [workers, steps, overlap, failure, split, optimiser, weights, rate, seed].join(' ')
}
