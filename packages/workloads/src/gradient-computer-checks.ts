// What every compute backend must show, as functions that measure and return figures: the behaviour suite asserts
// them in Node, a page in a browser shows them for its graphics card.

import { randomStream } from '@muster/numerics'
import * as tf from '@tensorflow/tfjs'
import { initialParameters } from './initial-parameters.ts'
import { type ModelSpec, networkOf } from './model.ts'
import type { Layer, Padding } from './network/layer.ts'
import type { Network } from './network/plan.ts'
import { differenceQuotient, plainLoss } from './plain-loss.ts'
import type { Batch } from './samples.ts'
import { createGradientComputer } from './tensorflow-computer.ts'

export interface CheckCase {
  readonly title: string
  readonly network: Network
  readonly batchSize: number
}

const mlp = (hidden: readonly number[], activation: 'tanh' | 'relu' | 'gelu'): ModelSpec => ({
  kind: 'mlp',
  hidden,
  activation,
})
const stack = (...layers: readonly Layer[]): ModelSpec => ({ kind: 'stack', layers })
const conv = (filters: number, size: number, stride: number, padding: Padding): Layer => ({
  layer: 'conv2d',
  filters,
  kernelSize: [size, size],
  strides: [stride, stride],
  padding,
  activation: 'tanh',
  useBias: true,
})
const depthwise = (depthMultiplier: number, stride: number, padding: Padding): Layer => ({
  layer: 'depthwise-conv2d',
  depthMultiplier,
  kernelSize: [3, 3],
  strides: [stride, stride],
  padding,
  activation: 'linear',
  useBias: true,
})
const pool = (layer: 'max-pooling2d' | 'average-pooling2d', size: number, stride: number, padding: Padding): Layer => ({
  layer,
  poolSize: [size, size],
  strides: [stride, stride],
  padding,
})

const given = (
  title: string,
  spec: ModelSpec,
  inputShape: readonly number[],
  classes: number,
  batchSize: number,
): CheckCase => ({ title, network: networkOf(spec, { inputShape, classes }), batchSize })

