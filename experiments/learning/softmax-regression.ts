// Softmax regression, its loss and its gradient, in plain loops over samples of which only what is not zero is kept:
//   z = Wᵀ x + b,  ℓ = log Σⱼ exp zⱼ − z_y,  ∂ℓ/∂z = softmax(z) − e_y,  ∂ℓ/∂W = x (∂ℓ/∂z)ᵀ
// Parameters lie as in the house's own model of that kind: W (inputs × classes) row by row, then b.

import type { SparseRows } from '../abs/sparse-rows.ts'

export interface Evaluated {
  /** Mean over the samples. */
  readonly loss: number
  readonly accuracy: number
}

export interface SoftmaxRegression {
  readonly dimension: number
  /** Summed over these samples. */
  gradient(
    parameters: Float32Array,
    rows: SparseRows,
    samples: ArrayLike<number>,
  ): { gradient: Float32Array; lossSum: number }
  /** Of the samples from 0 up to but without `count`. */
  evaluate(parameters: Float32Array, rows: SparseRows, count: number): Evaluated
}

export function createSoftmaxRegression(inputs: number, classes: number): SoftmaxRegression {
  const biasFrom = inputs * classes
  const dimension = biasFrom + classes
  /** Logits, then probabilities, then ∂ℓ/∂z. */
  const z = new Float64Array(classes)
  let guess = 0

  /** Leaves the probabilities and the guess behind; answers the loss. */
  function forward(parameters: Float32Array, { starts, columns, values, labels }: SparseRows, i: number): number {
    for (let c = 0; c < classes; c++) z[c] = parameters[biasFrom + c]!
    for (let at = starts[i]!; at < starts[i + 1]!; at++) {
      const row = columns[at]! * classes
      const x = values[at]!
      for (let c = 0; c < classes; c++) z[c]! += x * parameters[row + c]!
    }
    guess = 0
    for (let c = 1; c < classes; c++) if (z[c]! > z[guess]!) guess = c
    const most = z[guess]!
    const wanted = z[labels[i]!]!
    let sum = 0
    for (let c = 0; c < classes; c++) sum += z[c] = Math.exp(z[c]! - most)
    for (let c = 0; c < classes; c++) z[c]! /= sum
    return Math.log(sum) + most - wanted
  }

  function backward({ starts, columns, values, labels }: SparseRows, i: number, gradient: Float32Array): void {
    z[labels[i]!]! -= 1
    for (let c = 0; c < classes; c++) gradient[biasFrom + c]! += z[c]!
    for (let at = starts[i]!; at < starts[i + 1]!; at++) {
      const row = columns[at]! * classes
      const x = values[at]!
      for (let c = 0; c < classes; c++) gradient[row + c]! += x * z[c]!
    }
  }

  return {
    dimension,
    gradient(parameters, rows, samples) {
      const gradient = new Float32Array(dimension)
      let lossSum = 0
      for (let s = 0; s < samples.length; s++) {
        lossSum += forward(parameters, rows, samples[s]!)
        backward(rows, samples[s]!, gradient)
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
