// Two-dimensional convolution whose filter gradient is one matrix product over the windows of the input (im2col), as
// wasm has no kernel for it and WebGPU's starts one thread per weight.
//
// Shapes: x B × H × W × C, kernel kh × kw × C × F, y B × H′ × W′ × F.  M = B·H′·W′ windows of N = kh·kw·C numbers:
// columns (M × N), Y = columns · K, so ∂K = columnsᵀ ∂Y.

import * as tf from '@tensorflow/tfjs'
import type { Padding, Pair } from '../network/layer.ts'
import { paddingAlong, slidingSteps } from '../network/plan.ts'
import { product } from './product.ts'

export interface Sliding {
  readonly kernelSize: Pair
  readonly strides: Pair
  readonly padding: Padding
}

/** y = x ∗ kernel + bias; `isLearnt`: whether a derivative for x is asked for. */
export function convolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D | null,
  sliding: Sliding,
  isLearnt: boolean,
): tf.Tensor4D {
  const strides: [number, number] = [...sliding.strides]
  const inputShape = x.shape
  const learnt: tf.Tensor[] = [kernel, ...(bias ? [bias] : []), ...(isLearnt ? [x] : [])]
  const run = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    save([x, kernel])
    const convolved = tf.conv2d(x, kernel, strides, sliding.padding)
    return {
      value: bias ? tf.add(convolved, bias) : convolved,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [images, weights] = saved as [tf.Tensor4D, tf.Tensor4D]
        const filters = weights.shape[3]
        const delta = tf.reshape(dy, [-1, filters]) as tf.Tensor2D
        return [
          tf.reshape(product(columnsOf(images, sliding), delta, true), weights.shape),
          ...(bias ? [tf.sum(delta, 0)] : []),
          ...(isLearnt ? [tf.conv2dTranspose(dy as tf.Tensor4D, weights, inputShape, strides, sliding.padding)] : []),
        ]
      },
    }
  })
  return run(...learnt) as tf.Tensor4D
}

/** The windows of x as rows: B·H′·W′ × kh·kw·C. */
function columnsOf(x: tf.Tensor4D, sliding: Sliding): tf.Tensor2D {
  const [kh, kw] = sliding.kernelSize
  const pieces: tf.Tensor4D[] = []
  const padded = padFor(x, sliding)
  for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) pieces.push(shifted(padded, x, [i, j], sliding))
  const columns = pieces.length === 1 ? pieces[0]! : tf.concat(pieces, 3)
  return tf.reshape(columns, [-1, kh * kw * x.shape[3]])
}

export function padFor(x: tf.Tensor4D, { kernelSize, strides, padding }: Sliding): tf.Tensor4D {
  const along = (axis: 0 | 1) => [...paddingAlong(x.shape[axis + 1]!, kernelSize[axis], strides[axis], padding)]
  const [rows, columns] = [along(0), along(1)]
  if ([...rows, ...columns].every(zeros => zeros === 0)) return x
  return tf.pad(x, [[0, 0], rows, columns, [0, 0]] as [number, number][])
}

/** What weight (i, j) of a filter meets at each of its positions: B × H′ × W′ × C. */
export function shifted(padded: tf.Tensor4D, x: tf.Tensor4D, [i, j]: Pair, sliding: Sliding): tf.Tensor4D {
  const [sh, sw] = sliding.strides
  const [rows, columns] = outputSize(x, sliding)
  const [batch, , , channels] = padded.shape
  if (sh === 1 && sw === 1) return tf.slice(padded, [0, i, j, 0], [batch, rows, columns, channels])
  const end: [number, number, number, number] = [batch, i + (rows - 1) * sh + 1, j + (columns - 1) * sw + 1, channels]
  return tf.stridedSlice(padded, [0, i, j, 0], end, [1, sh, sw, 1])
}

export const outputSize = (x: tf.Tensor4D, { kernelSize, strides, padding }: Sliding): Pair => [
  slidingSteps(x.shape[1], kernelSize[0], strides[0], padding),
  slidingSteps(x.shape[2], kernelSize[1], strides[1], padding),
]
