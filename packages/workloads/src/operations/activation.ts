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

const geluScale = Math.sqrt(2 / Math.PI)
const geluCubic = 0.044715

/**
 * φ(z) = z/2 · (1 + t) with t = tanh u and u = √(2/π) · (z + 0.044715 z³) (Hendrycks and Gimpel 2016);
 * φ′ = (1 + t)/2 + z/2 · (1 − t²) · u′.
 */
function gelu(z: tf.Tensor): tf.Tensor {
  const run = tf.customGrad((...given) => {
    const input = given[0] as tf.Tensor
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    const cubic = tf.add(tf.mul(tf.square(input), geluCubic), 1)
    const t = tf.tanh(tf.mul(tf.mul(input, geluScale), cubic))
    save([input, t])
    return {
      value: tf.mul(tf.mul(input, 0.5), tf.add(t, 1)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, th] = saved as [tf.Tensor, tf.Tensor]
        const slope = tf.add(tf.mul(tf.square(x), 3 * geluCubic * geluScale), geluScale)
        const bend = tf.mul(tf.mul(tf.mul(x, 0.5), tf.sub(1, tf.square(th))), slope)
        return tf.mul(dy, tf.add(tf.mul(tf.add(th, 1), 0.5), bend))
      },
    }
  })
  return run(z)
}
