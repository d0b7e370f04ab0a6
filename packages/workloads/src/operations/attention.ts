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
  const width = triple / 3
  const depth = width / heads
  const batch = rows / steps
  const scale = 1 / Math.sqrt(depth)
  const split = (x: tf.Tensor, from: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(tf.slice(x, [0, from], [rows, width]), [batch, steps, heads, depth]), [0, 2, 1, 3])
  const join = (x: tf.Tensor): tf.Tensor2D => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [rows, width])

  const run = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    const input = given[0] as tf.Tensor
    const [q, k, v] = [tf.mul(split(input, 0), scale), split(input, width), split(input, 2 * width)]
    const weights = tf.softmax(tf.add(product(q, k, false, true), mask)) as tf.Tensor4D
    save([q, k, v, weights])
    return {
      value: join(product(weights, v)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [queries, keys, values, p] = saved as tf.Tensor4D[]
        const d = split(dy, 0)
        const dp = product(d, values!, false, true)
        const weighted = tf.mul(dp, p!)
        const ds = tf.sub(weighted, tf.mul(p!, tf.sum(weighted, -1, true))) as tf.Tensor4D
        const dq = tf.mul(product(ds, keys!), scale)
        return tf.concat([join(dq), join(product(ds, queries!, true)), join(product(p!, d, true))], 1)
      },
    }
  })
  return run(packed) as tf.Tensor2D
}