/** Every kind of layer, with every padding and stride that changes its formulas. */
export const checkCases: readonly CheckCase[] = [
  given('softmax regression', { kind: 'softmax-regression' }, [28, 28], 10, 32),
  given('MLP 784-64-10 tanh', mlp([64], 'tanh'), [784], 10, 32),
  given('MLP 36-24-17-10 relu', mlp([24, 17], 'relu'), [36], 10, 7),
  given('MLP 36-24-17-10 gelu', mlp([24, 17], 'gelu'), [36], 10, 7),
  given('MLP 5-3-2 tanh, one sample', mlp([3], 'tanh'), [5], 2, 1),
  given(
    'convolutions 3 × 3 and 2 × 2, max pooling',
    stack(conv(4, 3, 1, 'valid'), pool('max-pooling2d', 2, 2, 'valid'), conv(5, 2, 1, 'same')),
    [9, 8, 2],
    3,
    4,
  ),
  given(
    'convolutions with strides, same and valid',
    stack(conv(4, 3, 2, 'same'), conv(3, 3, 2, 'valid')),
    [11, 10, 3],
    3,
    3,
  ),
  given(
    'convolution 5 × 5 on grey images',
    stack(conv(3, 5, 1, 'same'), pool('average-pooling2d', 3, 2, 'same')),
    [8, 7],
    3,
    3,
  ),
  given(
    'max pooling, side by side and overlapping',
    stack(
      conv(3, 2, 1, 'valid'),
      pool('max-pooling2d', 2, 2, 'valid'),
      conv(3, 2, 1, 'same'),
      pool('max-pooling2d', 3, 2, 'same'),
    ),
    [9, 13, 2],
    3,
    4,
  ),
  given(
    'depthwise convolutions',
    stack(depthwise(2, 1, 'same'), conv(4, 1, 1, 'valid'), depthwise(1, 2, 'same'), depthwise(1, 2, 'valid')),
    [9, 9, 3],
    3,
    3,
  ),
  given(
    'dropout',
    stack(
      conv(3, 3, 1, 'same'),
      { layer: 'dropout', rate: 0.4 },
      { layer: 'flatten' },
      { layer: 'dense', units: 8, activation: 'swish', useBias: false },
      { layer: 'dropout', rate: 0.25 },
    ),
    [5, 5, 1],
    3,
    5,
  ),
  given(
    'layer normalisation, global pooling, other activations',
    stack(
      { layer: 'rescaling', scale: 2, offset: -1 },
      {
        layer: 'zero-padding2d',
        padding: [
          [1, 0],
          [0, 2],
        ],
      },
      conv(6, 3, 1, 'valid'),
      { layer: 'layer-normalization', epsilon: 1e-3 },
      { layer: 'activation', activation: 'elu' },
      { layer: 'global-average-pooling2d' },
      { layer: 'dense', units: 7, activation: 'softplus', useBias: true },
      { layer: 'dense', units: 6, activation: 'sigmoid', useBias: true },
      { layer: 'activation', activation: 'relu6' },
    ),
    [7, 6, 2],
    4,
    4,
  ),
  given(
    'branches: add, multiply, concatenate',
    {
      kind: 'graph',
      inputShape: [6],
      nodes: [
        { name: 'left', from: [-1], layer: { layer: 'dense', units: 6, activation: 'tanh', useBias: true } },
        { name: 'right', from: [-1], layer: { layer: 'dense', units: 6, activation: 'sigmoid', useBias: true } },
        { name: 'sum', from: [0, 1], layer: { layer: 'add' } },
        { name: 'product', from: [0, 1, 2], layer: { layer: 'multiply' } },
        { name: 'both', from: [3, -1], layer: { layer: 'concatenate' } },
        { name: 'image', from: [4], layer: { layer: 'reshape', targetShape: [3, -1, 1] } },
        { name: 'most', from: [5], layer: { layer: 'global-max-pooling2d' } },
        { name: 'beside', from: [6, 4], layer: { layer: 'concatenate' } },
        { name: 'logits', from: [7], layer: { layer: 'dense', units: 3, activation: 'linear', useBias: true } },
      ],
    },
    [6],
    3,
    5,
  ),
  given('transformer', { kind: 'transformer', blocks: 2, heads: 2, width: 8, window: 6, dropout: 0.2 }, [], 7, 3),
]

/** Random inputs and labels; with `number`, different ones. */
export function checkBatch({ network, batchSize }: CheckCase, number = 0): Batch {
  const { inputSize, classes, targets, tokens } = network
  const stream = randomStream('check batch', number, inputSize, batchSize)
  return {
    size: batchSize,
    inputs: Float32Array.from({ length: batchSize * inputSize }, () =>
      tokens === null ? stream.uniform() : stream.integer(tokens),
    ),
    labels: Uint16Array.from({ length: batchSize * targets }, () => stream.integer(classes)),
    drawKey: { seed: 1, round: number, partition: 5 },
  }
}

/** Initial parameters with small tensors that are not zero, so that a lost bias shows. */
export function checkParameters({ network }: CheckCase, seed = 1): Float32Array {
  const flat = initialParameters(network, seed)
  const stream = randomStream(seed, 'check biases')
  for (const { shape, offset, length } of network.tensors)
    if (shape.length === 1) for (let i = offset; i < offset + length; i++) flat[i]! += 0.2 * stream.normal()
  return flat
}

export interface OracleFigures {
  /** ‖backend − plain‖ / ‖plain‖ of the gradient, over `coordinatesOf` each tensor. */
  readonly gradientError: number
  /** Relative error of the loss sum. */
  readonly lossError: number
}

/** Every coordinate of a small tensor, some of a large one. */
function coordinatesOf({ tensors }: Network): number[] {
  const perTensor = 48
  return tensors.flatMap(({ offset, length }) => {
    const count = Math.min(length, perTensor)
    return Array.from({ length: count }, (_, i) => offset + Math.floor((i * length) / count))
  })
}

