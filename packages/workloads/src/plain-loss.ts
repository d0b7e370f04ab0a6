// The oracle of the behaviour suite: the loss of any network in plain float64, one sample at a time, and its derivative
// by central differences. Slow and simple on purpose; it shares no code with what it judges but the plan and the masks.

import { dropoutMask } from './network/dropout-mask.ts'
import type { Activation, Pair } from './network/layer.ts'
import { type Network, type PlannedNode, paddingAlong } from './network/plan.ts'
import type { Batch } from './samples.ts'

type Values = Float64Array

function phi(activation: Activation, z: number): number {
  switch (activation) {
    case 'linear':
      return z
    case 'relu':
      return Math.max(0, z)
    case 'relu6':
      return Math.min(6, Math.max(0, z))
    case 'tanh':
      return Math.tanh(z)
    case 'sigmoid':
      return 1 / (1 + Math.exp(-z))
    case 'softplus':
      return Math.log1p(Math.exp(z))
    case 'elu':
      return z > 0 ? z : Math.expm1(z)
    case 'swish':
      return z / (1 + Math.exp(-z))
    case 'gelu':
      return 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)))
  }
}

/** Σ ℓ over the batch, ℓ of a sample being the mean cross-entropy over its targets. */
export function plainLoss(network: Network, parameters: Float64Array, batch: Batch): number {
  const { inputSize, classes, targets, nodes } = network
  // Of a whole batch, as it is drawn on a device; each sample takes its part.
  const masks = nodes.map(({ layer, shape }, index) =>
    layer.layer === 'dropout' && batch.drawKey !== undefined && layer.rate > 0
      ? dropoutMask(batch.drawKey, index, layer.rate, batch.size, product(shape))
      : null,
  )
  let total = 0
  for (let row = 0; row < batch.size; row++) {
    const input = Float64Array.from(batch.inputs.subarray(row * inputSize, (row + 1) * inputSize))
    const values: Values[] = []
    for (const [index, node] of nodes.entries()) {
      const given = node.from.map(from => (from === -1 ? input : values[from]!))
      const tensor = (name: string) => tensorOf(network, node, name, parameters)
      const size = product(node.shape)
      const mask = masks[index]?.subarray(row * size, (row + 1) * size)
      values.push(plainLayer(node, given, tensor, mask))
    }
    const logits = values.at(-1)!
    for (let t = 0; t < targets; t++) {
      const scores = logits.subarray(t * classes, (t + 1) * classes)
      total += (logSumExp(scores) - scores[batch.labels[row * targets + t]!]!) / targets
    }
  }
  return total
}

/** ∂Σℓ/∂θᵢ by central differences. */
export function differenceQuotient(
  network: Network,
  parameters: Float64Array,
  batch: Batch,
  index: number,
  step = 1e-5,
): number {
  const lossAt = (shift: number) => {
    const moved = Float64Array.from(parameters)
    moved[index]! += shift
    return plainLoss(network, moved, batch)
  }
  return (lossAt(step) - lossAt(-step)) / (2 * step)
}

type Tensor = (name: string) => ArrayLike<number>

const none: ArrayLike<number> = []

function tensorOf(network: Network, node: PlannedNode, name: string, parameters: Float64Array): ArrayLike<number> {
  const index = node.tensors[name]
  if (index === undefined) return none
  const { offset, length } = network.tensors[index]!
  return parameters.subarray(offset, offset + length)
}

