// What is played: the whole matrix, what each idea is worth, and worlds that cost more. Draws of a seed that nothing was
// tuned on.

import { type CellPlan, candidatesOf, cellsOf, contendersOf, type NamedTrace } from '@muster/simulator'
import type { RowPlan } from './play-row.ts'

/** Exact strategies that have been the fastest in some cell of an earlier matrix, and `tiled`. */
export const rivals = ['adaptive-repetition', 'nested-tree', 'work-queue', 'speed-proportional']

const ofCell = ({ world, trace, workers, fixedCost, vanish, rounds, warmUp, seed }: CellPlan) => ({
  ...{ world, trace, workers, fixedCost, vanish, rounds, warmUp, seed },
})

/** `tiled` first: where time is short, it is known where it stands before rivals are. */
export function matrixPlans(seed: number, isQuick: boolean, traces: readonly NamedTrace[]): readonly RowPlan[] {
  const size = isQuick ? 'quick' : 'full'
  const cells = cellsOf(size, traces, seed)
  return ['tiled', ...rivals].flatMap(name =>
    contendersOf([name]).flatMap(contender =>
      cells.flatMap(cell =>
        candidatesOf(contender, cell.workers, size).map(
          (strategy): RowPlan => ({
            ...{ section: 'matrix', variant: '', strategy: asChoice(strategy) },
            ...ofCell(cell),
            partitions: contender.partitions?.(cell.workers) ?? cell.partitions,
          }),
        ),
      ),
    ),
  )
}

const asChoice = (strategy: RowPlan['strategy'] | string): RowPlan['strategy'] =>
  typeof strategy === 'string' ? { name: strategy } : strategy

export interface Variant {
  readonly name: string
  readonly own: Readonly<Record<string, string>>
  /** Partitions a tab; 64 unless told. */
  readonly perTab?: number
}

export const variants: readonly Variant[] = [
  { name: 'tiled', own: {} },
  { name: 'alone: no pairs, each sends its own sum', own: { together: 'alone' } },
  { name: 'both: pairs do the same, each sends half', own: { together: 'both' } },
  { name: 'no tile is sent early', own: { early: 'no' } },
  { name: 'nothing changes hands', own: { moves: 'never' } },
  { name: 'rescue by columns, not by a grid', own: { rescue: 'columns' } },
  { name: '16 partitions a tab', own: {}, perTab: 16 },
  { name: '4 partitions a tab', own: {}, perTab: 4 },
]

const usual = { trace: null, workers: 16, rounds: 12, warmUp: 8 } as const

export function ablationPlans(seed: number, isQuick: boolean): readonly RowPlan[] {
  const worlds = isQuick ? ['jitter'] : ['jitter', 'pareto', 'bimodal-slow', 'exponential-setup']
  return variants.flatMap(({ name, own, perTab = 64 }) =>
    worlds.flatMap(world =>
      [0.1, 1, 4, 10].flatMap(fixedCost =>
        [0, 0.05].map(
          (vanish): RowPlan => ({
            ...{ section: 'ablations', variant: name, strategy: { name: 'tiled', ...own }, world, fixedCost, vanish },
            ...usual,
            ...{ seed, partitions: perTab * 16 },
          }),
        ),
      ),
    ),
  )
}

export interface Costs {
  readonly name: string
  readonly costs: Pick<RowPlan, 'serverCapacity' | 'perTile' | 'perPartition' | 'perShareFetched'>
}

export const dearer: readonly Costs[] = [
  { name: 'nothing more', costs: {} },
  { name: 'the coordinator takes in 16 vectors a unit', costs: { serverCapacity: 16 } },
  { name: 'the coordinator takes in 8 vectors a unit', costs: { serverCapacity: 8 } },
  { name: 'a tile costs 0.005 units', costs: { perTile: 0.005 } },
  { name: 'a partition’s dispatch costs 0.001 units', costs: { perPartition: 0.001 } },
  { name: 'data are fetched: 0.25 units for a tab’s share', costs: { perShareFetched: 0.25 } },
]

export function costPlans(seed: number, isQuick: boolean): readonly RowPlan[] {
  const worlds = isQuick ? ['jitter'] : ['jitter', 'bimodal-slow', 'pareto']
  return dearer.flatMap(({ name, costs }) =>
    ['tiled', 'adaptive-repetition', 'work-queue'].flatMap(strategy =>
      contendersOf([strategy]).flatMap(contender =>
        candidatesOf(contender, 16, 'quick').flatMap(choice =>
          worlds.flatMap(world =>
            [1, 4].map(
              (fixedCost): RowPlan => ({
                ...{ section: 'costs', variant: name, strategy: asChoice(choice), world, fixedCost, vanish: 0.05 },
                ...usual,
                ...costs,
                ...{ seed, partitions: contender.partitions?.(16) ?? 256 },
              }),
            ),
          ),
        ),
      ),
    ),
  )
}
