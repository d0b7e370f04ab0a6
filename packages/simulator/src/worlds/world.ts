// What a run in virtual time draws from: how long computing takes each tab in each round, who vanishes, what messages
// cost. Every draw is a function of (seed, seat, round), so that the same hardship meets every strategy.
//
// Unit of time: the median worker's time for 1/n of the batch. A world has n seats; who leaves a seat is followed by
// the next occupant of that seat.

import type { RoundNumber } from '@muster/vocabulary'

export interface Occupant {
  /** 0..n−1 */
  readonly seat: number
  /** 0 for the first, counted up with each replacement. */
  readonly generation: number
}

export interface Costs {
  /** c: 0.45 c to download the parameters, 0.45 c to upload a vector, 0.05 c for a control message each way. */
  readonly fixedCost: number
  /** How long after falling silent a tab is known to be gone, in units. */
  readonly detection: number
  /** Whole vectors a unit that the coordinator can take in, and give out; Infinity: no limit of its own. */
  readonly serverCapacity: number
  /** Of each tile that is sent, of each partition's dispatch, in units; absent: 0. */
  readonly perTile?: number
  readonly perPartition?: number
  /** Of 1/n of the batch's data that a tab works on for the first time, in units; absent: 0. */
  readonly perShareFetched?: number
}

export interface World {
  /** As an operator would write it, parameters included. */
  readonly name: string
  /** n, the number of seats. */
  readonly workers: number
  readonly costs: Costs
  /**
   * Units of computing until this share of the batch is done in that round: nondecreasing in `load` (0 and more).
   * Infinity: never; the tab falls silent there until the round is over.
   */
  computeTime(tab: Occupant, round: RoundNumber, load: number): number
  /** What the tab says of itself on joining: units for the whole batch. */
  claim(tab: Occupant): number
  /** When the occupant of a seat vanishes for good: share of the round's fluid bound, in [0, 1); null: not in this round. */
  vanishes(seat: number, round: RoundNumber): number | null
  /** How long an occupant stays, in units of virtual time since it came; Infinity where nobody leaves by the clock. */
  stay(tab: Occupant): number
}
