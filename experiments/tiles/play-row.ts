// One strategy in one cell, in figures that fit a line.

import { measure, type ParsedTrace, rememberedLimits } from '@muster/simulator'
import type { StrategyChoice } from '@muster/strategies'
import type { Task } from '../experiment.ts'

/** What a row is of. */
export interface RowPlan {
  readonly section: 'matrix' | 'ablations' | 'costs'
  /** Which of the section's variants. */
  readonly variant: string
  readonly strategy: Exclude<StrategyChoice, string>
  readonly world: string
  /** What the world `trace` plays, by name; null elsewhere. */
  readonly trace: string | null
  readonly workers: number
  readonly partitions: number
  readonly fixedCost: number
  readonly vanish: number
  readonly rounds: number
  readonly warmUp: number
  readonly seed: number
  readonly serverCapacity?: number
  readonly perTile?: number
  readonly perPartition?: number
  readonly perShareFetched?: number
}

export interface Row extends RowPlan {
  /** Mean round time / mean fluid bound; null: the run did not come to its end. */
  readonly ratio: number | null
  readonly p99: number | null
  readonly load: number | null
  readonly uploads: number | null
  readonly undecodable: number
  readonly violations: number
  /** Partitions computed by two on purpose, and those that changed hands, as shares of all; tiles done again. */
  readonly replicated: number
  readonly moved: number
  readonly rescued: number
}

export const keyOf = ({
  section,
  variant,
  strategy,
  world,
  trace,
  workers,
  fixedCost,
  vanish,
  seed,
}: RowPlan): string => JSON.stringify([section, variant, strategy, world, trace, workers, fixedCost, vanish, seed])

const digits = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(5))

export const playRow: Task<{ readonly plan: RowPlan; readonly trace?: ParsedTrace | undefined }, Row> = {
  name: 'tiles: a row',
  run({ plan, trace }) {
    const { section, variant, ...settings } = plan
    const figures = measure({ ...settings, trace, limits: rememberedLimits() })
    const { roundP99, fluidMean, loadMean, uploadsMean, undecodable, violations, unfinished, ratioToFluid } = figures
    return {
      ...plan,
      ratio: unfinished === null ? digits(ratioToFluid) : null,
      p99: roundP99 === null || fluidMean === null ? null : digits(roundP99 / fluidMean),
      load: digits(loadMean),
      uploads: digits(uploadsMean),
      undecodable,
      violations: violations.length,
      replicated: digits(figures.figures.replicated ?? 0) ?? 0,
      moved: digits(figures.figures.moved ?? 0) ?? 0,
      rescued: digits(figures.figures.rescued ?? 0) ?? 0,
    }
  },
}
