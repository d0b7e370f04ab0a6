// The perceptron on brought data, cut into the partitions of a run: batches are drawn as a run of the house draws them.

import { partitionRange, type Rows, sliceSamples } from '@muster/workloads'
import type { TrainingData } from '../learning/bring-data.ts'
import { createBatchDraw } from './draw-batches.ts'
import { createPerceptron, type Evaluated } from './perceptron.ts'
import { batchPerPartition, hidden, partitions, type Split } from './setting.ts'
import { type SparseRows, sparseRows } from './sparse-rows.ts'

export interface LearningProblem {
  readonly dimension: number
  readonly samplesPerPartition: number
  start(): Float32Array
  /** Summed over the samples of the partition's batch with that draw number. */
  gradient(
    parameters: Float32Array,
    draw: number,
    partition: number,
  ): { readonly gradient: Float32Array; readonly lossSum: number }
  /** On the first samples brought, whatever the split. */
  trainingLoss(parameters: Float32Array, samples: number): number
  testAccuracy(parameters: Float32Array): number
}

export function createLearningProblem(data: TrainingData, split: Split, seed: number): LearningProblem {
  const { train, test } = prepared(data)
  const model = createPerceptron({ inputs: train.inputSize, hidden, classes: data.classes })
  const numbers = sampleNumbers(data, split)
  const draws = Array.from({ length: partitions }, (_, partition) => {
    const { from, to } = partitionRange(numbers.count, partitions, partition)
    return createBatchDraw({ seed, batchPerPartition, numbers: sliceSamples(numbers, from, to), partition })
  })
  return {
    dimension: model.dimension,
    samplesPerPartition: batchPerPartition,
    start: () => model.start(seed),
    gradient: (parameters, draw, partition) => model.gradient(parameters, train, draws[partition]!(draw)),
    trainingLoss: (parameters, samples) => evaluateOn(parameters, train, samples).loss,
    testAccuracy: parameters => evaluateOn(parameters, test, test.count).accuracy,
  }
  function evaluateOn(parameters: Float32Array, rows: SparseRows, count: number): Evaluated {
    return model.evaluate(parameters, rows, Math.min(count, rows.count))
  }
}

/**
 * The samples in the order of the split, each of them its own number: what a round draws from them are the numbers of
 * its samples.
 */
export function sampleNumbers({ train }: TrainingData, split: Split): Rows {
  const order = Array.from({ length: train.count }, (_, i) => i)
  if (split === 'sorted') order.sort((one, other) => train.labels[one]! - train.labels[other]! || one - other)
  return { kind: 'rows', count: train.count, inputSize: 1, inputs: Float32Array.from(order), labels: train.labels }
}

interface Prepared {
  readonly key: string
  readonly train: SparseRows
  readonly test: SparseRows
}

let last: Prepared | undefined

/** A thread plays many runs on the same data. */
function prepared({ key, train, test }: TrainingData): Prepared {
  if (last?.key !== key) last = { key, train: sparseRows(train), test: sparseRows(test) }
  return last
}
