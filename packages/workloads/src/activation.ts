// The activations φ and their derivatives, from operations that every backend has.
// gelu is the tanh approximation: φ(z) = z/2 · (1 + tanh u),  u = √(2/π) · (z + 0.044715 z³)  (Hendrycks and Gimpel 2016).

import * as tf from '@tensorflow/tfjs'
import type { Activation } from './model.ts'

const geluScale = Math.sqrt(2 / Math.PI)
const geluCubic = 0.044715

/** φ(z), elementwise. */
export function activate(activation: Activation, z: tf.Tensor2D): tf.Tensor2D {
  switch (activation) {
    case 'tanh':
      return tf.tanh(z)
    case 'relu':
      return tf.relu(z)
    case 'gelu':
      return tf.mul(tf.mul(z, 0.5), tf.add(geluTanh(z), 1))
  }
}

/** φ′(z), elementwise; `value` is φ(z), which saves work where the derivative follows from it. */
export function differentiate(activation: Activation, z: tf.Tensor2D, value: tf.Tensor2D): tf.Tensor2D {
  switch (activation) {
    case 'tanh':
      return tf.sub(1, tf.square(value))
    case 'relu':
      return tf.step(z)
    case 'gelu':
      return differentiateGelu(z)
  }
}

function geluTanh(z: tf.Tensor2D): tf.Tensor2D {
  const cubic = tf.add(tf.mul(tf.square(z), geluCubic), 1)
  return tf.tanh(tf.mul(tf.mul(z, geluScale), cubic))
}

/** φ′ = (1 + t)/2 + z/2 · (1 − t²) · u′  with t = tanh u and u′ = √(2/π) · (1 + 3 · 0.044715 z²). */
function differentiateGelu(z: tf.Tensor2D): tf.Tensor2D {
  const t = geluTanh(z)
  const slope = tf.add(tf.mul(tf.square(z), 3 * geluCubic * geluScale), geluScale)
  const bend: tf.Tensor2D = tf.mul(tf.mul(tf.mul(z, 0.5), tf.sub(1, tf.square(t))), slope)
  return tf.add(tf.mul(tf.add(t, 1), 0.5), bend)
}
