// Cyclic repetition (Tandon et al. 2017): any s of n workers may be missing, each sums s + 1 partitions. Rows and
// decoding are those of cyclic-rows.ts.

import { randomStream } from '@muster/numerics'
import { type Decoding, type GradientCode, isExact, judgeDecoding } from './code.ts'
import { type CyclicLevel, cyclicLevel, extendParity, noParity, weightsWithout } from './cyclic-rows.ts'
import { leastSquaresDecoding } from './decode.ts'
import { bestDraw } from './screening.ts'

/** The code of one draw of H. */
export function cyclicRepetition(workers: number, tolerance: number, seed: number): GradientCode {
  checkTolerance(workers, tolerance)
  const draw = randomStream('cyclic-repetition', workers, tolerance, seed)
  return codeOf(cyclicLevel(extendParity(noParity(workers), tolerance, draw)))
}

/** The code of the best of several draws of H. */
export function screenedCyclicRepetition(workers: number, tolerance: number): GradientCode {
  checkTolerance(workers, tolerance)
  return codeOf(screenedLevel(workers, tolerance))
}

export const screenedLevel = (n: number, s: number): CyclicLevel =>
  bestDraw(n, s, attempt => ({
    level: cyclicLevel(extendParity(noParity(n), s, randomStream('screened-cyclic', n, s, attempt))),
  })).level

/** Exact weights from these responders, of least norm; undefined if they do not suffice. */
export function decodeLevel(level: CyclicLevel, responders: readonly number[]): Decoding | undefined {
  const n = level.rows.length
  const answered = new Set(responders)
  const missing = level.rows.flatMap((_, worker) => (answered.has(worker) ? [] : [worker]))
  if (missing.length > level.tolerance) return undefined
  const weights = weightsWithout(level.decoding, missing)
  const terms = level.rows.flatMap((_, worker) => (answered.has(worker) ? [{ worker, weight: weights[worker]! }] : []))
  const decoding = judgeDecoding(level.rows, n, terms)
  if (spans(decoding)) return decoding
  // Where the short way lost too many digits, the long one may still hold.
  const again = leastSquaresDecoding(level.rows, n, [...answered])
  return spans(again) ? again : undefined
}

/** Errors at n ≥ 8, s ≥ 3 depend on the draw: the caller judges the amplification, here only the span counts. */
export const spans = (decoding: Decoding): boolean => isExact(decoding, Number.POSITIVE_INFINITY)

function checkTolerance(n: number, s: number): void {
  if (!(s >= 0 && s < n)) throw new RangeError(`tolerance ${s} must be between 0 and n − 1 = ${n - 1}`)
}

function codeOf(level: CyclicLevel): GradientCode {
  return {
    workers: level.rows.length,
    partitions: level.rows.length,
    tolerance: level.tolerance,
    rows: level.rows,
    decode: responders => decodeLevel(level, responders),
  }
}
