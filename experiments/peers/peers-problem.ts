// What peers learn: brought images, one partition a peer, batches as a run of the house draws them. Softmax regression has
// loops of its own, which are tested against the workers' code; a network is that code itself, read synchronously.

import type { Problem } from '@muster/simulator'
import {
  createGradientComputer,
  evaluate,
  initialParameters,
  type Network,
  networkOf,
  partitionRange,
  sliceSamples,
  takeBatch,
} from '@muster/workloads'
import { flatGradient } from '@muster/workloads/flat-gradient'
import * as tf from '@tensorflow/tfjs'
import { createBatchDraw } from '../abs/draw-batches.ts'
import { sampleNumbers } from '../abs/learning-problem.ts'
import { type SparseRows, sparseRows } from '../abs/sparse-rows.ts'
import type { TrainingData } from '../learning/bring-data.ts'
import { createSoftmaxRegression, type Evaluated } from '../learning/softmax-regression.ts'
import { models, type Split, type Subject } from './setting.ts'

export interface ProblemPlan {
  readonly subject: Subject
  readonly workers: number
  readonly split: Split
  readonly seed: number
  readonly batch: number
}

export interface PeersProblem extends Problem {
  readonly measure: (parameters: Float32Array, probe: number) => Promise<Measured>
}

export interface Measured {
  /** On the first training samples, whatever the split. */
  readonly loss: number
  readonly accuracy: number
}

/** On the backend that is current when it is asked, where it is a network. */
export function createPeersProblem(data: TrainingData, plan: ProblemPlan): PeersProblem {
  const { subject, seed, batch } = plan
  const network = networkOf(models[subject], data)
  const draws = batchDraws(data, plan)
  const problem = {
    dimension: network.parameterCount,
    samplesPerPartition: batch,
    start: () => initialParameters(network, seed),
  }
  return subject === '2nn'
    ? { ...problem, ...ofNetwork(network, data, draws) }
    : { ...problem, ...ofRegression(data, draws) }
}

type Draws = readonly ((draw: number) => Float32Array)[]

/** Numbers of the samples of a draw, by partition. */
function batchDraws(data: TrainingData, { workers, split, seed, batch }: ProblemPlan): Draws {
  const numbers = sampleNumbers(data, split)
  return Array.from({ length: workers }, (_, partition) => {
    const { from, to } = partitionRange(numbers.count, workers, partition)
    return createBatchDraw({ seed, batchPerPartition: batch, numbers: sliceSamples(numbers, from, to), partition })
  })
}

type Computed = Pick<PeersProblem, 'gradient' | 'measure'>

function ofRegression(data: TrainingData, draws: Draws): Computed {
  const { train, test } = prepared(data)
  const model = createSoftmaxRegression(train.inputSize, data.classes)
  const on = (parameters: Float32Array, rows: SparseRows, count: number): Evaluated =>
    model.evaluate(parameters, rows, Math.min(count, rows.count))
  return {
    gradient: (parameters, draw, partition) => model.gradient(parameters, train, draws[partition]!(draw)),
    measure: async (parameters, probe) => ({
      loss: on(parameters, train, probe).loss,
      accuracy: on(parameters, test, test.count).accuracy,
    }),
  }
}

function ofNetwork(network: Network, { train, test }: TrainingData, draws: Draws): Computed {
  const { parameterCount: dimension } = network
  return {
    /** The loss is behind the gradient. */
    gradient(parameters, draw, partition) {
      const samples = takeBatch(train, draws[partition]!(draw))
      let flat = new Float32Array()
      // Nothing is handed out of it: of what is, every number would be looked at for a tensor.
      tf.tidy(() => {
        const placed = network.tensors.map(({ offset, length, shape }) =>
          tf.tensor(parameters.subarray(offset, offset + length), [...shape]),
        )
        flat = flatGradient(network, placed, samples, 1).dataSync<'float32'>() as typeof flat
      })
      return { gradient: flat.subarray(0, dimension), lossSum: flat[dimension]! }
    },
    async measure(parameters, probe) {
      const computer = createGradientComputer(network)
      computer.loadParameters(parameters)
      const { loss } = await evaluate(computer, sliceSamples(train, 0, Math.min(probe, train.count)))
      const { accuracy } = await evaluate(computer, test)
      computer.dispose()
      return { loss, accuracy }
    },
  }
}

const known = new Map<string, { readonly train: SparseRows; readonly test: SparseRows }>()

/** A thread plays many runs on the same data. */
function prepared({ key, train, test }: TrainingData) {
  const found = known.get(key) ?? { train: sparseRows(train), test: sparseRows(test) }
  known.set(key, found)
  return found
}