function plainLayer(node: PlannedNode, given: Values[], tensor: Tensor, mask: Float32Array | undefined): Values {
  const { layer, shape, inputShapes } = node
  const x = given[0]!
  const [inputShape = []] = inputShapes
  const last = inputShape.at(-1) ?? 1
  switch (layer.layer) {
    case 'dense':
      return affineRows(x, last, layer.units, tensor('kernel'), tensor('bias')).map(z => phi(layer.activation, z))
    case 'conv2d': {
      const [kernel, bias] = [tensor('kernel'), tensor('bias')]
      const { filters } = layer
      return window(node, layer.kernelSize, layer.strides, layer.padding, (positions, out) => {
        for (let f = 0; f < filters; f++) {
          let sum = bias[f] ?? 0
          for (const { at, i, j } of positions)
            for (let c = 0; c < last; c++)
              sum += x[at * last + c]! * kernel[((i * layer.kernelSize[1] + j) * last + c) * filters + f]!
          out[f] = phi(layer.activation, sum)
        }
      })
    }
    case 'depthwise-conv2d': {
      const [kernel, bias] = [tensor('kernel'), tensor('bias')]
      const { depthMultiplier: m } = layer
      return window(node, layer.kernelSize, layer.strides, layer.padding, (positions, out) => {
        for (let c = 0; c < last; c++)
          for (let k = 0; k < m; k++) {
            let sum = bias[c * m + k] ?? 0
            for (const { at, i, j } of positions)
              sum += x[at * last + c]! * kernel[((i * layer.kernelSize[1] + j) * last + c) * m + k]!
            out[c * m + k] = phi(layer.activation, sum)
          }
      })
    }
    case 'max-pooling2d':
    case 'average-pooling2d':
      return window(node, layer.poolSize, layer.strides, layer.padding, (positions, out) => {
        for (let c = 0; c < last; c++) {
          const seen = positions.map(({ at }) => x[at * last + c]!)
          out[c] =
            layer.layer === 'max-pooling2d' ? Math.max(...seen) : seen.reduce((sum, v) => sum + v, 0) / seen.length
        }
      })
    case 'global-average-pooling2d':
    case 'global-max-pooling2d':
      return Float64Array.from({ length: last }, (_, c) => {
        const seen = Array.from({ length: x.length / last }, (_, p) => x[p * last + c]!)
        return layer.layer === 'global-max-pooling2d'
          ? Math.max(...seen)
          : seen.reduce((sum, v) => sum + v, 0) / seen.length
      })
    case 'zero-padding2d': {
      const [height, width] = inputShape as number[]
      const [[top], [left]] = layer.padding
      const out = new Float64Array(product(shape))
      for (let p = 0; p < height!; p++)
        for (let q = 0; q < width!; q++)
          for (let c = 0; c < last; c++)
            out[((p + top) * shape[1]! + q + left) * last + c] = x[(p * width! + q) * last + c]!
      return out
    }
    case 'flatten':
    case 'reshape':
      return x
    case 'activation':
      return x.map(z => phi(layer.activation, z))
    case 'dropout':
      return mask === undefined ? x : x.map((value, i) => value * mask[i]!)
    case 'layer-normalization': {
      const [gamma, beta] = [tensor('gamma'), tensor('beta')]
      return byRow(x, last, row => {
        const mean = row.reduce((sum, v) => sum + v, 0) / last
        const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / last
        return row.map((v, c) => ((v - mean) / Math.sqrt(variance + layer.epsilon)) * gamma[c]! + beta[c]!)
      })
    }
    case 'rescaling':
      return x.map(value => value * layer.scale + layer.offset)
    case 'embedding': {
      const table = tensor('embeddings')
      const { outputDim } = layer
      const out = new Float64Array(x.length * outputDim)
      x.forEach((token, t) => {
        for (let c = 0; c < outputDim; c++) out[t * outputDim + c] = table[token * outputDim + c]!
      })
      return out
    }
    case 'position-embedding': {
      const table = tensor('embeddings')
      return x.map((value, i) => value + table[i]!)
    }
    case 'causal-attention':
      return attention(x, inputShape as Pair, layer.heads, tensor)
    case 'add':
      return x.map((_, i) => given.reduce((sum, value) => sum + value[i]!, 0))
    case 'multiply':
      return x.map((_, i) => given.reduce((total, value) => total * value[i]!, 1))
    case 'concatenate': {
      const widths = inputShapes.map(other => other.at(-1)!)
      const rows = x.length / widths[0]!
      const pieces = Array.from({ length: rows }, (_, r) =>
        given.flatMap((value, g) => [...value.subarray(r * widths[g]!, (r + 1) * widths[g]!)]),
      )
      return Float64Array.from(pieces.flat())
    }
  }
}

