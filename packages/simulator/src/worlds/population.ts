// Who sits in the seats: how fast they are for as long as they stay, what they say of it, when they leave.

import { randomStream } from '@muster/numerics'
import type { RoundNumber } from '@muster/vocabulary'
import { median } from './median.ts'
import type { Occupant } from './world.ts'
import { type Pace, sigmaOf } from './world-kinds.ts'

export interface Population {
  /** A pure function of the tab and the round. */
  pace(tab: Occupant, round: RoundNumber): Pace
  claim(tab: Occupant): number
  stay(tab: Occupant): number
}

/** The spread of volunteers' devices: ratio of the 90th to the 10th percentile of persistent speeds. */
export const speedSpread = 4.5

/** Units for the whole batch: log-normal over occupants, the median of the first ones exactly n, of all others about n. */
export function persistentTimes(seed: number, workers: number): (tab: Occupant) => number {
  const sigma = sigmaOf(speedSpread)
  const relative = (seat: number, generation: number) =>
    Math.exp(sigma * randomStream(seed, 'speed', seat, generation).normal())
  const first = Array.from({ length: workers }, (_, seat) => relative(seat, 0))
  const middle = median(first)
  return ({ seat, generation }) =>
    generation === 0 && seat < workers ? (workers * first[seat]!) / middle : workers * relative(seat, generation)
}

/** Log-normal with the given median and sigma 1; the first occupants were there before, for a uniform part of it. */
export function staysOf(seed: number, medianStay: number | undefined): (tab: Occupant) => number {
  if (medianStay === undefined) return () => Number.POSITIVE_INFINITY
  return tab => {
    const draw = randomStream(seed, 'stay', tab.seat, tab.generation)
    return residual(tab, medianStay * Math.exp(draw.normal()), draw.uniform())
  }
}

/** What is left of a stay when the run begins. */
export const residual = (tab: Occupant, stay: number, uniform: number): number =>
  tab.generation === 0 ? stay * uniform : stay
