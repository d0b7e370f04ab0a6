// Layer normalisation (Ba, Kiros and Hinton 2016) over rows of C numbers: x̂ = (x − mean)·r with r = 1/√(variance + ε),
// y = γ x̂ + β.  Backwards, with g = γ ∂y:  ∂x = r·(g − mean(g) − x̂·mean(g x̂)),  ∂γ = Σ ∂y x̂,  ∂β = Σ ∂y.

import * as tf from '@tensorflow/tfjs'

/** @param x rows × C */
export function layerNorm(x: tf.Tensor2D, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): tf.Tensor2D {
  const run = tf.customGrad((...given) => {
    const [input, scale, shift] = given as tf.Tensor[]
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    const centred = tf.sub(input!, tf.mean(input!, 1, true))
    const r = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon))
    const normal = tf.mul(centred, r)
    save([normal, r, scale!])
    return {
      value: tf.add(tf.mul(normal, scale!), shift!),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [hat, reciprocal, weights] = saved as [tf.Tensor, tf.Tensor, tf.Tensor]
        const g = tf.mul(dy, weights)
        const along = tf.mul(hat, tf.mean(tf.mul(g, hat), 1, true))
        const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, 1, true)), along), reciprocal)
        return [dx, tf.sum(tf.mul(dy, hat), 0), tf.sum(dy, 0)]
      },
    }
  })
  return run(x, gamma, beta) as tf.Tensor2D
}
