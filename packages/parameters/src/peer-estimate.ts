// A peer's own estimate of the model: a step on local data, and a mix with neighbours' estimates (arXiv 2102.06280;
// decentralised descent after Nedić and Ozdaglar 2009, in the two usual orders). Pure throughout.

import { combineInto, type Term } from './combine.ts'
import type { Optimiser, OptimiserState } from './optimiser.ts'

export interface PeerEstimate {
  /** w, d numbers. */
  readonly w: Float32Array
  /** w̃ = w after the peer's own step; null: none is finished. */
  readonly stepped: Float32Array | null
  /** The peer's own optimiser's: it is never sent. */
  readonly state: OptimiserState
}

/** ATC, adapt then combine: w ← Σ P_ij w̃_j. CTA, combine then adapt: w ← Σ P_ij w_j + (w̃ − w). */
export type MixingOrder = 'ATC' | 'CTA'

export const beginEstimate = (w: Float32Array, optimiser: Optimiser): PeerEstimate => ({
  w,
  stepped: null,
  state: optimiser.init(w.length),
})

/** @param gradient the mean over the step's samples, at w */
export function stepEstimate(
  { w, state }: PeerEstimate,
  gradient: Float64Array,
  optimiser: Optimiser,
  rate: number,
): PeerEstimate {
  const { parameters, state: next } = optimiser.update(w, gradient, state, rate)
  return { w, stepped: parameters, state: next }
}

/** What neighbours are sent. */
export const sentEstimate = ({ w, stepped }: PeerEstimate, order: MixingOrder): Float32Array =>
  order === 'ATC' ? (stepped ?? w) : w

/**
 * The end of an iteration. In float64, in the order of the terms.
 * @param own P_ii, what is left of one
 * @param terms what neighbours sent, with P_ij
 * @throws RangeError when a vector's length is not d
 */
export function mixEstimate(
  estimate: PeerEstimate,
  order: MixingOrder,
  own: number,
  terms: readonly Term[],
): PeerEstimate {
  const { w, stepped, state } = estimate
  for (const { vector } of terms)
    if (vector.length !== w.length)
      throw new RangeError(`cannot mix an estimate of ${vector.length} numbers into one of ${w.length}`)
  const sum = combineInto(new Float64Array(w.length), [
    { vector: sentEstimate(estimate, order), weight: own },
    ...terms,
  ])
  if (order === 'CTA' && stepped !== null) for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + (stepped[i]! - w[i]!)
  const mixed = Float32Array.from(sum)
  return { w: mixed, stepped: null, state }
}
