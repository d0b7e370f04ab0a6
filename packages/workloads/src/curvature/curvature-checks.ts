// What Hessian-vector products must show on every backend, as functions that measure and return figures: the behaviour
// suite asserts them in Node, a page in a browser can show them for its graphics card.

import { randomStream } from '@muster/numerics'
import * as tf from '@tensorflow/tfjs'
import {
  type CheckCase,
  checkBatch,
  checkCases,
  checkParameters,
  type GrowthFigures,
  growthOver,
  relativeDistance,
} from '../gradient-computer-checks.ts'
import { type ModelSpec, networkOf } from '../model.ts'
import { joinFlat } from '../network/flat-tensors.ts'
import { flatGradient } from '../network/gradient.ts'
import type { Activation, Layer, Padding } from '../network/layer.ts'
import type { Network } from '../network/plan.ts'
import { averageOnDevice } from './average-on-device.ts'
import { differenceParts } from './difference-product.ts'
import { type Curvature, hessianVectorProduct } from './hessian-vector-product.ts'
import { type HutchinsonDraw, hutchinsonDiagonal, rademacher } from './hutchinson.ts'
import { plainHessianProduct } from './plain-curvature.ts'
import { type SpatialAveraging, spatialAverage } from './spatial-average.ts'
import { whyNotSmooth } from './why-not-smooth.ts'

export interface CurvatureCase extends CheckCase {
  /** Step of the oracle: small enough for the piece of the loss that the parameters are on, and for its bends. */
  readonly h: number
  /** Of the parameters: where there are kinks, a point that is far enough from all of them. */
  readonly seed: number
}

const taken = (title: string, h: number, seed = 1): CurvatureCase => {
  const given = checkCases.find(other => other.title === title)
  if (given === undefined) throw new Error(`there is no case "${title}"`)
  return { ...given, h, seed }
}
const own = (
  title: string,
  spec: ModelSpec,
  inputShape: readonly number[],
  batchSize: number,
  h: number,
  seed = 1,
): CurvatureCase => ({ title, network: networkOf(spec, { inputShape, classes: 3 }), batchSize, h, seed })

const conv = (filters: number, size: number, padding: Padding, activation: Activation): Layer => ({
  layer: 'conv2d',
  filters,
  kernelSize: [size, size],
  strides: [1, 1],
  padding,
  activation,
  useBias: true,
})
const pool = (
  size: number,
  stride: number,
  padding: Padding,
  layer: 'max-pooling2d' | 'average-pooling2d' = 'max-pooling2d',
): Layer => ({
  layer,
  poolSize: [size, size],
  strides: [stride, stride],
  padding,
})

/** Every kind of layer and every activation, with every padding and stride that changes their formulas. */
export const curvatureCases: readonly CurvatureCase[] = [
  own('softmax regression', { kind: 'softmax-regression' }, [4, 5], 6, 4e-3),
  own('MLP 12-9-7-3 tanh', { kind: 'mlp', hidden: [9, 7], activation: 'tanh' }, [12], 5, 4e-3),
  taken('MLP 36-24-17-10 relu', 1e-3),
  taken('MLP 36-24-17-10 gelu', 4e-3),
  taken('MLP 5-3-2 tanh, one sample', 4e-3),
  taken('convolutions 3 × 3 and 2 × 2, max pooling', 1e-3),
  taken('convolutions with strides, same and valid', 4e-3),
  taken('convolution 5 × 5 on grey images', 4e-3),
  own(
    'max pooling, side by side with a rest, and overlapping',
    {
      kind: 'stack',
      layers: [conv(2, 2, 'valid', 'tanh'), pool(2, 2, 'valid'), conv(2, 2, 'same', 'tanh'), pool(3, 2, 'same')],
    },
    [8, 10, 1],
    1,
    5e-4,
  ),
  own(
    'a small CNN as people train it: relu, max pooling, dropout',
    {
      kind: 'stack',
      layers: [
        conv(2, 3, 'valid', 'relu'),
        pool(2, 2, 'valid'),
        conv(3, 2, 'valid', 'relu'),
        { layer: 'flatten' },
        { layer: 'dropout', rate: 0.2 },
        { layer: 'dense', units: 6, activation: 'relu', useBias: true },
      ],
    },
    [8, 8],
    2,
    5e-4,
  ),
  taken('depthwise convolutions', 4e-3),
  taken('dropout', 4e-3),
  taken('layer normalisation, global pooling, other activations', 5e-4, 6),
  taken('branches: add, multiply, concatenate', 5e-4, 5),
  own(
    'values that depend on no parameter, and values that are read twice',
    {
      kind: 'graph',
      inputShape: [4, 4, 1],
      nodes: [
        { name: 'most', from: [-1], layer: pool(2, 1, 'same') },
        { name: 'mean', from: [0], layer: pool(2, 2, 'valid', 'average-pooling2d') },
        { name: 'rows', from: [1], layer: { layer: 'reshape', targetShape: [2, 2] } },
        { name: 'given', from: [2], layer: { layer: 'activation', activation: 'elu' } },
        { name: 'moved', from: [3], layer: { layer: 'position-embedding' } },
        { name: 'product', from: [4, 3, 4], layer: { layer: 'multiply' } },
        { name: 'normal', from: [3], layer: { layer: 'layer-normalization', epsilon: 0.1 } },
        { name: 'sum', from: [5, 6, 6, 2], layer: { layer: 'add' } },
        { name: 'flat', from: [7], layer: { layer: 'flatten' } },
        { name: 'logits', from: [8], layer: { layer: 'dense', units: 3, activation: 'linear', useBias: true } },
      ],
    },
    [4, 4, 1],
    3,
    2e-3,
  ),
  {
    title: 'transformer',
    network: networkOf(
      { kind: 'transformer', blocks: 1, heads: 2, width: 4, window: 4, dropout: 0.2 },
      { inputShape: [], classes: 5 },
    ),
    batchSize: 2,
    h: 1e-3,
    seed: 1,
  },
]

