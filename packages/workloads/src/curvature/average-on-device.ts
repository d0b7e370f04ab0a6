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
    const repeats = part.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1))
    return tf.tile(tf.mean(part, [...axes], true), repeats)
  })
  return tf.concat1d(parts.map(part => tf.reshape(part, [-1]) as tf.Tensor1D))
}
