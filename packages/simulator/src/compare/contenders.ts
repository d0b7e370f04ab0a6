// Who is compared, and what of each is tuned: per cell and in hindsight, so that no rival loses for a badly chosen
// setting. What adapts by itself plays with its own defaults. Policies that apply results of earlier models are not
// compared by the time of a round, which says nothing of what they learn in it.

import { type StrategyChoice, strategies } from '@muster/strategies'
import { partitionsFor } from '../measure.ts'

export type GridSize = 'full' | 'standard' | 'quick'

export interface Contender {
  readonly name: string
  /** The setting that is tuned, with the values tried for n workers; absent: nothing is. */
  readonly tuned?: {
    readonly setting: string
    readonly values: Readonly<Record<'full' | 'quick', (workers: number) => readonly number[]>>
  }
  /** k for n workers, where it is not that of the cell. */
  readonly partitions?: (workers: number) => number
  /** Largest n it is simulated with, and why no larger; absent: any. */
  readonly upTo?: { readonly workers: number; readonly because: string }
}

const always =
  (...values: readonly number[]) =>
  () =>
    values
const tolerances = { full: always(1, 2, 3), quick: always(1, 2) }

/** In the order of tables; of equals the first one counts as the better. */
export const contenders: readonly Contender[] = [
  { name: 'tiled', partitions: workers => partitionsFor(workers, 'tiled') },
  { name: 'adaptive-repetition' },
  {
    name: 'nested-tree',
    upTo: { workers: 64, because: 'with 256 one of its rounds takes half a minute to simulate' },
  },
  {
    name: 'nested-cyclic',
    upTo: { workers: 64, because: 'decoding is cubic in the workers' },
  },
  { name: 'fractional-repetition', tuned: { setting: 's', values: tolerances } },
  { name: 'cyclic-repetition', tuned: { setting: 's', values: tolerances } },
  { name: 'full-synchrony' },
  { name: 'timeout', tuned: { setting: 'factor', values: { full: always(1.5, 2, 4), quick: always(2, 4) } } },
  {
    name: 'speed-proportional',
    tuned: { setting: 'patience', values: { full: always(0.75, 1, 2), quick: always(0.75, 1) } },
  },
  {
    name: 'work-queue',
    tuned: { setting: 'chunksPerWorker', values: { full: always(1, 2, 4, 8), quick: always(2, 4) } },
  },
  {
    name: 'backup-workers',
    tuned: {
      setting: 'b',
      values: {
        full: workers => [1, Math.ceil(workers / 10), Math.ceil(workers / 4)],
        quick: workers => [1, Math.ceil(workers / 4)],
      },
    },
  },
  {
    name: 'm-synchronous',
    tuned: { setting: 'chunksPerWorker', values: { full: always(1, 2, 4), quick: always(2) } },
  },
]

/** Those of these names, or all. */
export const contendersOf = (only: readonly string[] | undefined): readonly Contender[] =>
  contenders.filter(({ name }) => only === undefined || only.includes(name))

/** A number of stragglers among n workers. */
const counted = ['s', 'b']

/** Every choice to be tried; none where the contender does not play with so many workers. */
export function candidatesOf({ name, tuned, upTo }: Contender, workers: number, size: GridSize): StrategyChoice[] {
  if (upTo !== undefined && workers > upTo.workers) return []
  if (tuned === undefined) return [{ name }]
  const { setting, values } = tuned
  const allowed = strategies.find(strategy => strategy.name === name)?.settings.find(({ name: own }) => own === setting)
  const most = Math.min(
    allowed && 'max' in allowed ? allowed.max : 0,
    counted.includes(setting) ? workers - 1 : Number.POSITIVE_INFINITY,
  )
  return [...new Set(values[size === 'quick' ? 'quick' : 'full'](workers).map(value => Math.min(value, most)))].map(
    value => ({
      name,
      [setting]: value,
    }),
  )
}
