// A perceptron with one hidden layer, its loss and its gradient, in plain loops over contiguous memory:
//   h = tanh(W₁ᵀ x + b₁),  z = W₂ᵀ h + b₂,  ℓ = log Σⱼ exp zⱼ − z_y
//   ∂ℓ/∂z = softmax(z) − e_y,  ∂ℓ/∂a = (1 − h²) ⊙ W₂ ∂ℓ/∂z,  ∂ℓ/∂W₂ = h (∂ℓ/∂z)ᵀ,  ∂ℓ/∂W₁ = x (∂ℓ/∂a)ᵀ
// Parameters lie in one vector: W₁ (inputs × hidden), b₁, W₂ (hidden × classes), b₂, all row by row.

import { randomStream } from '@muster/numerics'
import { addOuter, addProduct, block } from './sparse-product.ts'
import type { SparseRows } from './sparse-rows.ts'

export interface Shape {
  readonly inputs: number
  readonly hidden: number
  readonly classes: number
}

export interface Evaluated {
  /** Mean over the samples. */
  readonly loss: number
  readonly accuracy: number
}

export interface Perceptron {
  readonly dimension: number
  /** Normal, of deviation 1/√(numbers that come in); biases are zero. */
  start(seed: number): Float32Array
  /** Summed over these samples. */
  gradient(
    parameters: Float32Array,
    rows: SparseRows,
    samples: ArrayLike<number>,
  ): { gradient: Float32Array; lossSum: number }
  /** Of the samples from 0 up to but without `count`. */
  evaluate(parameters: Float32Array, rows: SparseRows, count: number): Evaluated
}

export function createPerceptron({ inputs, hidden, classes }: Shape): Perceptron {
  if (hidden % block !== 0) throw new RangeError(`${hidden} hidden units are no multiple of ${block}`)
  const biasFrom = inputs * hidden
  const outFrom = biasFrom + hidden
  const outBiasFrom = outFrom + hidden * classes
  const dimension = outBiasFrom + classes
  const h = new Float64Array(hidden)
  /** ∂ℓ/∂a */
  const back = new Float64Array(hidden)
  /** Logits, then probabilities, then ∂ℓ/∂z. */
  const z = new Float64Array(classes)
  let guess = 0

  /** Leaves h, the probabilities and the guess behind; answers the loss. */
  function forward(parameters: Float32Array, rows: SparseRows, i: number): number {
    for (let j = 0; j < hidden; j++) h[j] = parameters[biasFrom + j]!
    addProduct(h, rows, i, parameters)
    for (let c = 0; c < classes; c++) z[c] = parameters[outBiasFrom + c]!
    for (let j = 0; j < hidden; j++) {
      const activity = Math.tanh(h[j]!)
      h[j] = activity
      const row = outFrom + j * classes
      for (let c = 0; c < classes; c++) z[c]! += activity * parameters[row + c]!
    }
    guess = 0
    for (let c = 1; c < classes; c++) if (z[c]! > z[guess]!) guess = c
    const most = z[guess]!
    const wanted = z[rows.labels[i]!]!
    let sum = 0
    for (let c = 0; c < classes; c++) sum += z[c] = Math.exp(z[c]! - most)
    for (let c = 0; c < classes; c++) z[c]! /= sum
    return Math.log(sum) + most - wanted
  }

  function backward(parameters: Float32Array, rows: SparseRows, i: number, gradient: Float32Array): void {
    z[rows.labels[i]!]! -= 1
    for (let c = 0; c < classes; c++) gradient[outBiasFrom + c]! += z[c]!
    for (let j = 0; j < hidden; j++) {
      const activity = h[j]!
      const row = outFrom + j * classes
      let sum = 0
      for (let c = 0; c < classes; c++) {
        sum += parameters[row + c]! * z[c]!
        gradient[row + c]! += activity * z[c]!
      }
      back[j] = sum * (1 - activity * activity)
      gradient[biasFrom + j]! += back[j]!
    }
    addOuter(gradient, rows, i, back)
  }

  return {
    dimension,
    start(seed) {
      const draw = randomStream(seed, 'abs', 'start')
      const parameters = new Float32Array(dimension)
      for (let p = 0; p < biasFrom; p++) parameters[p] = draw.normal() / Math.sqrt(inputs)
      for (let p = outFrom; p < outBiasFrom; p++) parameters[p] = draw.normal() / Math.sqrt(hidden)
      return parameters
    },
    gradient(parameters, rows, samples) {
      const gradient = new Float32Array(dimension)
      let lossSum = 0
      for (let s = 0; s < samples.length; s++) {
        lossSum += forward(parameters, rows, samples[s]!)
        backward(parameters, rows, samples[s]!, gradient)
      }
      return { gradient, lossSum }
    },
    evaluate(parameters, rows, count) {
      let lossSum = 0
      let right = 0
      for (let i = 0; i < count; i++) {
        lossSum += forward(parameters, rows, i)
        if (guess === rows.labels[i]) right++
      }
      return { loss: lossSum / count, accuracy: right / count }
    },
  }
}
