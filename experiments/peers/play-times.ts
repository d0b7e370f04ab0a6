// One cell of the table of iteration times: many random graphs, nothing learnt, only the clock is read.

import { type Problem, simulate, unitMs } from '@muster/simulator'
import type { Task } from '../experiment.ts'
import type { TimePlan } from './time-cells.ts'
import { peersWorld } from './time-laws.ts'
import { strategyOf } from './variants.ts'

/** Graphs, and iterations of each: those of the warm-up are left out. */
export interface TimeSizes {
  readonly graphs: number
  readonly warmUp: number
  readonly iterations: number
}

export interface TimesInput extends TimePlan, TimeSizes {
  readonly seed: number
}

export interface TimesFound {
  /** Units of an iteration in the mean, graph by graph. */
  readonly times: readonly number[]
  /** Share of links that an iteration did not wait for, graph by graph. */
  readonly skipped: readonly number[]
  readonly violations: number
}

/** A vector of one number that never changes. */
const nothing: Problem = {
  dimension: 1,
  samplesPerPartition: 1,
  start: () => new Float32Array(1),
  gradient: () => ({ gradient: new Float32Array(1), lossSum: 0 }),
}

export const playTimes: Task<TimesInput, TimesFound> = {
  name: 'peers: times',
  run({ graphs, ...input }) {
    const found = Array.from({ length: graphs }, (_, graph) => playGraph(input, graph + 1))
    return {
      times: found.map(({ time }) => time),
      skipped: found.map(({ skipped }) => skipped),
      violations: found.reduce((sum, { violations }) => sum + violations, 0),
    }
  },
}

function playGraph({ workers, law, variant, seed, warmUp, iterations }: Omit<TimesInput, 'graphs'>, graph: number) {
  let [before, counted, time, skipped] = [0, 0, 0, 0]
  const { violations, unfinished } = simulate({
    seed,
    strategy: strategyOf(variant, graph, warmUp),
    world: peersWorld({ law, workers, key: [seed, graph] }),
    partitions: workers,
    rounds: 1 + Math.ceil(iterations / warmUp),
    problem: nothing,
    optimiser: { kind: 'sgd', learningRate: 0.1 },
    onUpdate({ round: { figures } }) {
      const passed = figures.iterations! - before
      if (before >= warmUp) {
        counted += passed
        time += (passed * figures.iterationMs!) / unitMs
        skipped += passed * figures.linksSkipped!
      }
      before = figures.iterations!
      return before >= warmUp + iterations
    },
  })
  return {
    time: time / counted,
    skipped: skipped / counted,
    violations: violations.length + (unfinished === null ? 0 : 1),
  }
}
