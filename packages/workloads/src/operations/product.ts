// Matrix products. The wasm backend has one fast product, of two matrices as they are: a turned factor or a stack of
// matrices goes through plain loops, 5 to 10 times slower. So there factors are turned first, and stacks taken apart.

import * as tf from '@tensorflow/tfjs'

/** a b, aᵀ b, a bᵀ or aᵀ bᵀ over the last two axes. */
export function product<T extends tf.Tensor>(a: T, b: T, turnA = false, turnB = false): T {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, turnA, turnB)
  const [left, right] = [turnA ? turned(a) : a, turnB ? turned(b) : b]
  // Thousands of small matrices, and a plan of each product, would otherwise wait for the end of the batch.
  return left.rank === 2 ? tf.matMul(left, right) : tf.tidy(() => oneByOne(left, right))
}

/** Last two axes exchanged. */
function turned<T extends tf.Tensor>(a: T): T {
  const axes = Array.from({ length: a.rank }, (_, i) => i)
  return tf.transpose(a, [...axes.slice(0, -2), a.rank - 1, a.rank - 2])
}

function oneByOne<T extends tf.Tensor>(a: T, b: T): T {
  const others = matrices(b)
  const products = matrices(a).map((matrix, i) => tf.matMul(matrix, others[i]!))
  return tf.reshape(tf.stack(products), [...a.shape.slice(0, -1), b.shape.at(-1)!]) as T
}

/** Copied within WebAssembly's memory, all at once: its slice would copy the whole stack for each matrix. */
function matrices(stack: tf.Tensor): tf.Tensor2D[] {
  const [rows, columns] = stack.shape.slice(-2) as [number, number]
  const size = rows * columns
  const values = tf.engine().backend.readSync(stack.dataId) as Float32Array
  return Array.from({ length: stack.size / size }, (_, i) =>
    tf.tensor2d(values.subarray(i * size, (i + 1) * size), [rows, columns]),
  )
}
