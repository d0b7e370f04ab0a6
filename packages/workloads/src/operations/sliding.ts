// Windows that slide over an image: what each of their places meets, and the way back.

import * as tf from '@tensorflow/tfjs'
import type { Padding, Pair } from '../network/layer.ts'
import { paddingAlong, slidingSteps } from '../network/plan.ts'

export interface Sliding {
  readonly kernelSize: Pair
  readonly strides: Pair
  readonly padding: Padding
}

/** B × H × W × C. */
type Shape = readonly [number, number, number, number]

/** H′ and W′: positions of the window. */
export const outputSize = ([, height, width]: Shape, { kernelSize, strides, padding }: Sliding): Pair => [
  slidingSteps(height, kernelSize[0], strides[0], padding),
  slidingSteps(width, kernelSize[1], strides[1], padding),
]

/** Zeros above and below, left and right. */
export const margins = ([, height, width]: Shape, { kernelSize, strides, padding }: Sliding): [Pair, Pair] => [
  paddingAlong(height, kernelSize[0], strides[0], padding),
  paddingAlong(width, kernelSize[1], strides[1], padding),
]

/** x with its margins. */
export function padFor(x: tf.Tensor4D, sliding: Sliding, value = 0): tf.Tensor4D {
  const [vertical, horizontal] = margins(x.shape, sliding)
  if ([...vertical, ...horizontal].every(count => count === 0)) return x
  return tf.pad(x, [[0, 0], [...vertical], [...horizontal], [0, 0]], value) as tf.Tensor4D
}

/** What place (i, j) of the window meets at each of its positions: B × H′ × W′ × C. */
export function shifted(padded: tf.Tensor4D, shape: Shape, [i, j]: Pair, sliding: Sliding): tf.Tensor4D {
  const [sh, sw] = sliding.strides
  const [rows, columns] = outputSize(shape, sliding)
  const [batch, , , channels] = padded.shape
  if (sh === 1 && sw === 1) return tf.slice(padded, [0, i, j, 0], [batch, rows, columns, channels])
  const end: [number, number, number, number] = [batch, i + (rows - 1) * sh + 1, j + (columns - 1) * sw + 1, channels]
  return tf.stridedSlice(padded, [0, i, j, 0], end, [1, sh, sw, 1]) as tf.Tensor4D
}

/** One after the other: WebGPU's sum of many tensors at once is wrong. */
export const total = (terms: readonly tf.Tensor4D[]): tf.Tensor4D => terms.reduce((sum, term) => tf.add(sum, term))

/** The reverse of `shifted`: the sum of what goes back from each place, without the margins. */
export function putBack(
  pieces: readonly { readonly at: Pair; readonly values: tf.Tensor4D }[],
  shape: Shape,
  sliding: Sliding,
): tf.Tensor4D {
  const [vertical, horizontal] = margins(shape, sliding)
  const height = shape[1] + vertical[0] + vertical[1]
  const width = shape[2] + horizontal[0] + horizontal[1]
  const placed = pieces.map(({ at: [top, left], values }) => {
    const wide = spread(values, sliding.strides)
    const [, rows, columns] = wide.shape
    return tf.pad(wide, [
      [0, 0],
      [top, height - top - rows],
      [left, width - left - columns],
      [0, 0],
    ])
  })
  return tf.slice(total(placed), [0, vertical[0], horizontal[0], 0], [...shape])
}

/** Zeros between neighbours, so that they are as far apart as the strides; none after the last. */
export function spread(y: tf.Tensor4D, [sh, sw]: Pair): tf.Tensor4D {
  if (sh === 1 && sw === 1) return y
  const [batch, rows, columns, channels] = y.shape
  // One axis after the other: WebGL pads four axes at most, and WebGPU more than that wrongly.
  const wide = spaced(tf.reshape(y, [batch * rows * columns, 1, channels]), sw)
  const high = spaced(tf.reshape(wide, [batch * rows, 1, columns * sw * channels]), sh)
  const spaces = tf.reshape(high, [batch, rows * sh, columns * sw, channels]) as tf.Tensor4D
  return tf.slice(spaces, [0, 0, 0, 0], [batch, (rows - 1) * sh + 1, (columns - 1) * sw + 1, channels])
}

/** n × 1 × m to n × stride × m: zeros after each. */
const spaced = (y: tf.Tensor, stride: number): tf.Tensor =>
  stride === 1
    ? y
    : tf.pad(y, [
        [0, 0],
        [0, stride - 1],
        [0, 0],
      ])
