// One run: workers with parameters of their own and their exchanges with the model, for so many rounds; then the model of
// every kept round is measured.

import { simulate, unitMs } from '@muster/simulator'
import { createGradientComputer, evaluate, sliceSamples, startBackend } from '@muster/workloads'
import { useInstalledWasm } from '@muster/workloads/node'
import type { Task } from '../experiment.ts'
import type { TrainingData } from '../learning/bring-data.ts'
import { exchangeWorld, unitsPerExchange } from './exchange-world.ts'
import { freezesOf, spellsOf } from './frozen-spells.ts'
import { createNetworkProblem, networkFor } from './network-problem.ts'
import {
  type Failure,
  failureShare,
  type LocalKind,
  momentum,
  movingRate,
  partitions,
  type Split,
  type Weighting,
} from './setting.ts'
import { type Snapshot, watchExchanges } from './watch-exchanges.ts'

/** What is played; all of it is written beside what was found. */
export interface RunPlan {
  readonly workers: number
  readonly steps: number
  readonly overlap: number
  readonly failure: Failure
  readonly split: Split
  readonly optimiser: LocalKind
  readonly weights: Weighting
  readonly rate: number
  readonly seed: number
}

export interface RunInput extends RunPlan {
  readonly data: TrainingData
  readonly rounds: number
  /** Training samples that the loss is measured on. */
  readonly probe: number
}

export interface CurvePoint {
  readonly round: number
  /** Null: it is no number any more. */
  readonly loss: number | null
  readonly accuracy: number
}

export interface RunFound {
  readonly curve: readonly CurvePoint[]
  readonly exchanges: number
  readonly resets: number
  readonly returns: number
  readonly returnPull: number | null
  readonly otherPull: number | null
  /** Units of virtual time. */
  readonly time: number
  readonly violations: readonly string[]
  /** Why it stopped by itself; null: it was stopped. */
  readonly unfinished: string | null
  readonly refused: Readonly<Record<string, number>>
}

/** Nobody's silence is noticed: the policy is not told who failed. */
const leaseMs = 1e12
/** Of updates, more than any run makes. */
const updatesMax = 1e6
/** Spells are drawn for so many times what the rounds take where nobody fails. */
const horizon = 4
/** A spell is an absence from so many missed exchanges on. */
const leastMissed = 1

let ready: Promise<unknown> | undefined

/** Once for a thread. */
function backendReady(): Promise<unknown> {
  ready ??= Promise.resolve(useInstalledWasm()).then(() => startBackend({ prefer: 'wasm' }))
  return ready
}

export const playRun: Task<RunInput, Promise<RunFound>> = {
  name: 'elastic: run',
  async run({ data, rounds, probe, ...plan }) {
    await backendReady()
    const { workers, steps, failure, seed } = plan
    const problem = createNetworkProblem(data, plan)
    const until = horizon * rounds * unitsPerExchange(steps)
    const spells = Array.from({ length: workers }, (_, seat) =>
      failure === 'bursts' ? spellsOf(seed, seat, steps, until) : [],
    )
    const leastSpell = leastMissed * unitsPerExchange(steps)
    const watch = watchExchanges({ workers, rounds, start: problem.start(), spells, leastSpell })
    const { violations, unfinished, refused } = simulate({
      seed,
      strategy: strategyOf(plan),
      world: exchangeWorld(workers, seed),
      partitions,
      rounds: updatesMax,
      leaseMs,
      problem,
      optimiser: { kind: 'sgd', learningRate: plan.rate },
      faults: freezesOf(spells),
      ...(failure === 'independent' ? { losses: { share: failureShare } } : {}),
      onUpdate: ({ at, parameters, uploads: tried, round: { figures, workerFigures = {} } }) =>
        watch.note({
          ...{ at: at / unitMs, parameters, tried, resets: figures.resets ?? 0 },
          pulls: Object.fromEntries(Object.entries(workerFigures).map(([worker, { pull }]) => [worker, pull!])),
        }),
    })
    const { snapshots, endedAt: time, ...watched } = watch.end()
    return { ...watched, curve: await measure(data, snapshots, probe), time, violations, unfinished, refused }
  },
}

const strategyOf = ({ steps, overlap, optimiser, weights }: RunPlan) => ({
  name: 'elastic-averaging',
  localSteps: steps,
  localOptimiser: optimiser,
  ...{ movingRate, momentum, overlap, weights },
})

async function measure(data: TrainingData, snapshots: readonly Snapshot[], probe: number): Promise<CurvePoint[]> {
  const computer = createGradientComputer(networkFor(data))
  const seen = sliceSamples(data.train, 0, Math.min(probe, data.train.count))
  const points: CurvePoint[] = []
  for (const { round, parameters } of snapshots) {
    computer.loadParameters(parameters)
    const { loss } = await evaluate(computer, seen)
    const { accuracy } = await evaluate(computer, data.test)
    points.push({ round, loss: Number.isFinite(loss) ? loss : null, accuracy })
  }
  computer.dispose()
  return points
}
