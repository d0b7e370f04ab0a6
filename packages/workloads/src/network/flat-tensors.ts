// A flat vector as the tensors of a network, and back.

import * as tf from '@tensorflow/tfjs'
import type { Network } from './plan.ts'

/** One tensor for each of the network's, in their order and shapes. To be called within tf.tidy. */
export function cutFlat({ tensors }: Pick<Network, 'tensors'>, flat: tf.Tensor1D): tf.Tensor[] {
  if (tf.getBackend() !== 'wasm')
    return tensors.map(({ offset, length, shape }) => tf.reshape(tf.slice(flat, offset, length), [...shape]))
  // Copied within WebAssembly's memory: its slice would copy all of the vector for each tensor.
  return cutNumbers({ tensors }, tf.engine().backend.readSync(flat.dataId) as Float32Array)
}

/** The same of numbers that are not on the device yet. */
export const cutNumbers = ({ tensors }: Pick<Network, 'tensors'>, flat: Float32Array): tf.Tensor[] =>
  tensors.map(({ offset, length, shape }) => tf.tensor(flat.subarray(offset, offset + length), [...shape]))

/** One after the other. */
export const joinFlat = (tensors: readonly tf.Tensor[]): tf.Tensor1D =>
  tf.concat1d(tensors.map(tensor => tf.reshape(tensor, [-1]) as tf.Tensor1D))
