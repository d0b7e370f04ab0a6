// What every compute backend must show, as functions that measure and return figures: the behaviour suite asserts
// them in Node, a page in a browser shows them for its graphics card.

import { randomStream } from '@muster/numerics'
import * as tf from '@tensorflow/tfjs'
import { initialParameters } from './initial-parameters.ts'
import { type ModelSpec, modelLayout } from './model.ts'
import { plainGradient } from './plain-gradient.ts'
import type { Batch } from './samples.ts'
import { createGradientComputer } from './tensorflow-computer.ts'

export interface CheckCase {
  readonly title: string
  readonly spec: ModelSpec
  readonly inputSize: number
  readonly classes: number
  readonly batchSize: number
}

const mlp = (hidden: readonly number[], activation: 'tanh' | 'relu' | 'gelu'): ModelSpec => ({
  kind: 'mlp',
  hidden,
  activation,
})

export const checkCases: readonly CheckCase[] = [
  { title: 'softmax regression', spec: { kind: 'softmax-regression' }, inputSize: 784, classes: 10, batchSize: 32 },
  { title: 'MLP 784-64-10 tanh', spec: mlp([64], 'tanh'), inputSize: 784, classes: 10, batchSize: 32 },
  { title: 'MLP 36-24-17-10 relu', spec: mlp([24, 17], 'relu'), inputSize: 36, classes: 10, batchSize: 7 },
  { title: 'MLP 36-24-17-10 gelu', spec: mlp([24, 17], 'gelu'), inputSize: 36, classes: 10, batchSize: 7 },
  { title: 'MLP 5-3-2 tanh, one sample', spec: mlp([3], 'tanh'), inputSize: 5, classes: 2, batchSize: 1 },
]

/** Random inputs and labels; with `number`, different ones. */
export function checkBatch({ inputSize, classes, batchSize }: CheckCase, number = 0): Batch {
  const stream = randomStream('check batch', number, inputSize, batchSize)
  return {
    size: batchSize,
    inputs: Float32Array.from({ length: batchSize * inputSize }, stream.uniform),
    labels: Uint8Array.from({ length: batchSize }, () => stream.integer(classes)),
  }
}

/** Initial parameters with biases that are not zero, so that a lost bias shows. */
export function checkParameters({ spec, inputSize, classes }: CheckCase, seed = 1): Float32Array {
  const flat = initialParameters(spec, inputSize, classes, seed)
  const stream = randomStream(seed, 'check biases')
  for (const { shape, offset, length } of modelLayout(spec, inputSize, classes).tensors)
    if (shape.length === 1) for (let i = offset; i < offset + length; i++) flat[i] = 0.2 * stream.normal()
  return flat
}

export interface OracleFigures {
  /** ‖backend − plain‖ / ‖plain‖ of the gradient. */
  readonly gradientError: number
  /** Relative error of the loss sum. */
  readonly lossError: number
}

/** The current backend against plain float64, on a weighted sum of two batches. */
export async function compareWithPlain(given: CheckCase): Promise<OracleFigures> {
  const { spec, inputSize, classes } = given
  const parameters = checkParameters(given)
  const weights = [1, -2.5]
  const batches = weights.map((_, number) => checkBatch(given, number))
  const computer = createGradientComputer(spec, inputSize, classes)
  computer.loadParameters(parameters)
  const sum = computer.newSum()
  for (const [i, batch] of batches.entries()) await sum.add(batch, weights[i]!)
  const reading = await sum.read()
  sum.dispose()
  computer.dispose()
  const plain = batches.map(batch => plainGradient(spec, inputSize, classes, parameters, batch))
  const expected = plain[0]!.gradient.map((value, i) => weights[0]! * value + weights[1]! * plain[1]!.gradient[i]!)
  const expectedLoss = weights[0]! * plain[0]!.lossSum + weights[1]! * plain[1]!.lossSum
  return {
    gradientError: relativeDistance(reading.gradient, expected),
    lossError: Math.abs(reading.lossSum - expectedLoss) / Math.abs(expectedLoss),
  }
}

/** ‖a − b‖ / ‖b‖. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0
  let norm = 0
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2
    norm += b[i]! ** 2
  }
  return Math.sqrt(difference / norm)
}

export interface GrowthFigures {
  readonly tensorsBefore: number
  /** After hundreds of sums, copies, reads and new parameters, all disposed of. */
  readonly tensorsAfter: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

export async function measureGrowth(given: CheckCase, rounds = 100): Promise<GrowthFigures> {
  const computer = createGradientComputer(given.spec, given.inputSize, given.classes)
  const parameters = checkParameters(given)
  const batch = checkBatch(given)
  const playRound = async () => {
    computer.loadParameters(parameters)
    const sum = computer.newSum()
    for (let i = 0; i < 3; i++) await sum.add(batch, i)
    const copy = sum.copy()
    await sum.add(batch)
    await copy.read()
    await sum.read()
    await computer.logits(batch)
    copy.dispose()
    sum.dispose()
  }
  await playRound()
  const before = tf.memory()
  for (let round = 0; round < rounds; round++) await playRound()
  const after = tf.memory()
  computer.dispose()
  return {
    tensorsBefore: before.numTensors,
    tensorsAfter: after.numTensors,
    bytesBefore: before.numBytes,
    bytesAfter: after.numBytes,
  }
}

/** How often `read` of a sum of several batches fetches from the device. */
export async function countReadBacks(given: CheckCase): Promise<number> {
  const computer = createGradientComputer(given.spec, given.inputSize, given.classes)
  computer.loadParameters(checkParameters(given))
  const sum = computer.newSum()
  for (let number = 0; number < 3; number++) await sum.add(checkBatch(given, number))
  const { backend } = tf.engine()
  const { read, readSync } = backend
  let count = 0
  let isWithinRead = false
  backend.read = dataId => {
    count++
    isWithinRead = true
    const values = read.call(backend, dataId)
    isWithinRead = false
    return values
  }
  backend.readSync = dataId => {
    if (!isWithinRead) count++
    return readSync.call(backend, dataId)
  }
  try {
    await sum.read()
  } finally {
    Object.assign(backend, { read, readSync })
  }
  sum.dispose()
  computer.dispose()
  return count
}
