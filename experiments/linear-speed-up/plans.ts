// Which runs there are: the search for c, and every kind in every fleet.

import { mean } from '../comparison/markdown.ts'
import type { RunFound, RunPlan } from './play-run.ts'
import { factorsTried, fleets, type Kind, kinds, type Scale, searchedFleets, searchSeedAfter } from './setting.ts'

export type RunRow = RunPlan & RunFound

export const searchPlans = ({ searchSeeds }: Scale, seed: number): RunPlan[] =>
  factorsTried.flatMap(factor =>
    searchedFleets.flatMap(workers =>
      Array.from(
        { length: searchSeeds },
        (_, i): RunPlan => ({ kind: 'full', workers, factor, seed: seed + searchSeedAfter + i }),
      ),
    ),
  )

export const isSearched = ({ seed }: Pick<RunPlan, 'seed'>, first: number): boolean => seed >= first + searchSeedAfter

/** Without noise a seed is only another start: two will do. */
const seedsOf = (kind: Kind, seeds: number): number => (kind === 'noiseless' ? Math.min(2, seeds) : seeds)

export const gridPlans = (factor: number, { seeds }: Scale, seed: number): RunPlan[] =>
  kinds.flatMap(kind =>
    Array.from({ length: seedsOf(kind, seeds) }, (_, i) => seed + i).flatMap(own =>
      fleets.map((workers): RunPlan => ({ kind, workers, factor, seed: own })),
    ),
  )

export const keyOf = ({ kind, workers, factor, seed }: RunPlan): string => [kind, workers, factor, seed].join(' ')

export interface FactorTried {
  readonly factor: number
  /** Mean of log error over fleets and seeds; Infinity where a run ended without a number. */
  readonly logError: number
}

/** Only those that were played. */
export const factorsSeen = (rows: readonly RunRow[]): FactorTried[] =>
  factorsTried.flatMap(factor => {
    const own = rows.filter(row => row.factor === factor)
    return own.length === 0
      ? []
      : [{ factor, logError: mean(own.map(({ error }) => (error === null ? Infinity : Math.log(error)))) }]
  })

export function chooseFactor(rows: readonly RunRow[]): number {
  const seen = factorsSeen(rows).filter(({ logError }) => Number.isFinite(logError))
  if (seen.length === 0) return factorsTried[0]
  return seen.reduce((one, other) => (other.logError < one.logError ? other : one)).factor
}
