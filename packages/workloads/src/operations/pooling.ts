// Pooling with derivatives of its own: wasm's gradient of the maximum is wrong where an extent is odd, and no backend's
// gradient of the average knows that windows at a margin hold fewer numbers.
//
// The largest of a window passes its ∂y on; equals share it, so that every backend does the same.

import * as tf from '@tensorflow/tfjs'
import type { Pair } from '../network/layer.ts'
import { outputSize, padFor, putBack, type Sliding, shifted } from './sliding.ts'

export function maxPooling(x: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  const run = tf.customGrad((...given) => {
    const input = given[0] as tf.Tensor4D
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    const value = tf.maxPool(input, [...sliding.kernelSize], [...sliding.strides], sliding.padding)
    save([input, value])
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [image, most] = saved as [tf.Tensor4D, tf.Tensor4D]
        return isTiling(image, sliding)
          ? tiledGradient(image, most, dy as tf.Tensor4D, sliding)
          : overlappingGradient(image, most, dy as tf.Tensor4D, sliding)
      },
    }
  })
  return run(x) as tf.Tensor4D
}

export function averagePooling(x: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  const { shape } = x
  const run = tf.customGrad((...given) => ({
    value: tf.avgPool(given[0] as tf.Tensor4D, [...sliding.kernelSize], [...sliding.strides], sliding.padding),
    gradFunc: (dy: tf.Tensor) => {
      const part = tf.div(dy, tf.tensor4d(windowCounts(shape, sliding), [1, ...outputSize(shape, sliding), 1]))
      return putBack(
        places(sliding).map(at => ({ at, values: part as tf.Tensor4D })),
        shape,
        sliding,
      )
    },
  }))
  return run(x) as tf.Tensor4D
}

const places = ({ kernelSize: [kh, kw] }: Sliding): Pair[] =>
  Array.from({ length: kh * kw }, (_, n): Pair => [Math.floor(n / kw), n % kw])

/** Whether windows lie side by side and cover the image. */
function isTiling({ shape: [, height, width] }: tf.Tensor4D, { kernelSize, strides }: Sliding): boolean {
  const along = (extent: number, axis: 0 | 1) => strides[axis] === kernelSize[axis] && extent % kernelSize[axis] === 0
  return along(height, 0) && along(width, 1)
}

/** Each pixel belongs to one window: x as B·H′ × kh × W′ × kw·C is compared with its window's largest. */
function tiledGradient(x: tf.Tensor4D, most: tf.Tensor4D, dy: tf.Tensor4D, { kernelSize }: Sliding): tf.Tensor4D {
  const [kh, kw] = kernelSize
  const [batch, rows, columns, channels] = most.shape
  const tiles = tf.reshape(x, [batch * rows, kh, columns, kw, channels])
  const byTile = (value: tf.Tensor) => tf.reshape(value, [batch * rows, 1, columns, 1, channels])
  const isMost = tf.cast(tf.equal(tiles, byTile(most)), 'float32')
  const share = tf.div(byTile(dy), tf.sum(isMost, [1, 3], true))
  return tf.reshape(tf.mul(isMost, share), x.shape)
}

function overlappingGradient(x: tf.Tensor4D, most: tf.Tensor4D, dy: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  const padded = padFor(x, sliding, -3e38)
  const isMost = places(sliding).map(at => ({
    at,
    mask: tf.cast(tf.equal(shifted(padded, x.shape, at, sliding), most), 'float32') as tf.Tensor4D,
  }))
  const share = tf.div(dy, tf.addN(isMost.map(({ mask }) => mask)))
  return putBack(
    isMost.map(({ at, mask }) => ({ at, values: tf.mul(mask, share) as tf.Tensor4D })),
    x.shape,
    sliding,
  )
}

/** How many pixels each window holds: fewer at a margin. */
function windowCounts(shape: readonly [number, number, number, number], sliding: Sliding): Float32Array {
  const [rows, columns] = outputSize(shape, sliding)
  const along = (axis: 0 | 1, count: number) => {
    const extent = shape[axis + 1]!
    const size = sliding.kernelSize[axis]
    const stride = sliding.strides[axis]
    const before = sliding.padding === 'same' ? Math.max(0, (count - 1) * stride + size - extent) >> 1 : 0
    return Array.from({ length: count }, (_, p) => {
      const from = p * stride - before
      return Math.min(extent, from + size) - Math.max(0, from)
    })
  }
  const [vertical, horizontal] = [along(0, rows), along(1, columns)]
  return Float32Array.from(vertical.flatMap(height => horizontal.map(width => height * width)))
}