/** The current backend against differences of the plain float64 loss, on a weighted sum of two batches. */
export async function compareWithPlain(given: CheckCase): Promise<OracleFigures> {
  const { network } = given
  const parameters = checkParameters(given)
  const weights = [1, -2.5]
  const batches = weights.map((_, number) => checkBatch(given, number))
  const computer = createGradientComputer(network)
  computer.loadParameters(parameters)
  const sum = computer.newSum()
  for (const [i, batch] of batches.entries()) await sum.add(batch, weights[i]!)
  const reading = await sum.read()
  sum.dispose()
  computer.dispose()
  const wide = Float64Array.from(parameters)
  const weighted = (of: (batch: Batch) => number) =>
    batches.reduce((total, batch, i) => total + weights[i]! * of(batch), 0)
  const indices = coordinatesOf(network)
  const expected = indices.map(index => weighted(batch => differenceQuotient(network, wide, batch, index)))
  const taken = indices.map(index => reading.gradient[index]!)
  const expectedLoss = weighted(batch => plainLoss(network, wide, batch))
  return {
    gradientError: relativeDistance(taken, expected),
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

/** How many numbers of a sum's ranges are not those that it had when they were taken: more was added before they were read. */
export async function countRangeDifferences(given: CheckCase): Promise<number> {
  const { parameterCount } = given.network
  const segments = Math.min(7, parameterCount)
  const computer = createGradientComputer(given.network)
  computer.loadParameters(checkParameters(given))
  const sum = computer.newSum()
  await sum.add(checkBatch(given, 0))
  const whole = await sum.read()
  const ranges = Array.from({ length: segments }, (_, segment) =>
    sum.takeRange(
      Math.floor((segment * parameterCount) / segments),
      Math.floor(((segment + 1) * parameterCount) / segments),
    ),
  )
  const going = sum.add(checkBatch(given, 1))
  const readings = []
  for (const range of ranges) {
    readings.push(await range.read())
    range.dispose()
  }
  await going
  sum.dispose()
  computer.dispose()
  const found = [...readings.flatMap(({ gradient }) => [...gradient]), ...readings.map(({ lossSum }) => lossSum)]
  const expected = [...whole.gradient, ...readings.map(() => whole.lossSum)]
  return expected.filter((value, i) => !Object.is(value, found[i])).length + Math.abs(found.length - expected.length)
}

export interface GrowthFigures {
  readonly tensorsBefore: number
  /** After hundreds of rounds in which everything made was disposed of. */
  readonly tensorsAfter: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** With sums, copies, ranges, reads and new parameters in every round. */
export async function measureGrowth(given: CheckCase, rounds = 100): Promise<GrowthFigures> {
  const computer = createGradientComputer(given.network)
  const parameters = checkParameters(given)
  const batch = checkBatch(given)
  const playRound = async () => {
    computer.loadParameters(parameters)
    const sum = computer.newSum()
    for (let i = 0; i < 3; i++) await sum.add(batch, i)
    const copy = sum.copy()
    const ranges = [sum.takeRange(0, 1), sum.takeRange(0, given.network.parameterCount)]
    await sum.add(batch)
    await ranges[0]!.read()
    for (const range of ranges) range.dispose()
    await copy.read()
    await sum.read()
    await computer.logits(batch)
    copy.dispose()
    sum.dispose()
  }
  const growth = await growthOver(rounds, playRound)
  computer.dispose()
  return growth
}

/** What is on the device after a first round, and after `rounds` more. */
export async function growthOver(rounds: number, playRound: () => Promise<void>): Promise<GrowthFigures> {
  await playRound()
  const before = tf.memory()
  for (let round = 0; round < rounds; round++) await playRound()
  const after = tf.memory()
  return {
    tensorsBefore: before.numTensors,
    tensorsAfter: after.numTensors,
    bytesBefore: before.numBytes,
    bytesAfter: after.numBytes,
  }
}

/** How often `read` of a sum of several batches fetches from the device. */
export async function countReadBacks(given: CheckCase): Promise<number> {
  const computer = createGradientComputer(given.network)
  computer.loadParameters(checkParameters(given))
  const sum = computer.newSum()
  for (let number = 0; number < 3; number++) await sum.add(checkBatch(given, number))
  const count = await readBacksOf(() => sum.read())
  sum.dispose()
  computer.dispose()
  return count
}

export async function readBacksOf(act: () => Promise<unknown>): Promise<number> {
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
    await act()
  } finally {
    Object.assign(backend, { read, readSync })
  }
  return count
}
