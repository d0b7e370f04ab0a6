// What gets lost on the way: each with the same chance, or in bursts (a two-state chain, Gilbert 1960: everything is lost
// in the bad state and nothing in the good one).

import { randomStream } from './random-stream.ts'

export interface Losses {
  /** Of all that is sent, in the long run: 0..1. */
  readonly share: number
  /** Mean length of a burst, in things sent, at least 1; absent: each is lost or not by itself. */
  readonly burst?: number | undefined
}

/**
 * Says of each thing sent, one after the other, whether it is lost; a function of its key.
 * @throws RangeError where so large a share cannot come in bursts so short: in the mean one of burst + 1 gets through
 */
export function lossProcess({ share, burst }: Losses, ...key: readonly (string | number)[]): () => boolean {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share of ${share} cannot be lost`)
  const { uniform } = randomStream('losses', ...key)
  if (burst === undefined || share === 0 || share === 1) return () => uniform() < share
  if (!(burst >= 1)) throw new RangeError(`a burst of ${burst} is none`)
  const toBad = share / (burst * (1 - share))
  if (toBad > 1) throw new RangeError(`a share of ${share} cannot be lost in bursts of ${burst} in the mean`)
  let isBad = uniform() < share
  return () => {
    const isLost = isBad
    isBad = uniform() < (isBad ? 1 - 1 / burst : toBad)
    return isLost
  }
}
