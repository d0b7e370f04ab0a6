// Causal self-attention (Vaswani et al. 2017, §3.2) of each head: P = softmax(q kᵀ + mask), o = P v, where q comes divided by √D.  Backwards:
// ∂v = Pᵀ ∂o,  ∂P = ∂o vᵀ,  ∂S = P ∘ (∂P − Σ rows of ∂P ∘ P),  ∂q = ∂S k/√D,  ∂k = ∂Sᵀ q.

import * as tf from '@tensorflow/tfjs'
import { product } from './product.ts'

/**
 * @param packed B·T × 3C: queries, keys and values side by side
 * @param mask T × T: 0 where a position may look, −1e9 where it may not
 * @returns B·T × C
 */
export function causalAttention(packed: tf.Tensor2D, mask: tf.Tensor2D, heads: number): tf.Tensor2D {
  const [steps] = mask.shape
  const [rows, triple] = packed.shape
  const depth = triple / 3 / heads
  const batch = rows / steps
  const scale = 1 / Math.sqrt(depth)
  // One turn brings all heads of queries, keys and values to the front, where each lies in one piece: heads × B × T × D.
  const toHeads = (x: tf.Tensor, count: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(x, [batch, steps, count, depth]), [2, 0, 1, 3])
  const fromHeads = (x: tf.Tensor, count: number): tf.Tensor2D =>
    tf.reshape(tf.transpose(x as tf.Tensor4D, [1, 2, 0, 3]), [rows, count * depth])
  const part = (x: tf.Tensor4D, number: number): tf.Tensor4D =>
    tf.slice(x, [number * heads, 0, 0, 0], [heads, batch, steps, depth])

  const run = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    const all = toHeads(given[0] as tf.Tensor, 3 * heads)
    const [q, k, v] = [tf.mul(part(all, 0), scale), part(all, 1), part(all, 2)]
    const weights = tf.softmax(tf.add(product(q, k, false, true), mask)) as tf.Tensor4D
    save([q, k, v, weights])
    return {
      value: fromHeads(product(weights, v), heads),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [queries, keys, values, p] = saved as tf.Tensor4D[]
        const d = toHeads(dy, heads)
        const dp = product(d, values!, false, true)
        const weighted = tf.mul(dp, p!)
        const ds = tf.sub(weighted, tf.mul(p!, tf.sum(weighted, -1, true))) as tf.Tensor4D
        const dq = tf.mul(product(ds, keys!), scale)
        return fromHeads(tf.concat([dq, product(ds, queries!, true), product(p!, d, true)], 0), 3 * heads)
      },
    }
  })
  return run(packed) as tf.Tensor2D
}
