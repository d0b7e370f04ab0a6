// How strongly worker and model pull at each other in an exchange (dynamic weighting, arXiv 2409.09242). What is certain of
// the paper: h₁ (the worker toward the model) and h₂ (the model toward the worker) take the place of elastic averaging's
// one moving rate α, and follow a score of the worker's recent distances, so that who comes back after a failure is drawn
// in and hardly moves the model. The form below is a reconstruction, and named as such: score, ramp, warm-up and comparison.

export interface WeightRules {
  /** α, at most ½: then h₁ + h₂ ≤ 1, and an exchange never overshoots. */
  readonly movingRate: number
  /** `fixed`: h₁ = h₂ = α, whatever the score. */
  readonly weights: 'dynamic' | 'fixed'
  /** p: differences of log-distances that a score looks back on. */
  readonly memory: number
  /** δ₀: a score up to it is healthy. */
  readonly deadZone: number
  /** κ: from δ₀ + κ on a worker has failed. */
  readonly range: number
}

/** Distances smaller than this are taken for it: the logarithm of 0 would outweigh all that follows. */
const distanceMin = 1e-12

/** u = log ‖x − x̃‖ */
export const logDistance = (distance: number): number => Math.log(Math.max(distance, distanceMin))

/**
 * a = Σ_q c_q (u[t−q] − u[t−q−1]) over q = 0 … p−1, c_q ∝ 2^−(q+1) with Σ c = 1: positive for a worker that drifts away.
 * Differences that are not known count 0.
 * @param history u, oldest first; with one or none there is no score: null
 */
export function driftScore(history: readonly number[], memory: number): number | null {
  if (history.length < 2) return null
  const total = 1 - 2 ** -memory
  let score = 0
  for (let q = 0; q < memory && q + 1 < history.length; q++) {
    const newest = history.length - 1 - q
    score += (2 ** -(q + 1) / total) * (history[newest]! - history[newest - 1]!)
  }
  return score
}

export interface ExchangeWeights {
  /** h₁: x ← x − h₁ (x − x̃), from α (healthy) to 1 (failed: taken back to the model). */
  readonly pull: number
  /** h₂: x̃ ← x̃ + h₂ (x − x̃), from α to 0 (failed: the model does not heed it). */
  readonly push: number
}

/** f = clamp((a − δ₀)/κ, 0, 1);  h₁ = α + (1 − α) f,  h₂ = α (1 − f). @param score null: nothing is held against it */
export function exchangeWeights(score: number | null, rules: WeightRules): ExchangeWeights {
  const { movingRate: alpha, weights, deadZone, range } = rules
  const f = weights === 'fixed' || score === null ? 0 : Math.min(1, Math.max(0, (score - deadZone) / range))
  // At the ends exactly: α + (1 − α) need not be 1 in floating point.
  return f === 1 ? { pull: 1, push: 0 } : { pull: alpha + (1 - alpha) * f, push: alpha * (1 - f) }
}
