// Sharing partitions so that all lanes end together (water-filling in whole partitions).

import type { Milliseconds } from '@muster/vocabulary'
import type { Speed } from './fleet.ts'

export interface Lane {
  /** When the lane can begin, plus what an answer costs besides computing. */
  readonly startMs: Milliseconds
  readonly msPerPartition: Milliseconds
}

/** Of a worker that begins now. */
export const laneOf = ({ overheadMs, msPerPartition }: Speed): Lane => ({ startMs: overheadMs, msPerPartition })

/**
 * How many of `total` partitions each lane gets. Each next partition goes where it ends first, which gives the
 * least possible time at which the last lane ends; ties go to the earlier lane.
 */
export function shareOut(total: number, lanes: readonly Lane[]): number[] {
  const shares = lanes.map(() => 0)
  const ends = lanes.map(lane => lane.startMs + lane.msPerPartition)
  for (let given = 0; given < total; given++) {
    let first = 0
    for (let i = 1; i < ends.length; i++) if (ends[i]! < ends[first]!) first = i
    shares[first]!++
    ends[first] = ends[first]! + lanes[first]!.msPerPartition
  }
  return shares
}

/** Sizes that differ by at most one, the larger ones first. */
export const evenShares = (total: number, lanes: number): number[] =>
  Array.from({ length: lanes }, (_, i) => Math.floor(total / lanes) + (i < total % lanes ? 1 : 0))

/** Everybody on its own, with an equal share; nobody without one. */
export function evenGroups<Item>(
  members: readonly Item[],
  { settings }: { readonly settings: { readonly partitions: number } },
): { members: Item[]; size: number }[] {
  const sizes = evenShares(settings.partitions, members.length)
  return members.map((member, i) => ({ members: [member], size: sizes[i]! })).filter(({ size }) => size > 0)
}
