// Hutchinson's estimate of the Hessian's diagonal: for z of independent ±1, the mean of z ⊙ H z is diag(H), and a draw's
// variance in coordinate i is Σ of Hᵢⱼ² over j ≠ i (Hutchinson 1990; Bekas, Kokiopoulou and Saad 2007).

import { randomStream } from '@muster/numerics'

const bitsADraw = 32
/** 1 as a 32-bit float. */
const oneAsBits = 0x3f800000

/**
 * Independent ±1, each with chance ½: a pure function of (seed, round, draw, step), so that whoever computes a partition
 * draws the same.
 * @param draw which of a round's: the number of a worker, of a partition, or of a draw
 * @param step where a draw has steps, which of them
 */
export function rademacher(length: number, seed: number, round: number, draw: number, step?: number): Float32Array {
  const { uniform } = randomStream(seed, 'rademacher', round, draw, ...(step === undefined ? [] : [step]))
  const signs = new Float32Array(length)
  // Written as the bits that floats are, ±1 differing in the sign's alone: a step draws one for each parameter.
  const words = new Int32Array(signs.buffer)
  for (let from = 0; from < length; from += bitsADraw) {
    let bits = Math.floor(uniform() * 2 ** bitsADraw) | 0
    const to = Math.min(length, from + bitsADraw)
    for (let i = from; i < to; i++) {
      words[i] = oneAsBits | ((~bits & 1) << 31)
      bits >>>= 1
    }
  }
  return signs
}

export interface HutchinsonDraw {
  /** ±1. */
  readonly z: ArrayLike<number>
  /** H z, as long. */
  readonly product: ArrayLike<number>
}

/** The mean of z ⊙ H z over the draws, summed in float64; with its sign. @throws RangeError without draws, or of unlike lengths */
export function hutchinsonDiagonal(draws: readonly HutchinsonDraw[]): Float32Array {
  const [first] = draws
  if (first === undefined) throw new RangeError('an estimate of no draws')
  const total = new Float64Array(first.z.length)
  for (const { z, product } of draws) {
    if (z.length !== total.length || product.length !== total.length)
      throw new RangeError(`draws of ${total.length}, ${z.length} and ${product.length} numbers`)
    for (let i = 0; i < total.length; i++) total[i]! += z[i]! * product[i]!
  }
  return Float32Array.from(total, sum => sum / draws.length)
}
