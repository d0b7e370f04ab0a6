// The twin of spatialAverage on the device: so that no step of AdaHessian has to be read back.

import * as tf from '@tensorflow/tfjs'
import type { TensorLayout } from '../network/plan.ts'
import { averagedAxes, type SpatialAveraging } from './spatial-average.ts'

/**
 * |D| of one of a network's tensors, averaged: one number where many share it, in a shape that spreads over the tensor's.
 * So what is kept of it and computed from it is as small. To be called within tf.tidy.
 * @param diagonal in the tensor's shape
 */
export function averageOnDevice(layout: TensorLayout, diagonal: tf.Tensor, form: SpatialAveraging): tf.Tensor {
  const size = tf.abs(diagonal)
  const axes = averagedAxes(layout, form)
  if (axes.length === 0) return size
  return tf.reshape(
    meanOver(size, axes),
    size.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)),
  )
}

/**
 * The mean over the leading axes, or over the last of two. As a product with equal shares: on WebAssembly means of their
 * own take several times as long.
 */
function meanOver(part: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const isLeading = axes[0] === 0
  const size = axes.reduce((product, axis) => product * part.shape[axis]!, 1)
  const table = tf.reshape(part, isLeading ? [size, -1] : [-1, size])
  const share = tf.fill([1, size], 1 / size)
  return isLeading ? tf.matMul(share, table) : tf.matMul(table, share, false, true)
}
