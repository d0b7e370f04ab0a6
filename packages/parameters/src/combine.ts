// Weighted sums of vectors: the verb behind every gradient, delta and mix.
// Must not hold: what the sum is for, or who sent its terms.
// Sums run in float64 and, for each coordinate, in the order of the terms: a replay has the same last bit.

export interface Term {
  /** d numbers. */
  readonly vector: Float32Array
  readonly weight: number
}

// 2048 float64 sums are 16 KiB: they stay in the first-level cache while the terms stream past them.
const blockLength = 2048

/**
 * out ← base + Σ weight·vector, all of length d, the base zero where there is none. A term of weight 0 is left out, so
 * that what it holds (even NaN) is without effect.
 * @throws RangeError when a vector's length is not out's or a weight is not finite; out is then untouched.
 */
export function combineInto(out: Float64Array, terms: readonly Term[], base: Float64Array | null = null): Float64Array {
  for (const term of terms) refuseUnfit(out, term)
  if (base !== null && base.length !== out.length)
    throw new RangeError(`cannot combine with a base of ${base.length} numbers into ${out.length}`)
  if (base === null) out.fill(0)
  else out.set(base)
  for (let from = 0; from < out.length; from += blockLength) {
    const to = Math.min(from + blockLength, out.length)
    for (const { vector, weight } of terms) addRange(out, vector, weight, from, to)
  }
  return out
}

/**
 * out ← out + weight·vector. Calling it term by term on zeros gives the bits of `combineInto`.
 * @throws RangeError as `combineInto`.
 */
export function accumulateInto(out: Float64Array, term: Term): Float64Array {
  refuseUnfit(out, term)
  addRange(out, term.vector, term.weight, 0, out.length)
  return out
}

/**
 * out ← out + vector, from one coordinate of out on: a segment into a sum of the whole.
 * @throws RangeError when it does not lie within out, which is then untouched.
 */
export function accumulateSegment(out: Float64Array, vector: Float32Array, from: number): Float64Array {
  if (!Number.isSafeInteger(from) || from < 0 || from + vector.length > out.length)
    throw new RangeError(`cannot add ${vector.length} numbers at coordinate ${from} of ${out.length}`)
  for (let i = 0; i < vector.length; i++) out[from + i] = out[from + i]! + vector[i]!
  return out
}

function addRange(out: Float64Array, vector: Float32Array, weight: number, from: number, to: number): void {
  if (weight === 0) return
  for (let i = from; i < to; i++) out[i] = out[i]! + weight * vector[i]!
}

function refuseUnfit(out: Float64Array, { vector, weight }: Term): void {
  if (vector.length !== out.length)
    throw new RangeError(`cannot combine a vector of ${vector.length} numbers into one of ${out.length}`)
  if (!Number.isFinite(weight)) throw new RangeError(`cannot combine with the weight ${weight}`)
}
