// Water-filling in parts of a partition: how much each lane does, when all end together. share-out.ts does it in whole
// partitions; this is for estimates, and is quick.

import type { Milliseconds } from '@muster/vocabulary'
import type { Lane } from './share-out.ts'

/** The time by which the lanes together can have done `total` partitions; Infinity without lanes. */
export function waterLevel(total: number, lanes: readonly Lane[]): Milliseconds {
  const byStart = [...lanes].sort((one, other) => one.startMs - other.startMs)
  // Σᵢ (T − startᵢ) / paceᵢ = total over those lanes that begin before T.
  let rate = 0
  let begun = 0
  let level = Infinity
  for (const { startMs, msPerPartition } of byStart) {
    if (startMs >= level) break
    rate += 1 / msPerPartition
    begun += startMs / msPerPartition
    level = (total + begun) / rate
  }
  return level
}

/** What a lane has done by then. */
export const doneBy = ({ startMs, msPerPartition }: Lane, at: Milliseconds): number =>
  Math.max(0, at - startMs) / msPerPartition

/** So much later than with everybody's help is early enough. */
const enough = 1.05

/** The fewest lanes that end about as early as all of them would: each further one costs an answer more. */
export function enoughLanes<L extends Lane>(total: number, lanes: readonly L[]): readonly L[] {
  const byStart = [...lanes].sort((one, other) => one.startMs - other.startMs)
  const levelMax = enough * waterLevel(total, byStart)
  const count = byStart.findIndex((_, i) => waterLevel(total, byStart.slice(0, i + 1)) <= levelMax)
  return byStart.slice(0, count + 1)
}