function attention(x: Values, [steps, width]: Pair, heads: number, tensor: Tensor): Values {
  const packed = affineRows(x, width, 3 * width, tensor('query-key-value-kernel'), tensor('query-key-value-bias'))
  const depth = width / heads
  const out = new Float64Array(steps * width)
  const dot = (t: number, u: number, h: number) => {
    let sum = 0
    for (let c = 0; c < depth; c++)
      sum += packed[t * 3 * width + h * depth + c]! * packed[u * 3 * width + width + h * depth + c]!
    return sum / Math.sqrt(depth)
  }
  for (let h = 0; h < heads; h++)
    for (let t = 0; t < steps; t++) {
      const scores = Float64Array.from({ length: t + 1 }, (_, u) => dot(t, u, h))
      const norm = logSumExp(scores)
      scores.forEach((score, u) => {
        for (let c = 0; c < depth; c++)
          out[t * width + h * depth + c]! += Math.exp(score - norm) * packed[u * 3 * width + 2 * width + h * depth + c]!
      })
    }
  return affineRows(out, width, width, tensor('projection-kernel'), tensor('projection-bias'))
}

function affineRows(x: Values, from: number, to: number, kernel: ArrayLike<number>, bias: ArrayLike<number>): Values {
  return byRow(x, from, row =>
    Float64Array.from({ length: to }, (_, j) => {
      let sum = bias[j] ?? 0
      for (let i = 0; i < from; i++) sum += row[i]! * kernel[i * to + j]!
      return sum
    }),
  )
}

function byRow(x: Values, width: number, change: (row: Values) => Values): Values {
  const rows = Array.from({ length: x.length / width }, (_, r) => change(x.subarray(r * width, (r + 1) * width)))
  const out = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0))
  rows.forEach((row, r) => {
    out.set(row, r * row.length)
  })
  return out
}

interface Met {
  /** Which pixel. */
  readonly at: number
  /** Where in the window. */
  readonly i: number
  readonly j: number
}

/** For each position of a window over the image, what it meets and where the results go. */
function window(
  { inputShapes, shape }: PlannedNode,
  size: Pair,
  strides: Pair,
  padding: 'same' | 'valid',
  fill: (positions: readonly Met[], out: Values) => void,
): Values {
  const [height, width] = inputShapes[0]! as number[]
  const [top] = paddingAlong(height!, size[0], strides[0], padding)
  const [left] = paddingAlong(width!, size[1], strides[1], padding)
  const [rows, columns, channels] = shape as number[]
  const out = new Float64Array(rows! * columns! * channels!)
  for (let p = 0; p < rows!; p++)
    for (let q = 0; q < columns!; q++) {
      const met: Met[] = []
      for (let i = 0; i < size[0]; i++)
        for (let j = 0; j < size[1]; j++) {
          const [y, x] = [p * strides[0] + i - top, q * strides[1] + j - left]
          if (y >= 0 && y < height! && x >= 0 && x < width!) met.push({ at: y * width! + x, i, j })
        }
      const from = (p * columns! + q) * channels!
      fill(met, out.subarray(from, from + channels!))
    }
  return out
}

function logSumExp(scores: ArrayLike<number>): number {
  const values = Array.from(scores)
  const largest = Math.max(...values)
  return largest + Math.log(values.reduce((sum, score) => sum + Math.exp(score - largest), 0))
}

const product = (shape: readonly number[]): number => shape.reduce((total, extent) => total * extent, 1)
