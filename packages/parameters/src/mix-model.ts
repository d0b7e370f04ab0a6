// A model moved toward other parameters: elastic averaging's x̃ ← x̃ + h₂ (xᵢ − x̃) (Zhang, Choromanska and LeCun 2015,
// equation 6), and any mix of several at once.

import type { Term } from './combine.ts'

/**
 * (1 − Σ aᵢ) w + Σ aᵢ rᵢ as w + Σ aᵢ (rᵢ − w), in float64: with weights of 0 the model stays bit for bit. Pure.
 * @param parameters w, d numbers
 * @throws RangeError when a vector's length is not d or a weight is not finite
 */
export function mixModel(parameters: Float32Array, terms: readonly Term[]): Float32Array {
  for (const { vector, weight } of terms) {
    if (vector.length !== parameters.length)
      throw new RangeError(`cannot mix a vector of ${vector.length} numbers into a model of ${parameters.length}`)
    if (!Number.isFinite(weight)) throw new RangeError(`cannot mix with the weight ${weight}`)
  }
  return parameters.map((w, i) => terms.reduce((sum, { vector, weight }) => sum + weight * (vector[i]! - w), w))
}
