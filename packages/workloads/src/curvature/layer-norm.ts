// Layer normalisation along v. In the letters of operations/layer-norm.ts, with g = γ ȳ and m = mean(g x̂):
//
//   x̂̇ = r (ẋ − mean(ẋ) − x̂ mean(x̂ ẋ)),  ṙ = r ρ  with ρ = −r mean(x̂ ẋ)
//   ẏ = γ̇ x̂ + γ x̂̇ + β̇
//   x̄ = r (g − mean(g) − x̂ m),  x̄̇ = ρ x̄ + r (ġ − mean(ġ) − x̂̇ m − x̂ ṁ)
//   γ̄ = Σ ȳ x̂,  β̄ = Σ ȳ, and their derivatives

import * as tf from '@tensorflow/tfjs'
import { type Carried, type Dual, mapAdjoint, plus } from './dual.ts'

/** @param x rows × C; the tensors of its own come back as "gamma" and "beta" */
export function normalised(x: Dual, gamma: Dual, beta: Dual, epsilon: number): Carried {
  const mean = (of: tf.Tensor) => tf.mean(of, 1, true)
  const centred = tf.sub(x.value, mean(x.value))
  const r = tf.rsqrt(tf.add(mean(tf.square(centred)), epsilon))
  const hat = tf.mul(centred, r)
  const along = x.tangent && mean(tf.mul(hat, x.tangent))
  const hatDot = x.tangent && along && tf.mul(r, tf.sub(tf.sub(x.tangent, mean(x.tangent)), tf.mul(hat, along)))
  return {
    output: {
      value: tf.add(tf.mul(hat, gamma.value), beta.value),
      tangent: plus(tf.add(tf.mul(hat, gamma.tangent!), beta.tangent!), hatDot && tf.mul(hatDot, gamma.value)),
    },
    back(adjoint) {
      const { value: yBar, tangent: yBarDot } = adjoint
      const gammaDot = plus(tf.mul(yBarDot, hat), hatDot && tf.mul(yBar, hatDot))
      const own = {
        gamma: { value: tf.sum(tf.mul(yBar, hat), 0), tangent: tf.sum(gammaDot, 0) },
        beta: mapAdjoint(of => tf.sum(of, 0), adjoint),
      }
      if (hatDot === null || along === null) return { given: [null], own }
      const g = tf.mul(yBar, gamma.value)
      const gDot = tf.add(tf.mul(yBarDot, gamma.value), tf.mul(yBar, gamma.tangent!))
      const m = mean(tf.mul(g, hat))
      const mDot = mean(tf.add(tf.mul(gDot, hat), tf.mul(g, hatDot)))
      const xBar = tf.mul(r, tf.sub(tf.sub(g, mean(g)), tf.mul(hat, m)))
      const moved = tf.add(tf.mul(hatDot, m), tf.mul(hat, mDot))
      const xBarDot = tf.mul(r, tf.sub(tf.sub(tf.sub(gDot, mean(gDot)), moved), tf.mul(along, xBar)))
      return { given: [{ value: xBar, tangent: xBarDot }], own }
    },
  }
}
