// Rows of zeros with a one each.

import * as tf from '@tensorflow/tfjs'

/**
 * @param indices whole numbers, any shape
 * @returns as many rows as there are indices × depth
 */
export function oneHotRows(indices: tf.Tensor, depth: number): tf.Tensor2D {
  const flat = tf.reshape(tf.cast(indices, 'int32'), [-1]) as tf.Tensor1D
  // Made as whole numbers: asked for floats, wasm writes the bits of whole ones.
  return tf.cast(tf.oneHot(flat, depth), 'float32') as tf.Tensor2D
}
