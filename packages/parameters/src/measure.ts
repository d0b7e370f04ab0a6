// Sizes of vectors and of differences, in float64 whatever the vectors hold.
// Must not hold: any judgement of what size is too large.

export type Vector = Float32Array | Float64Array

export interface VectorMeasure {
  /** Whether every entry is a number that is neither infinite nor NaN. */
  readonly finite: boolean
  /** ‖v‖₂; NaN or Infinity when not finite. */
  readonly norm: number
}

/** One pass: the largest float32 squared is 1.2e77, so a sum of squares is finite exactly when all entries are (float64 entries: when below 1e150). */
export function measureVector(v: Vector): VectorMeasure {
  let sum = 0
  for (let i = 0; i < v.length; i++) sum += v[i]! * v[i]!
  return { finite: Number.isFinite(sum), norm: Math.sqrt(sum) }
}

/**
 * ‖a − b‖₂.
 * @throws RangeError when the lengths differ.
 */
export function distance(a: Vector, b: Vector): number {
  if (a.length !== b.length)
    throw new RangeError(`cannot compare a vector of ${a.length} numbers with one of ${b.length}`)
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!
    sum += difference * difference
  }
  return Math.sqrt(sum)
}

/** ‖a − reference‖₂ / ‖reference‖₂; for a reference of zeros 0 when a is zero too, else Infinity. Throws as `distance`. */
export function relativeError(a: Vector, reference: Vector): number {
  const error = distance(a, reference)
  return error === 0 ? 0 : error / measureVector(reference).norm
}

/** (1/n) Σ ‖v_j − centre‖₂: how far several vectors are from one, in the mean. Of none: 0. */
export const meanDistance = (vectors: readonly Vector[], centre: Vector): number =>
  vectors.reduce((sum, vector) => sum + distance(vector, centre), 0) / Math.max(1, vectors.length)
