// The activations φ. TensorFlow.js differentiates all but gelu, whose kernels would be many.

import * as tf from '@tensorflow/tfjs'
import type { Activation } from '../network/layer.ts'

/** φ(z), elementwise. */
export function activate(activation: Activation, z: tf.Tensor): tf.Tensor {
  switch (activation) {
    case 'linear':
      return z
    case 'relu':
      return tf.relu(z)
    case 'relu6':
      return tf.relu6(z)
    case 'tanh':
      return tf.tanh(z)
    case 'sigmoid':
      return tf.sigmoid(z)
    case 'softplus':
      return tf.softplus(z)
    case 'elu':
      return tf.elu(z)
    case 'swish':
      return tf.mul(z, tf.sigmoid(z))
    case 'gelu':
      return gelu(z)
  }
}

export const geluScale = 2 * Math.sqrt(2 / Math.PI)
export const geluCubic = 0.044715

/**
 * φ(z) = z/2 · (1 + tanh(u/2)) with u = 2√(2/π) · (z + 0.044715 z³) (Hendrycks and Gimpel 2016), which is z · σ(u), and
 * a sigmoid is cheaper; φ′ = σ + z · σ (1 − σ) · u′.
 */
function gelu(z: tf.Tensor): tf.Tensor {
  const run = tf.customGrad((...given) => {
    const input = given[0] as tf.Tensor
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    const cubic = tf.add(tf.mul(tf.square(input), geluScale * geluCubic), geluScale)
    const gate = tf.sigmoid(tf.mul(input, cubic))
    const value = tf.mul(input, gate)
    save([input, gate, value])
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, s, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor]
        const slope = tf.add(tf.mul(tf.square(x), 3 * geluScale * geluCubic), geluScale)
        return tf.mul(dy, tf.add(s, tf.mul(tf.mul(y, tf.sub(1, s)), slope)))
      },
    }
  })
  return run(z)
}
