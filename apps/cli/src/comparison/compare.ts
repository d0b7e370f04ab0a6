// All strategies in all cells of a matrix, on all cores; and what the cells come to.

import {
  type Cell,
  type CellPlan,
  contendersOf,
  costOf,
  type GridSize,
  leftOut,
  type ParsedTrace,
  type StrategySummary,
  summarise,
} from '@muster/simulator'
import { strategies } from '@muster/strategies'
import type { CellTask, SimulationShared } from '../simulation-thread.ts'
import { runTasks } from '../task-pool.ts'

export interface CompareSettings {
  readonly matrix: GridSize
  readonly seed: number
  readonly plans: readonly CellPlan[]
  /** Names of those who are compared; absent: all. */
  readonly only?: readonly string[] | undefined
  readonly traces: ReadonlyMap<string, ParsedTrace>
  readonly thread: URL
  readonly signal?: AbortSignal
  readonly onCell?: (cells: number, share: number) => void
}

/** The same settings give the same comparison, to the last digit: it holds no clock. */
export interface Comparison {
  readonly matrix: GridSize
  readonly seed: number
  readonly notes: readonly string[]
  /** What the axes promise and no cell holds. */
  readonly leftOut: readonly string[]
  readonly strategies: Readonly<Record<string, StrategySummary>>
  readonly cells: readonly Cell[]
}

const notes = [
  'Virtual time: the production code in a simulator. Ratios are mean round time / mean fluid bound over the scored rounds.',
  'Every strategy meets the same draws. Settings are tuned per cell in hindsight; what adapts by itself keeps its defaults.',
  'bestRival is the best exact strategy other than the default one; a summary compares each with the best exact one other than itself.',
  'Null as a ratio: a run did not come to its end. That counts as worse than any number; worstFinishedRatioToFluid leaves such cells out.',
]

export async function compare(settings: CompareSettings): Promise<Comparison> {
  const { matrix, seed, plans, only, traces, thread, signal, onCell } = settings
  const tasks = plans
    .map((plan, place): CellTask & { readonly place: number } => ({ kind: 'cell', plan, size: matrix, only, place }))
    .sort((one, other) => costOf(other.plan) - costOf(one.plan))
  const total = plans.reduce((sum, plan) => sum + costOf(plan), 0)
  let done = 0
  let cells = 0
  const measured = await runTasks<(typeof tasks)[number], Cell>({
    thread,
    shared: { traces } satisfies SimulationShared,
    tasks,
    onDone(task) {
      done += costOf(task.plan)
      onCell?.(++cells, done / total)
    },
    ...(signal ? { signal } : {}),
  })
  const inOrder: Cell[] = new Array(plans.length)
  for (const [i, { place }] of tasks.entries()) inOrder[place] = measured[i]!
  const names = contendersOf(only).map(({ name }) => name)
  const exactNames = strategies.filter(({ promise }) => promise === 'whole-gradient').map(({ name }) => name)
  return {
    matrix,
    seed,
    notes,
    leftOut: leftOut(matrix),
    strategies: summarise(inOrder, names, exactNames),
    cells: inOrder,
  }
}

/** What the checkers found fault with, by cell and strategy. */
export const faultsOf = ({ cells }: Comparison): readonly string[] =>
  cells.flatMap(({ world, workers, fixedCost, vanish, details }) =>
    Object.entries(details).flatMap(([name, { violations }]) =>
      violations.length === 0
        ? []
        : [
            `${name} in ${world}, ${workers} workers, fixed cost ${fixedCost}, vanish ${vanish}: ${violations.join('; ')}`,
          ],
    ),
  )
