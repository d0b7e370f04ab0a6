// A flat vector as the tensors of a network.

import * as tf from '@tensorflow/tfjs'
import type { Network } from '../network/plan.ts'

/** One tensor for each of the network's, in their order and shapes. To be called within tf.tidy. */
export function cutFlat({ tensors }: Network, flat: tf.Tensor1D): tf.Tensor[] {
  if (tf.getBackend() !== 'wasm')
    return tensors.map(({ offset, length, shape }) => tf.reshape(tf.slice(flat, offset, length), [...shape]))
  // Copied within WebAssembly's memory: its slice would copy all of the vector for each tensor.
  const values = tf.engine().backend.readSync(flat.dataId) as Float32Array
  return tensors.map(({ offset, length, shape }) => tf.tensor(values.subarray(offset, offset + length), [...shape]))
}
