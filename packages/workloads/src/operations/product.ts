// Matrix products. The wasm backend has a fast product and a slow transposed one (5 to 10 times), so there the factor
// is turned first.

import * as tf from '@tensorflow/tfjs'

/** a b, aᵀ b, a bᵀ or aᵀ bᵀ over the last two axes. */
export function product<T extends tf.Tensor>(a: T, b: T, turnA = false, turnB = false): T {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, turnA, turnB)
  return tf.matMul(turnA ? turned(a) : a, turnB ? turned(b) : b)
}

/** Last two axes exchanged. */
function turned<T extends tf.Tensor>(a: T): T {
  const axes = Array.from({ length: a.rank }, (_, i) => i)
  return tf.transpose(a, [...axes.slice(0, -2), a.rank - 1, a.rank - 2])
}
