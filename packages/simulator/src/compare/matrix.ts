// The cells that strategies are compared in, as data: worlds × workers × fixed cost × vanishing.

import { defaultWarmUp, partitionsFor } from '../measure.ts'
import { contenders, type GridSize } from './contenders.ts'

export interface CellPlan {
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
  /** Of recorded sessions. */
  readonly unitSeconds?: number
}

export interface NamedTrace {
  readonly name: string
  readonly layout: 'measured-times' | 'tab-sessions'
  /** Of so many workers times were measured; absent: of any number. */
  readonly workers?: number
}

/** Rounds that are scored, rounds to learn in, k; by n. Larger fleets draw more in a round, so fewer rounds tell as much. */
interface Length {
  readonly rounds: number
  readonly warmUp: number
  readonly partitions?: number
}

interface Block {
  readonly workers: number
  /** Of the matrix; absent: all of them. */
  readonly worlds?: readonly string[]
  readonly fixedCosts: readonly number[]
  readonly vanishes: readonly number[]
}

interface Matrix {
  readonly worlds: readonly string[]
  readonly lengths: Readonly<Record<number, Length>>
  readonly blocks: readonly Block[]
}

const every = { fixedCosts: [0, 0.1, 1, 4, 10], vanishes: [0, 0.02, 0.05, 0.1] }
const quick = { fixedCosts: [0.1, 1], vanishes: [0, 0.05] }

const worlds = [
  'jitter',
  'shifted-exponential',
  'exponential-setup',
  'pareto',
  'log-normal',
  'bimodal-slow',
  'bimodal-dead',
  'persistent-slow',
  'regime-switch',
  'regime-mid-round',
]

export const matrices: Readonly<Record<GridSize, Matrix>> = {
  full: {
    worlds,
    lengths: {
      8: { rounds: 24, warmUp: defaultWarmUp },
      16: { rounds: 16, warmUp: defaultWarmUp },
      64: { rounds: 8, warmUp: 8 },
      256: { rounds: 4, warmUp: 6, partitions: 1024 },
    },
    blocks: [
      { workers: 8, ...every },
      { workers: 16, ...every },
      { workers: 64, fixedCosts: [0.1, 1, 10], vanishes: [0, 0.05] },
      {
        workers: 256,
        worlds: ['jitter', 'pareto', 'bimodal-slow', 'bimodal-dead', 'regime-mid-round'],
        fixedCosts: [1],
        vanishes: [0.05],
      },
    ],
  },
  // What the documents show: without the largest fleets and half of the vanishing.
  standard: {
    worlds,
    lengths: {
      8: { rounds: 20, warmUp: defaultWarmUp },
      16: { rounds: 12, warmUp: defaultWarmUp },
      64: { rounds: 6, warmUp: 8 },
    },
    blocks: [
      { workers: 8, fixedCosts: every.fixedCosts, vanishes: [0, 0.05] },
      { workers: 16, fixedCosts: every.fixedCosts, vanishes: [0, 0.05] },
      {
        workers: 64,
        worlds: ['jitter', 'pareto', 'bimodal-slow', 'bimodal-dead', 'regime-mid-round'],
        fixedCosts: [1],
        vanishes: [0.05],
      },
    ],
  },
  quick: {
    worlds: ['jitter', 'pareto', 'bimodal-slow', 'bimodal-dead', 'regime-switch'],
    lengths: {
      8: { rounds: 10, warmUp: 5 },
      16: { rounds: 6, warmUp: 5 },
    },
    blocks: [
      { workers: 8, ...quick },
      { workers: 16, ...quick },
    ],
  },
}

/** Measured times hold what messages cost already; sessions say nothing of it. */
const traced: Readonly<Record<NamedTrace['layout'], TracedCells>> = {
  'measured-times': { fixedCost: 0, workersMax: 256 },
  'tab-sessions': { fixedCost: 1, workersMax: 64 },
}

interface TracedCells {
  readonly fixedCost: number
  readonly workersMax: number
  readonly unitSeconds?: number
}

export function cellsOf(size: GridSize, traces: readonly NamedTrace[], seed: number): readonly CellPlan[] {
  const { worlds, lengths, blocks } = matrices[size]
  const plan = (world: string, trace: string | null, workers: number, fixedCost: number, vanish: number): CellPlan => ({
    ...{ world, trace, workers, partitions: partitionsFor(workers), fixedCost, vanish },
    ...lengths[workers]!,
    seed,
  })
  const drawn = blocks.flatMap(({ workers, worlds: some = worlds, fixedCosts, vanishes }) =>
    some.flatMap(world =>
      fixedCosts.flatMap(fixedCost => vanishes.map(vanish => plan(world, null, workers, fixedCost, vanish))),
    ),
  )
  const played = traces.flatMap(({ name, layout, workers: recorded = Number.POSITIVE_INFINITY }) => {
    const { fixedCost, workersMax, ...rest } = traced[layout]
    const sizes = Object.keys(lengths).map(Number)
    return sizes
      .filter(workers => workers <= Math.min(workersMax, recorded))
      .map(workers => ({ ...plan('trace', name, workers, fixedCost, 0), ...rest }))
  })
  return [...drawn, ...played]
}

/** Processor time of a cell in arbitrary measure: what to start with, and how much is left. */
export const costOf = ({ workers, rounds, warmUp }: CellPlan): number => (rounds + warmUp) * workers ** 1.5

/** What the axes promise and no cell holds, in sentences. */
export function leftOut(size: GridSize): readonly string[] {
  const { blocks, worlds } = matrices[size]
  const list = (values: readonly number[]) => `{${values.join(', ')}}`
  const cells = blocks
    .filter(
      ({ fixedCosts, vanishes }) =>
        fixedCosts.length * vanishes.length < every.fixedCosts.length * every.vanishes.length,
    )
    .map(
      ({ workers, fixedCosts, vanishes }) =>
        `${workers} workers: only fixed cost ${list(fixedCosts)} × vanish ${list(vanishes)}, of ${list(every.fixedCosts)} × ${list(every.vanishes)}.`,
    )
  const fewer = blocks.flatMap(({ workers, worlds: some }) =>
    some ? [`${workers} workers: only the worlds ${some.join(', ')}.`] : [],
  )
  const others = matrices.full.worlds.filter(world => !worlds.includes(world))
  const largest = Math.max(...blocks.map(({ workers }) => workers))
  const strategies = contenders
    .filter(({ upTo }) => upTo !== undefined && upTo.workers < largest)
    .map(({ name, upTo }) => `${name} with more than ${upTo!.workers} workers: ${upTo!.because}.`)
  return [...(others.length === 0 ? [] : [`Worlds: ${others.join(', ')}.`]), ...cells, ...fewer, ...strategies]
}
