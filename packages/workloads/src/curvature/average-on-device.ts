// The twin of spatialAverage on the device: so that no step of AdaHessian has to be read back.

import * as tf from '@tensorflow/tfjs'
import type { Network } from '../network/plan.ts'
import { cutFlat } from './cut-flat.ts'
import { averagedAxes, type SpatialAveraging } from './spatial-average.ts'

/** |D| averaged, flat. To be called within tf.tidy. @param diagonal parameterCount numbers */
export function averageOnDevice(network: Network, diagonal: tf.Tensor1D, form: SpatialAveraging): tf.Tensor1D {
  const size = tf.abs(diagonal)
  if (network.tensors.every(tensor => averagedAxes(tensor, form).length === 0)) return size
  const parts = cutFlat(network, size).map((part, i) => {
    const axes = averagedAxes(network.tensors[i]!, form)
    if (axes.length === 0) return part
    return averaged(part, axes)
  })
  return tf.concat1d(parts.map(part => tf.reshape(part, [-1]) as tf.Tensor1D))
}

/**
 * The mean over the leading axes, or over the last of two, in the place of each number it is of. As products with ones: on
 * WebAssembly means and tiles of their own take several times as long.
 */
function averaged(part: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const isLeading = axes[0] === 0
  const size = axes.reduce((product, axis) => product * part.shape[axis]!, 1)
  const table = tf.reshape(part, isLeading ? [size, -1] : [-1, size])
  const [share, ones] = [tf.fill([1, size], 1 / size), tf.ones([size, 1])]
  if (isLeading) return tf.matMul(ones, tf.matMul(share, table))
  return tf.matMul(tf.matMul(table, share, false, true), ones, false, true)
}