/** Where differences of gradients may stand for the product. */
export const smoothCases: readonly CurvatureCase[] = curvatureCases.filter(
  ({ network }) => whyNotSmooth(network) === null,
)

/** With kernels in space, in depth, of rows, and tables of vectors. */
export const averagedCases: readonly CurvatureCase[] = curvatureCases.filter(({ title }) =>
  /^(MLP 5-3-2|convolutions 3|depthwise|transformer)/.test(title),
)

export interface CurvatureFigures {
  /** ‖backend − plain‖ / ‖plain‖ of H v, over `coordinatesOf` each tensor. */
  readonly productError: number
  /** The oracle's own: from what it says with another step, in the same measure. */
  readonly oracleError: number
}

const weight = -2.5

/** The current backend against second differences of the plain float64 loss. */
export async function compareWithPlainHessian(given: CurvatureCase): Promise<CurvatureFigures> {
  const v = directionOf(given.network, 0)
  const { product } = await curvatureOf(given, v, weight)
  return besidePlain(given, v, weight, product)
}

/** Differences of gradients, along signs, against the same: for networks that are smooth. */
export async function compareDifferencesWithPlain(given: CurvatureCase): Promise<CurvatureFigures> {
  const { network } = given
  const z = rademacher(network.parameterCount, given.seed, 0, 0)
  const found = tf.tidy(() => {
    const [x, along] = [tensorsOf(network, curvatureParameters(given)), tensorsOf(network, z)]
    return joinFlat(differenceParts(network, x, checkBatch(given), along).products)
  })
  const product = await found.data()
  found.dispose()
  return besidePlain(given, z, 1, product)
}

function besidePlain(
  given: CurvatureCase,
  v: Float32Array,
  weight: number,
  product: ArrayLike<number>,
): CurvatureFigures {
  const { network, h } = given
  const flat = curvatureParameters(given)
  const batch = checkBatch(given)
  const indices = coordinatesOf(network)
  const wide = Float64Array.from(flat)
  const plain = (step: number) =>
    indices.map(index => weight * plainHessianProduct(network, wide, batch, v, index, step))
  const expected = plain(h)
  return {
    productError: relativeDistance(
      indices.map(index => product[index]!),
      expected,
    ),
    oracleError: relativeDistance(plain(h / 2), expected),
  }
}

/** Embeddings begin so small that the normalisation after them bends within the oracle's steps: here they are larger. */
function curvatureParameters(given: CurvatureCase): Float32Array {
  const flat = checkParameters(given, given.seed)
  for (const { name, offset, length } of given.network.tensors)
    if (name.endsWith('/embeddings')) for (let i = offset; i < offset + length; i++) flat[i]! *= 20
  return flat
}

interface Read {
  /** The loss behind it. */
  readonly gradient: Float32Array
  readonly product: Float32Array
}

/** On the current backend, read back. */
async function curvatureOf(given: CurvatureCase, v: Float32Array, w: number): Promise<Read> {
  const { network } = given
  const flat = curvatureParameters(given)
  const found: Curvature = tf.tidy(() =>
    hessianVectorProduct(network, tensorsOf(network, flat), checkBatch(given), tf.tensor1d(v), w),
  )
  const read = [found.gradient, found.loss, found.product].map(tensor => tensor.data<'float32'>())
  const [gradient, loss, product] = (await Promise.all(read)) as [Float32Array, Float32Array, Float32Array]
  tf.dispose(found)
  return { gradient: Float32Array.of(...gradient, ...loss), product }
}

const tensorsOf = ({ tensors }: Network, flat: Float32Array): tf.Tensor[] =>
  tensors.map(({ offset, length, shape }) => tf.tensor(flat.slice(offset, offset + length), [...shape]))

/** A normal vector. */
export function directionOf({ parameterCount }: Network, number: number): Float32Array {
  const stream = randomStream('curvature direction', number)
  return Float32Array.from({ length: parameterCount }, stream.normal)
}

