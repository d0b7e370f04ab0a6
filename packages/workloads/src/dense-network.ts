// Forward and backward pass of a stack of dense layers, written out as a fixed list of tensor operations: fewer
// dispatches than automatic differentiation, and none of its hidden state.
//
// Shapes: B samples, nₗ widths.  X₀ (B × n₀): inputs;  Wₗ (nₗ × nₗ₊₁), bₗ (nₗ₊₁);  Zₗ = Xₗ Wₗ + bₗ;  Xₗ₊₁ = φ(Zₗ)
// Y (B × C): one-hot labels;  P = softmax(Z_last);  Dₗ = ∂(w·Σℓ)/∂Zₗ, so D_last = w·(P − Y)

import * as tf from '@tensorflow/tfjs'
import { activate, differentiate } from './activation.ts'
import type { Activation } from './model.ts'

export interface DenseLayer {
  readonly kernel: tf.Tensor2D
  /** Wᵀ, kept where it is cheaper than a transposed product; the first layer needs none. */
  readonly kernelTransposed: tf.Tensor2D | null
  readonly bias: tf.Tensor1D
}

interface Pass {
  readonly inputs: readonly tf.Tensor2D[]
  readonly sums: readonly tf.Tensor2D[]
  readonly logits: tf.Tensor2D
}

export function forward(layers: readonly DenseLayer[], activation: Activation, batch: tf.Tensor2D): Pass {
  const inputs = [batch]
  const sums: tf.Tensor2D[] = []
  layers.forEach(({ kernel, bias }, l) => {
    const sum = tf.fused.matMul({ a: inputs[l]! as tf.Tensor, b: kernel as tf.Tensor, bias }) as tf.Tensor2D
    sums.push(sum)
    if (l + 1 < layers.length) inputs.push(activate(activation, sum))
  })
  return { inputs, sums, logits: sums.at(-1)! }
}

/**
 * One flat tensor: w × Σ ∇ℓ in layout order (kernel, bias, kernel, ...), then w × Σ ℓ. To be called within tf.tidy.
 * ℓ is softmax cross-entropy.
 */
export function flatGradient(
  layers: readonly DenseLayer[],
  activation: Activation,
  batch: tf.Tensor2D,
  oneHot: tf.Tensor2D,
  weight: number,
): tf.Tensor1D {
  const { inputs, sums, logits } = forward(layers, activation, batch)
  const logProbabilities = tf.logSoftmax(logits)
  const scaled = <T extends tf.Tensor>(tensor: T): T => (weight === 1 ? tensor : tf.mul<T>(tensor, weight))
  const loss = tf.reshape(scaled(tf.neg(tf.sum(tf.mul(oneHot, logProbabilities)))), [1])
  let delta: tf.Tensor2D = scaled(tf.sub(tf.exp(logProbabilities), oneHot))
  const pieces: tf.Tensor[] = []
  for (let l = layers.length - 1; l >= 0; l--) {
    pieces.unshift(tf.reshape(transposedProduct(inputs[l]!, delta), [-1]), tf.sum(delta, 0))
    if (l > 0) {
      const { kernel, kernelTransposed } = layers[l]!
      const reached = kernelTransposed ? tf.matMul(delta, kernelTransposed) : tf.matMul(delta, kernel, false, true)
      delta = tf.mul(reached, differentiate(activation, sums[l - 1]!, inputs[l]!))
    }
  }
  return tf.concat1d([...pieces, loss] as tf.Tensor1D[])
}

/** aᵀ b. The wasm backend has a fast product and a slow transposed one (5 to 10 times), so there a is turned first. */
function transposedProduct(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return needsExplicitTranspose() ? tf.matMul(tf.transpose(a), b) : tf.matMul(a, b, true)
}

export const needsExplicitTranspose = (): boolean => tf.getBackend() === 'wasm'
