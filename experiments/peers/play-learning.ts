// One run: peers learn for as long as cb-Full takes for its iterations, and for as many iterations; then the mean of all
// estimates at every kept round is measured.

import { simulate, unitMs } from '@muster/simulator'
import { startBackend } from '@muster/workloads'
import { useInstalledWasm } from '@muster/workloads/node'
import type { Task } from '../experiment.ts'
import type { TrainingData } from '../learning/bring-data.ts'
import { createPeersProblem } from './peers-problem.ts'
import { batch, type Split, type Subject } from './setting.ts'
import { fullTime, type Law, peersWorld } from './time-laws.ts'
import { strategyOf, type Variant } from './variants.ts'
import { watchRounds } from './watch-rounds.ts'

/** What is played; all of it is written beside what was found. */
export interface LearningPlan {
  readonly subject: Subject
  readonly workers: number
  readonly law: Law
  readonly split: Split
  readonly variant: Variant
  readonly rate: number
  readonly seed: number
}

export interface LearningInput extends LearningPlan {
  readonly data: TrainingData
  readonly iterations: number
  readonly every: number
  readonly marks: number
  readonly probe: number
}

export interface CurvePoint {
  readonly iterations: number
  /** Units. */
  readonly time: number
  /** Null: it is no number any more. */
  readonly loss: number | null
  readonly accuracy: number
  readonly consensus: number | null
  readonly backups: number
  readonly steps: number
}

export interface LearningFound {
  readonly curve: readonly CurvePoint[]
  /** Units that cb-Full takes for its iterations. */
  readonly fullTime: number
  readonly violations: readonly string[]
  /** Why it stopped by itself; null: it was stopped. */
  readonly unfinished: string | null
}

/** The strategy waits so long for others before it arranges the first peers: units. */
const settling = 0.5
/** A network that loses nothing, but is not taken for perfect: to judge the mean of 118,794 numbers after each iteration takes a fifth of a run. */
const unjudged = {}
/** Of rounds, more than any run makes. */
const roundsMax = 1e6

let ready: Promise<unknown> | undefined

/** Once for a thread. */
function backendReady(): Promise<unknown> {
  ready ??= Promise.resolve(useInstalledWasm()).then(() => startBackend({ prefer: 'wasm' }))
  return ready
}

export const playLearning: Task<LearningInput, Promise<LearningFound>> = {
  name: 'peers: learning',
  async run({ data, iterations, every, marks, probe, ...plan }) {
    await backendReady()
    const { workers, law, seed, rate, variant } = plan
    const problem = createPeersProblem(data, { ...plan, batch })
    const times = { law, workers, key: [seed, 'learning'] }
    const time = fullTime(times, iterations)
    const watch = watchRounds({ iterations, time, marks, start: problem.start() })
    let gradients = 0
    const { violations, unfinished } = simulate({
      seed,
      strategy: strategyOf(variant, seed, every),
      world: peersWorld(times),
      partitions: workers,
      rounds: roundsMax,
      problem: {
        ...problem,
        gradient(parameters, draw, partition) {
          gradients++
          return problem.gradient(parameters, draw, partition)
        },
      },
      optimiser: { kind: 'sgd', learningRate: rate },
      ...(plan.subject === '2nn' ? { peerNetwork: unjudged } : {}),
      onUpdate: ({ at, parameters, round: { figures } }) =>
        watch.note({
          iterations: figures.iterations!,
          time: at / unitMs - settling,
          parameters,
          consensus: figures.consensusDistance!,
          backups: figures.backups!,
          steps: gradients / workers,
        }),
    })
    const curve: CurvePoint[] = []
    for (const { parameters, consensus, ...seen } of watch.end()) {
      const { loss, accuracy } = await problem.measure(parameters, probe)
      curve.push({
        ...seen,
        loss: Number.isFinite(loss) ? loss : null,
        accuracy,
        consensus: Number.isFinite(consensus) ? consensus : null,
      })
    }
    return { curve, fullTime: time, violations: violations.slice(0, 5), unfinished }
  },
}
