// Which rule carries which kind of layer along v: the twin of network/forward.ts.

import * as tf from '@tensorflow/tfjs'
import { dropoutMask } from '../network/dropout-mask.ts'
import type { PlannedNode } from '../network/plan.ts'
import { oneHotRows } from '../operations/one-hot.ts'
import type { Sliding } from '../operations/sliding.ts'
import type { DrawKey } from '../samples.ts'
import { activated } from './activation.ts'
import { attended } from './attention.ts'
import { bilinear, renamed } from './bilinear.ts'
import { type Carried, type Dual, inTurn } from './dual.ts'
import { normalised } from './layer-norm.ts'
import { added, concatenated, masked, multiplied, padded, positioned, rescaled, reshaped } from './linear.ts'
import { averagePooled, globalAverage, globalMaximum, maxPooled } from './pooling.ts'
import { affineMaps, convolutionMaps, depthwiseMaps } from './products.ts'

export interface Surroundings {
  /** The layer's number, which its dropout mask is drawn by. */
  readonly index: number
  readonly drawKey: DrawKey | undefined
  /** What hides later positions from earlier ones. */
  maskOf(steps: number): tf.Tensor2D
}

/** @param own a tensor of the layer's by its name within it */
export function carryLayer(
  node: PlannedNode,
  given: readonly Dual[],
  own: (name: string) => Dual,
  { index, drawKey, maskOf }: Surroundings,
): Carried {
  const { layer, shape, tensors } = node
  const x = given[0]!
  const outputShape = [x.value.shape[0]!, ...shape]
  const bias = () => (tensors.bias === undefined ? null : own('bias'))
  const convolved = (mapsOf: typeof convolutionMaps, sliding: Sliding): Carried => {
    const kernel = own('kernel')
    return bilinear(x, kernel, bias(), mapsOf(x.value.shape, kernel.value.shape, sliding))
  }
  switch (layer.layer) {
    case 'dense':
      return inTurn(
        byRows(x, outputShape, rows => bilinear(rows, own('kernel'), bias(), affineMaps)),
        y => activated(layer.activation, y),
      )
    case 'conv2d':
      return inTurn(convolved(convolutionMaps, layer), y => activated(layer.activation, y))
    case 'depthwise-conv2d':
      return inTurn(convolved(depthwiseMaps, layer), y => activated(layer.activation, y))
    case 'max-pooling2d':
      return maxPooled(x, { ...layer, kernelSize: layer.poolSize })
    case 'average-pooling2d':
      return averagePooled(x, { ...layer, kernelSize: layer.poolSize })
    case 'global-average-pooling2d':
      return globalAverage(x)
    case 'global-max-pooling2d':
      return globalMaximum(x)
    case 'zero-padding2d':
      return padded(x, layer.padding)
    case 'flatten':
    case 'reshape':
      return reshaped(x, outputShape)
    case 'activation':
      return activated(layer.activation, x)
    case 'dropout': {
      if (drawKey === undefined || layer.rate === 0) return reshaped(x, outputShape)
      const [batch] = outputShape as [number]
      const mask = dropoutMask(drawKey, index, layer.rate, batch, x.value.size / batch)
      return masked(x, tf.tensor(mask, x.value.shape))
    }
    case 'layer-normalization':
      return byRows(x, outputShape, rows => normalised(rows, own('gamma'), own('beta'), layer.epsilon))
    case 'rescaling':
      return rescaled(x, layer.scale, layer.offset)
    case 'embedding': {
      const rows = { value: oneHotRows(x.value, layer.inputDim), tangent: null }
      const vectors = renamed(bilinear(rows, own('embeddings'), null, affineMaps), { kernel: 'embeddings' })
      return inTurn(vectors, y => reshaped(y, outputShape))
    }
    case 'position-embedding':
      return positioned(x, 'embeddings', own('embeddings'))
    case 'causal-attention': {
      const projection = (part: string, of: Dual): Carried =>
        renamed(bilinear(of, own(`${part}-kernel`), own(`${part}-bias`), affineMaps), {
          kernel: `${part}-kernel`,
          bias: `${part}-bias`,
        })
      return byRows(x, outputShape, rows => {
        const packed = projection('query-key-value', rows)
        const found = inTurn(packed, y => attended(y, maskOf(shape[0]!), layer.heads))
        return inTurn(found, y => projection('projection', y))
      })
    }
    case 'add':
      return added(given)
    case 'multiply':
      return multiplied(given)
    case 'concatenate':
      return concatenated(given)
  }
}

/** A layer that works on rows of the last axis. */
const byRows = (x: Dual, outputShape: readonly number[], layer: (rows: Dual) => Carried): Carried =>
  inTurn(inTurn(reshaped(x, [-1, x.value.shape.at(-1)!]), layer), y => reshaped(y, outputShape))
