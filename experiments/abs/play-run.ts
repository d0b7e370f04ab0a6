// One run: a method at a rate in a world, until it has reached the target or has had its time.

import { simulate, unitMs } from '@muster/simulator'
import type { Task } from '../experiment.ts'
import type { TrainingData } from '../learning/bring-data.ts'
import { createLearningProblem } from './learning-problem.ts'
import { methods } from './methods.ts'
import { type DelayLaw, type Limits, partitions, piece, type Split } from './setting.ts'
import { stragglerWorld } from './straggler-world.ts'
import { type Watched, watchRun } from './watch-run.ts'

export interface RunInput {
  readonly data: TrainingData
  readonly law: DelayLaw
  readonly split: Split
  readonly method: string
  readonly rate: number
  readonly seed: number
  readonly limits: Limits
  /** Training samples that the loss is measured on. */
  readonly probe: number
}

export interface RunFound extends Watched {
  readonly violations: readonly string[]
  /** Why it stopped by itself; null: it was stopped. */
  readonly unfinished: string | null
  /** Results by the code they were refused with. */
  readonly refused: Readonly<Record<string, number>>
}

/** Nobody is told, and nobody's work is given to others in the middle: re-issue is not what is compared. */
const leaseMs = 1e12
/** More updates than any budget allows. */
const rounds = 1e6

export const playRun: Task<RunInput, RunFound> = {
  name: 'abs: run',
  run({ data, law, split, method: name, rate, seed, limits, probe }) {
    const method = methods.find(known => known.name === name)
    if (!method) throw new RangeError(`There is no method "${name}".`)
    const problem = createLearningProblem(data, split, seed)
    const gauge = {
      trainingLoss: (parameters: Float32Array) => problem.trainingLoss(parameters, probe),
      testAccuracy: problem.testAccuracy,
    }
    const watch = watchRun(gauge, limits, problem.start())
    const { violations, unfinished, refused } = simulate({
      seed,
      strategy: method.strategy,
      world: stragglerWorld(law, seed),
      partitions,
      rounds,
      leaseMs,
      pieceMs: piece * unitMs,
      problem,
      optimiser: { kind: 'sgd', learningRate: rate },
      onUpdate: ({ at, round, ...update }) => watch.note({ ...update, at: at / unitMs, figures: round.figures }),
    })
    return { ...watch.end(), violations, unfinished, refused }
  },
}
