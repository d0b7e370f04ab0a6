// Softmax cross-entropy, summed over rows: ℓ = −Σ y · log softmax(z),  ∂z = softmax(z) − y.

import * as tf from '@tensorflow/tfjs'

/** @param logits rows × classes @param oneHot rows × classes @returns one number */
export function crossEntropySum(logits: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Scalar {
  const run = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc
    const logProbabilities = tf.logSoftmax(given[0] as tf.Tensor)
    save([logProbabilities])
    return {
      value: tf.neg(tf.sum(tf.mul(oneHot, logProbabilities))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.sub(tf.exp(saved[0]!), oneHot)),
    }
  })
  return run(logits) as tf.Scalar
}
