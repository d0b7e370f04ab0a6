// How much each living tab computes when exactly s of n are silent: the promise of nested codes.

import { randomStream } from '@muster/numerics'
import { simulate, type World } from '@muster/simulator'
import type { StrategyChoice } from '@muster/strategies'
import { drawLineChart } from '../drawing/line-chart.ts'
import type { Look } from '../drawing/looks.ts'
import type { ExperimentOptions, Task } from '../experiment.ts'
import { fixed, mean, paragraphs, picture, table } from './markdown.ts'
import type { Section } from './section.ts'

const n = 16
const mostSilent = 8
const partitions = 16 * n

interface LoadInput {
  readonly strategy: StrategyChoice
  readonly silent: number
  readonly rounds: number
  readonly seed: number
}

interface LoadFound {
  /** Partitions computed by a living tab, in n-ths of the batch. */
  readonly load: number
  /** Units; one is what an even split takes. */
  readonly time: number
}

/** Equal speeds, no costs; s tabs chosen anew each round compute nothing in it, and nobody is told. */
export function silentWorld(silent: number, seed: number): World {
  return {
    name: `${silent} of ${n} silent`,
    workers: n,
    // Nobody is told within any round: a strategy must notice by itself.
    costs: { fixedCost: 0, detection: 1e6, serverCapacity: Number.POSITIVE_INFINITY },
    computeTime({ seat }, round, load) {
      const isSilent = randomStream('silent', seed, round).permutation(n).indexOf(seat) < silent
      return isSilent ? Number.POSITIVE_INFINITY : n * load
    },
    claim: () => n,
    vanishes: () => null,
    stay: () => Number.POSITIVE_INFINITY,
  }
}

const warmUp = 10

export const measureLoad: Task<LoadInput, LoadFound> = {
  name: 'comparison: load',
  run({ strategy, silent, rounds, seed }) {
    const world = silentWorld(silent, seed)
    const simulation = simulate({ seed, strategy, world, partitions, rounds: rounds + warmUp })
    if (simulation.violations.length > 0) throw new Error(`${JSON.stringify(strategy)}: ${simulation.violations[0]}`)
    const scored = simulation.rounds.slice(warmUp)
    return {
      load: (mean(scored.map(({ load }) => load)) * n) / (n - silent),
      time: mean(scored.map(({ totalMs }) => totalMs)) / 1000,
    }
  },
}

interface Entry {
  readonly name: string
  readonly look: Look
  readonly strategy: StrategyChoice
}

const entries: readonly Entry[] = [
  {
    name: 'nested-cyclic',
    look: 'orange',
    strategy: { name: 'nested-cyclic', toleranceMax: mostSilent, errorMax: 1 },
  },
  { name: 'nested-tree', look: 'violet', strategy: 'nested-tree' },
  { name: 'adaptive-repetition', look: 'green', strategy: 'adaptive-repetition' },
  { name: 'cyclic, s = 3', look: 'grey', strategy: { name: 'cyclic-repetition', s: 3 } },
  { name: 'fractional, s = 3', look: 'grey-dashed', strategy: { name: 'fractional-repetition', s: 3 } },
]

export async function stragglerLoadSection({ isQuick, seed, spread }: ExperimentOptions): Promise<Section> {
  const counts = Array.from({ length: mostSilent + 1 }, (_, s) => s)
  const rounds = isQuick ? 5 : 30
  const inputs = entries.flatMap(({ strategy }) => counts.map(silent => ({ strategy, silent, rounds, seed })))
  const found = await spread(measureLoad, inputs, 'load by stragglers, cells')
  const of = (entry: number, s: number) => found[entry * counts.length + s]!
  const powers = counts.map(s => 2 ** Math.ceil(Math.log2(s + 1)))
  const drawing = drawLineChart({
    title: 'Load of a living tab against the number of silent tabs',
    description: `Mean load of a living tab in ${n}-ths of the batch, for 0 to ${mostSilent} silent tabs of ${n}, one line for each strategy; the optimum s + 1 and the power of two above it as dashed lines.`,
    columns: 1,
    panels: [
      {
        title: `${n} equal tabs, s of them silent from the start of each round`,
        height: 260,
        x: { name: 'silent tabs, s', kind: 'linear', ticks: counts },
        y: { name: `load of a living tab, in ${n}-ths of the batch`, kind: 'linear', isTight: true, including: [0] },
        lines: entries.map(({ name, look }, e) => ({ name, look, points: counts.map(s => [s, of(e, s).load]) })),
        limits: [
          { name: 'cyclic optimum, s + 1', points: counts.map(s => [s, s + 1]) },
          { name: 'tree, worst: 2^⌈log₂(s+1)⌉', points: counts.map(s => [s, powers[s]!]) },
        ],
      },
    ],
  })
  const off = Math.max(...counts.map(s => Math.abs(of(0, s).load / (s + 1) - 1)))
  const above = counts.filter(s => of(1, s).load > powers[s]! * 1.02)
  return {
    text: paragraphs(
      '## Load against actual stragglers',
      `${n} tabs of equal speed, no fixed cost, exactly s silent tabs drawn anew each round; nobody tells the coordinator. ` +
        `Mean of ${rounds} rounds after ${warmUp}. A code of fixed tolerance computes s + 1 shares whether anybody ` +
        'straggles or not, and beyond its tolerance waits until a lease runs out. Nested codes let the stragglers of the ' +
        'round decide.',
      picture('straggler-load', 'Load against stragglers'),
      table(
        ['s', ...counts.map(s => `${s}`)],
        [
          ['*optimum of a cyclic placement, s + 1*', ...counts.map(s => `*${s + 1}*`)],
          ['*worst case of the tree, 2^⌈log₂(s+1)⌉*', ...powers.map(power => `*${power}*`)],
          ['*even split over the living, n/(n−s)*', ...counts.map(s => `*${fixed(n / (n - s))}*`)],
          ...entries.map(({ name }, e) => [name, ...counts.map(s => fixed(of(e, s).load))]),
          ...entries.map(({ name }, e) => [`${name}: round time`, ...counts.map(s => fixed(of(e, s).time))]),
        ],
      ),
      `nested-cyclic is within ${fixed(100 * off, 1)} % of its optimum at every s; nested-tree ${
        above.length === 0
          ? 'never exceeds its worst case in the mean'
          : `exceeds its worst case at s = ${above.join(', ')}`
      }. The last rows are round times in units of an even split: the load alone is not the whole story.`,
    ),
    drawings: { 'straggler-load': drawing },
  }
}
