// The hardship both sides meet: how long a worker takes for its even share of the batch in a round. A function of
// (seed, seat, round), so that real and simulated workers draw the same.

import { randomStream } from '@muster/numerics'
import type { Milliseconds } from '@muster/vocabulary'

export const shortestMs: Milliseconds = 100
export const longestMs: Milliseconds = 500

/** Milliseconds for 1/n of the batch. */
export type Delays = (seat: number, round: number) => Milliseconds

const medianMs = 200
/** Speeds that stay: of the logarithm. */
const spreadOfWorkers = 0.4
/** What a round adds. */
const spreadOfRounds = 0.12
/** Now and then a tab is held up, far enough to be a straggler. */
const heldUpShare = 0.04
const heldUpFactor = 2.5

export const drawDelays =
  (seed: number): Delays =>
  (seat, round) => {
    const own = randomStream(seed, 'calibration-worker', seat).normal()
    const draw = randomStream(seed, 'calibration-round', seat, round)
    const jitter = Math.exp(spreadOfRounds * draw.normal())
    const heldUp = draw.uniform() < heldUpShare ? heldUpFactor : 1
    const ms = medianMs * Math.exp(spreadOfWorkers * own) * jitter * heldUp
    return Math.min(longestMs, Math.max(shortestMs, ms))
  }

/** For the probe: everybody starts together and ends apart, so that downloads meet and uploads do not. */
export const staggeredDelays: Delays = seat => 60 + 20 * seat
