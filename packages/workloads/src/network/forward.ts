// The forward pass of a network from operations that every backend has and that know their derivatives.

import * as tf from '@tensorflow/tfjs'
import { activate } from '../operations/activation.ts'
import { affine } from '../operations/affine.ts'
import { causalAttention } from '../operations/attention.ts'
import { convolution } from '../operations/convolution.ts'
import { depthwiseConvolution } from '../operations/depthwise-convolution.ts'
import { layerNorm } from '../operations/layer-norm.ts'
import { oneHotRows } from '../operations/one-hot.ts'
import { averagePooling, maxPooling } from '../operations/pooling.ts'
import type { Batch, DrawKey } from '../samples.ts'
import { dropoutMask } from './dropout-mask.ts'
import type { Network, PlannedNode } from './plan.ts'

/**
 * The logits of a batch, one row for each target: B·targets × classes. To be called within tf.tidy.
 * @param parameters one tensor for each of the network's, in their order
 */
export function forward(network: Network, parameters: readonly tf.Tensor[], batch: Batch): tf.Tensor2D {
  const input = tf.tensor(batch.inputs, [batch.size, ...network.inputShape])
  const values: tf.Tensor[] = []
  // What does not depend on a parameter needs no derivative: of the first layer, half of the work.
  const learnt: boolean[] = []
  const masks = new Map<number, tf.Tensor2D>()
  const maskOf = (steps: number): tf.Tensor2D => {
    const mask = masks.get(steps) ?? tf.tensor2d(causalMask(steps), [steps, steps])
    masks.set(steps, mask)
    return mask
  }
  for (const [index, node] of network.nodes.entries()) {
    const given = node.from.map(from => (from === -1 ? input : values[from]!))
    const isLearnt = node.from.some(from => from >= 0 && learnt[from]!)
    const own = (name: string) => parameters[node.tensors[name]!]!
    values.push(applyLayer(node, given, own, isLearnt, { index, drawKey: batch.drawKey, maskOf }))
    learnt.push(isLearnt || Object.keys(node.tensors).length > 0)
  }
  return tf.reshape(values.at(-1)!, [-1, network.classes])
}

interface Surroundings {
  readonly index: number
  readonly drawKey: DrawKey | undefined
  /** What hides later positions from earlier ones: one goes up for all layers. */
  maskOf(steps: number): tf.Tensor2D
}

function applyLayer(
  node: PlannedNode,
  given: readonly tf.Tensor[],
  own: (name: string) => tf.Tensor,
  isLearnt: boolean,
  { index, drawKey, maskOf }: Surroundings,
): tf.Tensor {
  const { layer, shape, tensors } = node
  const x = given[0]!
  const outputShape = [x.shape[0]!, ...shape]
  const rows = (value: tf.Tensor): tf.Tensor2D => tf.reshape(value, [-1, value.shape.at(-1)!])
  const bias = () => (tensors.bias === undefined ? null : (own('bias') as tf.Tensor1D))
  switch (layer.layer) {
    case 'dense': {
      const y = affine(rows(x), own('kernel') as tf.Tensor2D, bias(), isLearnt)
      return tf.reshape(activate(layer.activation, y), outputShape)
    }
    case 'conv2d':
      return activate(
        layer.activation,
        convolution(x as tf.Tensor4D, own('kernel') as tf.Tensor4D, bias(), layer, isLearnt),
      )
    case 'depthwise-conv2d': {
      const y = depthwiseConvolution(x as tf.Tensor4D, own('kernel') as tf.Tensor4D, layer, isLearnt)
      return activate(layer.activation, tensors.bias === undefined ? y : tf.add(y, own('bias')))
    }
    case 'max-pooling2d':
      return maxPooling(x as tf.Tensor4D, { ...layer, kernelSize: layer.poolSize })
    case 'average-pooling2d':
      return averagePooling(x as tf.Tensor4D, { ...layer, kernelSize: layer.poolSize })
    case 'global-average-pooling2d':
      return tf.mean(x, [1, 2])
    case 'global-max-pooling2d':
      return tf.max(x, [1, 2])
    case 'zero-padding2d': {
      const [vertical, horizontal] = layer.padding
      return tf.pad(x, [[0, 0], [...vertical], [...horizontal], [0, 0]])
    }
    case 'flatten':
    case 'reshape':
      return tf.reshape(x, outputShape)
    case 'activation':
      return activate(layer.activation, x)
    case 'dropout':
      if (drawKey === undefined || layer.rate === 0) return x
      return tf.mul(x, tf.tensor(dropoutMask(drawKey, index, layer.rate, x.shape[0]!, x.size / x.shape[0]!), x.shape))
    case 'layer-normalization': {
      const y = layerNorm(rows(x), own('gamma') as tf.Tensor1D, own('beta') as tf.Tensor1D, layer.epsilon)
      return tf.reshape(y, outputShape)
    }
    case 'rescaling':
      return tf.add(tf.mul(x, layer.scale), layer.offset)
    case 'embedding': {
      // A product with one-hot rows, because the gradient of a look-up is missing on wasm.
      return tf.reshape(
        affine(oneHotRows(x, layer.inputDim), own('embeddings') as tf.Tensor2D, null, false),
        outputShape,
      )
    }
    case 'position-embedding':
      return tf.add(x, own('embeddings'))
    case 'causal-attention': {
      const steps = shape[0]!
      const qkvBias = own('query-key-value-bias') as tf.Tensor1D
      const packed = affine(rows(x), own('query-key-value-kernel') as tf.Tensor2D, qkvBias, isLearnt)
      const attended = causalAttention(packed, maskOf(steps), layer.heads)
      const projectionBias = own('projection-bias') as tf.Tensor1D
      return tf.reshape(affine(attended, own('projection-kernel') as tf.Tensor2D, projectionBias, true), outputShape)
    }
    case 'add':
      return given.reduce((sum, value) => tf.add(sum, value))
    case 'multiply':
      return given.reduce((total, value) => tf.mul(total, value))
    case 'concatenate':
      return tf.concat([...given], -1)
  }
}

/** 0 where a position may look, at itself and before; elsewhere so little that softmax gives nothing. */
export function causalMask(steps: number): Float32Array {
  const mask = new Float32Array(steps * steps)
  for (let i = 0; i < steps; i++) for (let j = i + 1; j < steps; j++) mask[i * steps + j] = -1e9
  return mask
}
