// y = x W + b, row by row, and its derivatives: ∂x = ∂y Wᵀ, ∂W = xᵀ ∂y, ∂b = Σ rows of ∂y.

import * as tf from '@tensorflow/tfjs'
import { product } from './product.ts'

/**
 * @param x rows × in
 * @param kernel in × out
 * @param isLearnt whether a derivative for x is asked for; the data's needs none
 */
export function affine(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D | null, isLearnt: boolean): tf.Tensor2D {
  const forward = (value: tf.Tensor2D, weights: tf.Tensor2D) =>
    tf.fused.matMul({ a: value as tf.Tensor, b: weights as tf.Tensor, ...(bias ? { bias } : {}) }) as tf.Tensor2D
  const learnt: tf.Tensor[] = [kernel, ...(bias ? [bias] : []), ...(isLearnt ? [x] : [])]
  const run = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    save([x, kernel])
    return {
      value: forward(x, kernel),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [rows, weights] = saved as [tf.Tensor2D, tf.Tensor2D]
        const delta = dy as tf.Tensor2D
        return [
          product(rows, delta, true),
          ...(bias ? [tf.sum(delta, 0)] : []),
          ...(isLearnt ? [product(delta, weights, false, true)] : []),
        ]
      },
    }
  })
  return run(...learnt) as tf.Tensor2D
}
