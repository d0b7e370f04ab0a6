// Causal self-attention along v. In the letters of operations/attention.ts, S = q kᵀ, P = softmax(S + mask), o = P v:
//
//   Ṡ = q̇ kᵀ + q k̇ᵀ,  Ṗ = P ∘ (Ṡ − Σ rows of P ∘ Ṡ),  ȯ = Ṗ v + P v̇
//   v̄ = Pᵀ ō,  P̄ = ō vᵀ,  S̄ = P ∘ (P̄ − Σ rows of P ∘ P̄),  q̄ = S̄ k,  k̄ = S̄ᵀ q
//
// and of each line of the way back the derivative by the product rule.

import * as tf from '@tensorflow/tfjs'
import { product } from '../operations/product.ts'
import { type Adjoint, type Carried, type Dual, returnedTo } from './dual.ts'

/**
 * @param packed B·T × 3C: queries, keys and values side by side; they depend on parameters
 * @param mask T × T: 0 where a position may look, −1e9 where it may not
 */
export function attended(packed: Dual, mask: tf.Tensor2D, heads: number): Carried {
  const [steps] = mask.shape
  const [rows, triple] = packed.value.shape as [number, number]
  const depth = triple / 3 / heads
  const scale = 1 / Math.sqrt(depth)
  /** heads × B × T × D. */
  const toHeads = (x: tf.Tensor, count: number): tf.Tensor =>
    tf.transpose(tf.reshape(x, [rows / steps, steps, count, depth]), [2, 0, 1, 3])
  const fromHeads = (x: tf.Tensor, count: number): tf.Tensor =>
    tf.reshape(tf.transpose(x, [1, 2, 0, 3]), [rows, count * depth])
  const parts = (x: tf.Tensor): [tf.Tensor, tf.Tensor, tf.Tensor] => {
    const [q, k, v] = tf.split(toHeads(x, 3 * heads), 3, 0)
    return [tf.mul(q!, scale), k!, v!]
  }
  const [q, k, v] = parts(packed.value)
  const [qDot, kDot, vDot] = parts(packed.tangent!)
  const p = tf.softmax(tf.add(product(q, k, false, true), mask))
  const pDot = alongSoftmax(p, tf.add(product(qDot, k, false, true), product(q, kDot, false, true)))
  return {
    output: {
      value: fromHeads(product(p, v), heads),
      tangent: fromHeads(tf.add(product(pDot, v), product(p, vDot)), heads),
    },
    back: adjoint =>
      returnedTo(packed, () => {
        const [o, oDot] = [toHeads(adjoint.value, heads), toHeads(adjoint.tangent, heads)]
        const pBar = product(o, v, false, true)
        const pBarDot = tf.add(product(oDot, v, false, true), product(o, vDot, false, true))
        const s = backSoftmax({ value: p, tangent: pDot }, { value: pBar, tangent: pBarDot })
        const values = [tf.mul(product(s.value, k), scale), product(s.value, q, true), product(p, o, true)]
        const tangents = [
          tf.mul(tf.add(product(s.tangent, k), product(s.value, kDot)), scale),
          tf.add(product(s.tangent, q, true), product(s.value, qDot, true)),
          tf.add(product(pDot, o, true), product(p, oDot, true)),
        ]
        return {
          value: fromHeads(tf.concat(values, 0), 3 * heads),
          tangent: fromHeads(tf.concat(tangents, 0), 3 * heads),
        }
      }),
  }
}

/** P ∘ (Ṡ − Σ rows of P ∘ Ṡ): along softmax, and back through it. */
export function alongSoftmax(p: tf.Tensor, sDot: tf.Tensor): tf.Tensor {
  const weighted = tf.mul(p, sDot)
  return tf.sub(weighted, tf.mul(p, tf.sum(weighted, -1, true)))
}

function backSoftmax(p: Adjoint, bar: Adjoint): Adjoint {
  const inner = tf.sum(tf.mul(p.value, bar.value), -1, true)
  const innerDot = tf.sum(tf.add(tf.mul(p.tangent, bar.value), tf.mul(p.value, bar.tangent)), -1, true)
  const rest = tf.sub(bar.value, inner)
  return {
    value: tf.mul(p.value, rest),
    tangent: tf.add(tf.mul(p.tangent, rest), tf.mul(p.value, tf.sub(bar.tangent, innerDot))),
  }
}
