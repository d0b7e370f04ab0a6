// Pooling along v. An average is linear. A maximum is, as long as the same pixel stays the largest: its tangent is that
// pixel's, equals share it as they share what comes back, and the second derivative is zero.

import * as tf from '@tensorflow/tfjs'
import { averagePoolingGradient, isTiling, places } from '../operations/pooling.ts'
import { padFor, putBack, type Sliding, shifted, total } from '../operations/sliding.ts'
import { type Carried, type Dual, mapAdjoint, returnedTo } from './dual.ts'
import { linear } from './linear.ts'

/** @param x B × H × W × C */
export const averagePooled = (x: Dual, sliding: Sliding): Carried =>
  linear(
    x,
    of => tf.avgPool(of as tf.Tensor4D, [...sliding.kernelSize], [...sliding.strides], sliding.padding),
    of => averagePoolingGradient(of as tf.Tensor4D, x.value.shape as Shape, sliding),
  )

/** @param x B × H × W × C */
export function maxPooled(x: Dual, sliding: Sliding): Carried {
  const image = x.value as tf.Tensor4D
  const most = tf.maxPool(image, [...sliding.kernelSize], [...sliding.strides], sliding.padding)
  if (x.tangent === null) return { output: { value: most, tangent: null }, back: () => ({ given: [null], own: {} }) }
  const { choose, putBack: back } = isTiling(image, sliding)
    ? tiled(image, most, sliding)
    : overlapping(image, most, sliding)
  return {
    output: { value: most, tangent: choose(x.tangent as tf.Tensor4D) },
    back: adjoint => returnedTo(x, () => mapAdjoint(of => back(of as tf.Tensor4D), adjoint)),
  }
}

/** @param x B × H × W × C */
export function globalAverage(x: Dual): Carried {
  const [batch, height, width, channels] = x.value.shape as Shape
  const ones = tf.fill([1, height, width, 1], 1 / (height * width))
  return linear(
    x,
    of => tf.mean(of, [1, 2]),
    of => tf.mul(tf.reshape(of, [batch, 1, 1, channels]), ones),
  )
}

/** Equals all take what comes back, as in TensorFlow.js' gradient of a maximum. @param x B × H × W × C */
export function globalMaximum(x: Dual): Carried {
  const [batch, , , channels] = x.value.shape as Shape
  const most = tf.max(x.value, [1, 2], true)
  const isMost = tf.cast(tf.equal(x.value, most), 'float32')
  return {
    output: {
      value: tf.reshape(most, [batch, channels]),
      tangent: x.tangent && tf.sum(tf.mul(x.tangent, isMost), [1, 2]),
    },
    back: adjoint =>
      returnedTo(x, () => mapAdjoint(of => tf.mul(tf.reshape(of, [batch, 1, 1, channels]), isMost), adjoint)),
  }
}

type Shape = [number, number, number, number]

/** A linear map and its transpose: from pixels to the places of the window, and back. */
interface Choice {
  choose(pixels: tf.Tensor4D): tf.Tensor4D
  putBack(windows: tf.Tensor4D): tf.Tensor4D
}

/** Each pixel belongs to one window. */
function tiled(x: tf.Tensor4D, most: tf.Tensor4D, { kernelSize }: Sliding): Choice {
  const size: [number, number] = [...kernelSize]
  const [batch, rows, columns, channels] = most.shape
  const [height, width] = [rows * size[0], columns * size[1]]
  const isWhole = height === x.shape[1] && width === x.shape[2]
  const covered = (of: tf.Tensor4D) => (isWhole ? of : tf.slice(of, [0, 0, 0, 0], [batch, height, width, channels]))
  const toPixels = (of: tf.Tensor4D) => tf.image.resizeNearestNeighbor(of, [height, width])
  const sums = (of: tf.Tensor4D): tf.Tensor4D => tf.mul(tf.avgPool(of, size, size, 'valid'), size[0] * size[1])
  const isMost = tf.cast(tf.equal(covered(x), toPixels(most)), 'float32') as tf.Tensor4D
  const equals = sums(isMost)
  return {
    choose: pixels => tf.div(sums(tf.mul(covered(pixels), isMost)), equals),
    putBack(windows) {
      const pixels: tf.Tensor4D = tf.mul(isMost, toPixels(tf.div(windows, equals)))
      if (isWhole) return pixels
      return tf.pad(pixels, [
        [0, 0],
        [0, x.shape[1] - height],
        [0, x.shape[2] - width],
        [0, 0],
      ])
    },
  }
}

function overlapping(x: tf.Tensor4D, most: tf.Tensor4D, sliding: Sliding): Choice {
  const met = (of: tf.Tensor4D) => places(sliding).map(at => shifted(of, x.shape, at, sliding))
  const isMost = met(padFor(x, sliding, -3e38)).map(of => tf.cast(tf.equal(of, most), 'float32') as tf.Tensor4D)
  const equals = total(isMost)
  return {
    choose(pixels) {
      const chosen = met(padFor(pixels, sliding)).map((of, i): tf.Tensor4D => tf.mul(of, isMost[i]!))
      return tf.div(total(chosen), equals)
    },
    putBack(windows) {
      const share: tf.Tensor4D = tf.div(windows, equals)
      const pieces = places(sliding).map((at, i) => ({ at, values: tf.mul(isMost[i]!, share) as tf.Tensor4D }))
      return putBack(pieces, x.shape, sliding)
    },
  }
}
