// One run of K iterations; at every gathering of estimates the whole training loss and its gradient are taken at their mean.

import { simulate } from '@muster/simulator'
import { sparseRows } from '../abs/sparse-rows.ts'
import type { Task } from '../experiment.ts'
import type { TrainingData } from '../learning/bring-data.ts'
import { createSoftmaxRegression } from '../learning/softmax-regression.ts'
import { createPeersProblem } from '../peers/peers-problem.ts'
import { peersWorld } from '../peers/time-laws.ts'
import { strategyOf } from '../peers/variants.ts'
import { batch, type Kind, rateOf } from './setting.ts'

export interface RunPlan {
  readonly kind: Kind
  /** N */
  readonly workers: number
  /** c */
  readonly factor: number
  readonly seed: number
}

export interface RunInput extends RunPlan {
  readonly data: TrainingData
  readonly iterations: number
  readonly every: number
}

export interface CurvePoint {
  readonly iteration: number
  /** Of all training samples, at the mean of all estimates; null: it is no number any more. */
  readonly loss: number | null
  /** ‖∇F‖² */
  readonly squared: number | null
}

export interface RunFound {
  readonly curve: readonly CurvePoint[]
  /** ‖∇F‖² in the mean over the iterations 0 … K−1. */
  readonly error: number | null
  /** Gradients that went into an estimate, by a peer and iteration. */
  readonly steps: number
  readonly violations: number
}

export const playRun: Task<RunInput, RunFound> = {
  name: 'linear speed-up: run',
  run({ data, iterations, every, kind, workers, factor, seed }) {
    const fleet = kind === 'alone' ? 1 : workers
    const isWhole = kind === 'noiseless'
    const plan = { subject: 'lrm', split: 'iid', seed, workers: fleet } as const
    const problem = createPeersProblem(data, { ...plan, batch: isWhole ? Math.floor(data.train.count / fleet) : batch })
    const whole = wholeLoss(data)
    const curve = [{ iteration: 0, ...whole(problem.start()) }]
    let gradients = 0
    const { violations, unfinished } = simulate({
      seed,
      strategy: strategyOf(kind === 'alone' || isWhole ? 'full' : kind, seed, every),
      world: peersWorld({ law: 'exponential', workers: fleet, key: [seed, 'linear'] }),
      partitions: fleet,
      rounds: iterations,
      problem: {
        ...problem,
        gradient(parameters, draw, partition) {
          gradients++
          return problem.gradient(parameters, draw, partition)
        },
      },
      optimiser: { kind: 'sgd', learningRate: rateOf(factor, workers, iterations) },
      onUpdate({ parameters, round: { figures } }) {
        curve.push({ iteration: figures.iterations!, ...whole(parameters) })
        return figures.iterations! >= iterations
      },
    })
    return {
      curve,
      error: timeAverage(curve, iterations),
      steps: gradients / (fleet * curve.at(-1)!.iteration),
      violations: violations.length + (unfinished === null ? 0 : 1),
    }
  },
}

/** Each value holds until the next; null where one of them is no number. */
export function timeAverage(curve: readonly CurvePoint[], iterations: number): number | null {
  let sum = 0
  for (const [i, { iteration, squared }] of curve.entries()) {
    const until = Math.min(iterations, curve[i + 1]?.iteration ?? iterations)
    if (until <= iteration) break
    if (squared === null) return null
    sum += squared * (until - iteration)
  }
  return sum / iterations
}

type Whole = (parameters: Float32Array) => Omit<CurvePoint, 'iteration'>

let last: { readonly key: string; readonly whole: Whole } | undefined

/** A thread plays many runs on the same data. */
export function wholeLoss({ key, train, classes }: TrainingData): Whole {
  if (last?.key === key) return last.whole
  const gradientOf = wholeGradient({ train, classes })
  const whole: Whole = parameters => {
    const { loss, gradient } = gradientOf(parameters)
    const squared = gradient.reduce((sum, value) => sum + value * value, 0)
    return { loss: orNull(loss), squared: orNull(squared) }
  }
  last = { key, whole }
  return whole
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** Means over all samples. */
export function wholeGradient({ train, classes }: Pick<TrainingData, 'train' | 'classes'>) {
  const rows = sparseRows(train)
  const model = createSoftmaxRegression(train.inputSize, classes)
  const all = Uint32Array.from({ length: train.count }, (_, i) => i)
  return (parameters: Float32Array) => {
    const { gradient, lossSum } = model.gradient(parameters, rows, all)
    return { loss: lossSum / train.count, gradient: Float64Array.from(gradient, value => value / train.count) }
  }
}
