// Two-dimensional convolution whose filter gradient is one matrix product over the windows of the input (im2col), as
// wasm has no kernel for it and WebGPU's starts one thread per weight.
//
// Shapes: x B × H × W × C, kernel kh × kw × C × F, y B × H′ × W′ × F.  M = B·H′·W′ windows of N = kh·kw·C numbers:
// columns (M × N), Y = columns · K, so ∂K = columnsᵀ ∂Y.

import * as tf from '@tensorflow/tfjs'
import { product } from './product.ts'
import { padFor, type Sliding, shifted } from './sliding.ts'

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
  for (let i = 0; i < kh; i++) for (let j = 0; j < kw; j++) pieces.push(shifted(padded, x.shape, [i, j], sliding))
  const columns = pieces.length === 1 ? pieces[0]! : tf.concat(pieces, 3)
  return tf.reshape(columns, [-1, kh * kw * x.shape[3]])
}
