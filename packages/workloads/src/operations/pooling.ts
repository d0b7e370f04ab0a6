// Pooling with derivatives of its own: wasm's gradient of the maximum is wrong where an extent is odd, and no backend's
// gradient of the average knows that windows at a margin hold fewer numbers.
//
// The largest of a window passes its ∂y on; equals share it, so that every backend does the same.

import * as tf from '@tensorflow/tfjs'
import type { Pair } from '../network/layer.ts'
import { margins, outputSize, padFor, putBack, type Sliding, shifted, total } from './sliding.ts'

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
    gradFunc: (dy: tf.Tensor) => averagePoolingGradient(dy as tf.Tensor4D, shape, sliding),
  }))
  return run(x) as tf.Tensor4D
}

/** ∂x; `shape` is x's. */
export function averagePoolingGradient(dy: tf.Tensor4D, shape: tf.Tensor4D['shape'], sliding: Sliding): tf.Tensor4D {
  const part = tf.div(dy, tf.tensor4d(windowCounts(shape, sliding), [1, ...outputSize(shape, sliding), 1]))
  return putBack(
    places(sliding).map(at => ({ at, values: part as tf.Tensor4D })),
    shape,
    sliding,
  )
}

/** Within the window: row by row. */
export const places = ({ kernelSize: [kh, kw] }: Sliding): Pair[] =>
  Array.from({ length: kh * kw }, (_, n): Pair => [Math.floor(n / kw), n % kw])

/** Whether windows lie side by side; what is left over at the margin belongs to none. */
export function isTiling(
  { shape: [, height, width] }: tf.Tensor4D,
  { kernelSize, strides, padding }: Sliding,
): boolean {
  const along = (extent: number, axis: 0 | 1) =>
    strides[axis] === kernelSize[axis] && (padding === 'valid' || extent % kernelSize[axis] === 0)
  return along(height, 0) && along(width, 1)
}

/** Each pixel belongs to one window, and is compared with its largest. */
function tiledGradient(x: tf.Tensor4D, most: tf.Tensor4D, dy: tf.Tensor4D, { kernelSize }: Sliding): tf.Tensor4D {
  const size: [number, number] = [...kernelSize]
  const [batch, rows, columns, channels] = most.shape
  const [height, width] = [rows * size[0], columns * size[1]]
  const toPixels = (value: tf.Tensor4D) => tf.image.resizeNearestNeighbor(value, [height, width])
  const isWhole = height === x.shape[1] && width === x.shape[2]
  const covered = isWhole ? x : tf.slice(x, [0, 0, 0, 0], [batch, height, width, channels])
  const isMost = tf.cast(tf.equal(covered, toPixels(most)), 'float32') as tf.Tensor4D
  const equals = tf.mul(tf.avgPool(isMost, size, size, 'valid'), size[0] * size[1])
  const gradient: tf.Tensor4D = tf.mul(isMost, toPixels(tf.div(dy, equals)))
  if (isWhole) return gradient
  return tf.pad(gradient, [
    [0, 0],
    [0, x.shape[1] - height],
    [0, x.shape[2] - width],
    [0, 0],
  ])
}

function overlappingGradient(x: tf.Tensor4D, most: tf.Tensor4D, dy: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  const padded = padFor(x, sliding, -3e38)
  const isMost = places(sliding).map(at => ({
    at,
    mask: tf.cast(tf.equal(shifted(padded, x.shape, at, sliding), most), 'float32') as tf.Tensor4D,
  }))
  const share = tf.div(dy, total(isMost.map(({ mask }) => mask)))
  return putBack(
    isMost.map(({ at, mask }) => ({ at, values: tf.mul(mask, share) as tf.Tensor4D })),
    x.shape,
    sliding,
  )
}

/** How many pixels each window holds: fewer at a margin. */
function windowCounts(shape: readonly [number, number, number, number], sliding: Sliding): Float32Array {
  const counts = outputSize(shape, sliding)
  const before = margins(shape, sliding)
  const along = (axis: 0 | 1) =>
    Array.from({ length: counts[axis] }, (_, p) => {
      const from = p * sliding.strides[axis] - before[axis][0]
      return Math.min(shape[axis + 1]!, from + sliding.kernelSize[axis]) - Math.max(0, from)
    })
  const horizontal = along(1)
  return Float32Array.from(along(0).flatMap(height => horizontal.map(width => height * width)))
}
