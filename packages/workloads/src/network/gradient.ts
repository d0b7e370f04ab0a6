// Backwards through a network.

import * as tf from '@tensorflow/tfjs'
import { crossEntropySum } from '../operations/cross-entropy.ts'
import { oneHotRows } from '../operations/one-hot.ts'
import type { Batch } from '../samples.ts'
import { joinFlat } from './flat-tensors.ts'
import { forward } from './forward.ts'
import type { Network } from './plan.ts'

/** One flat tensor: what `gradientParts` gives, its loss last. To be called within tf.tidy. */
export function flatGradient(
  network: Network,
  parameters: readonly tf.Tensor[],
  batch: Batch,
  weight: number,
): tf.Tensor1D {
  const { gradients, loss } = gradientParts(network, parameters, batch, weight)
  return joinFlat([...gradients, loss])
}

/** No interface: tf.tidy would not hand one out. */
export type GradientParts = {
  /** w × Σ ∇ℓ over the batch, one for each of the network's tensors in their order. */
  readonly gradients: tf.Tensor[]
  /** w × Σ ℓ, one number. */
  readonly loss: tf.Tensor1D
}

/** To be called within tf.tidy. ℓ of a sample is softmax cross-entropy, the mean over its targets. @param weight w */
export function gradientParts(
  network: Network,
  parameters: readonly tf.Tensor[],
  batch: Batch,
  weight: number,
): GradientParts {
  const oneHot = oneHotRows(tf.tensor1d(Int32Array.from(batch.labels), 'int32'), network.classes)
  const lossOf = (...given: tf.Tensor[]): tf.Scalar => crossEntropySum(forward(network, given, batch), oneHot)
  const scale = weight / network.targets
  const { value, grads } = tf.valueAndGrads(lossOf)([...parameters], tf.scalar(scale))
  const loss: tf.Tensor1D = tf.reshape(scale === 1 ? value : tf.mul(value, scale), [1])
  return { gradients: grads, loss }
}