/** Every coordinate of a small tensor, some of a large one. */
function coordinatesOf({ tensors }: Network): number[] {
  const perTensor = 16
  return tensors.flatMap(({ offset, length }) => {
    const count = Math.min(length, perTensor)
    return Array.from({ length: count }, (_, i) => offset + Math.floor((i * length) / count))
  })
}

/** ‖ours − flatGradient‖ / ‖flatGradient‖ of the gradient that comes with the product, its loss included. */
export async function compareGradients(given: CurvatureCase): Promise<number> {
  const { network } = given
  const { gradient } = await curvatureOf(given, directionOf(network, 0), weight)
  const expected = tf.tidy(() =>
    flatGradient(network, tensorsOf(network, curvatureParameters(given)), checkBatch(given), weight),
  )
  const values = await expected.data()
  expected.dispose()
  return relativeDistance(gradient, values)
}

/** The current backend's averages of a diagonal against the plain ones: the largest difference of any, beside it. */
export async function compareAverages({ network }: CurvatureCase, form: SpatialAveraging): Promise<number> {
  const diagonal = directionOf(network, 3)
  const averaged = tf.tidy(() =>
    joinFlat(
      tensorsOf(network, diagonal).map((part, i) =>
        tf.add(averageOnDevice(network.tensors[i]!, part, form), tf.zerosLike(part)),
      ),
    ),
  )
  const found = await averaged.data()
  averaged.dispose()
  const expected = spatialAverage(network, diagonal, form)
  return Math.max(...expected.map((value, i) => Math.abs(found[i]! - value) / value))
}

export interface FormFigures {
  /** |uᵀHv − vᵀHu| / (‖u‖ ‖Hv‖). */
  readonly asymmetry: number
  /** ‖H(2u − 3v) − 2Hu + 3Hv‖ / ‖H(2u − 3v)‖. */
  readonly nonlinearity: number
}

/** Whether the products are those of one symmetric matrix. */
export async function measureForm(given: CurvatureCase): Promise<FormFigures> {
  const [u, v] = [directionOf(given.network, 1), directionOf(given.network, 2)]
  const productOf = async (direction: Float32Array) => (await curvatureOf(given, direction, 1)).product
  const combine = (a: Float32Array, b: Float32Array) => a.map((value, i) => 2 * value - 3 * b[i]!)
  const [hu, hv, both] = [await productOf(u), await productOf(v), await productOf(combine(u, v))]
  return {
    asymmetry: Math.abs(dot(u, hv) - dot(v, hu)) / Math.sqrt(dot(u, u) * dot(hv, hv)),
    nonlinearity: relativeDistance(combine(hu, hv), both),
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

export interface HutchinsonFigures {
  /** ‖D̂ − diag(H)‖ / ‖diag(H)‖ after a quarter of the draws. */
  readonly errorOfQuarter: number
  /** After all of them. */
  readonly error: number
  /** What that is in the root of its mean square: √(Σᵢ Σⱼ≠ᵢ Hᵢⱼ² / draws) / ‖diag(H)‖. */
  readonly expected: number
}

/** Hutchinson's estimate beside the true diagonal; both from products on the current backend. For tiny models. */
export async function measureHutchinson(given: CurvatureCase, draws: number): Promise<HutchinsonFigures> {
  const { parameterCount } = given.network
  const productOf = async (v: Float32Array) => (await curvatureOf(given, v, 1)).product
  const diagonal = new Float32Array(parameterCount)
  let offDiagonal = 0
  for (let i = 0; i < parameterCount; i++) {
    const unit = new Float32Array(parameterCount)
    unit[i] = 1
    const column = await productOf(unit)
    diagonal[i] = column[i]!
    offDiagonal += dot(column, column) - column[i]! ** 2
  }
  const taken: HutchinsonDraw[] = []
  for (let draw = 0; draw < draws; draw++) {
    const z = rademacher(parameterCount, given.seed, 0, draw)
    taken.push({ z, product: await productOf(z) })
  }
  return {
    errorOfQuarter: relativeDistance(hutchinsonDiagonal(taken.slice(0, draws / 4)), diagonal),
    error: relativeDistance(hutchinsonDiagonal(taken), diagonal),
    expected: Math.sqrt(offDiagonal / draws / dot(diagonal, diagonal)),
  }
}

/** What is left on the device of many products. */
export const measureCurvatureGrowth = (given: CurvatureCase, rounds: number): Promise<GrowthFigures> =>
  growthOver(rounds, async () => {
    const flat = curvatureParameters(given)
    const before = tensorsOf(given.network, flat)
    const v = tf.tensor1d(directionOf(given.network, 0))
    const found: Curvature = tf.tidy(() => hessianVectorProduct(given.network, before, checkBatch(given), v))
    await found.product.data()
    tf.dispose([found, before, v])
  })
