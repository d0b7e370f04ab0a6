// How fast a worker is in this round: what was known of it counts like a few partitions, what was seen lately counts
// most. A worker may change its pace in the middle of a round.

import type { Milliseconds } from '@muster/vocabulary'

export interface Pace {
  /** Weighted sums of what was seen; their ratio is the pace. */
  readonly ms: Milliseconds
  readonly partitions: number
  /** Computing since the last partition was finished. */
  readonly underWayMs: Milliseconds
}

/** So many partitions' worth is what was known before. */
const priorWeight = 4
/** What was seen so many partitions ago counts 1/e. */
const memory = 40

export const startPace = (msPerPartition: Milliseconds): Pace => ({
  ms: priorWeight * msPerPartition,
  partitions: priorWeight,
  underWayMs: 0,
})

/**
 * @param finished partitions since it was last seen
 * @param ms computing since it was last seen
 * @param isFirst its first partition is among them: starting up belongs to it, so that it says nothing of the pace
 */
export function seePace(pace: Pace, finished: number, ms: Milliseconds, isFirst: boolean): Pace {
  if (finished === 0) return { ...pace, underWayMs: pace.underWayMs + ms }
  if (isFirst) return { ...pace, underWayMs: 0 }
  const kept = Math.exp(-finished / memory)
  return { ms: kept * pace.ms + pace.underWayMs + ms, partitions: kept * pace.partitions + finished, underWayMs: 0 }
}

/** A partition that takes longer than it should makes the pace slower before it is done. */
export const msPerPartitionOf = ({ ms, partitions, underWayMs }: Pace): Milliseconds => {
  const usual = ms / partitions
  return underWayMs <= usual ? usual : (ms + underWayMs) / (partitions + 0.5)
}
