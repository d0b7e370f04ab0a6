// A round played again under another redundancy: what it would have taken, had its workers been put into groups of r.
// From what was believed of them when it opened and what was seen of them until it closed; the policy's own rules for
// shares, lateness and re-issue in continuous form.

import { consecutive, groupSizes } from '@muster/gradient-codes'
import type { Milliseconds } from '@muster/vocabulary'
import { lateTime, type Speed } from './fleet.ts'
import { type Lane, laneOf } from './share-out.ts'
import { doneBy, enoughLanes, waterLevel } from './water-fill.ts'

export interface SeenWorker {
  /** As planned with; workers are replayed fastest first. */
  readonly believed: Speed
  /** As it turned out in this round. */
  readonly msPerPartition: Milliseconds
  readonly overheadMs: Milliseconds
  /** What an answer to further work costs besides computing: no parameters need be fetched any more. */
  readonly repeatOverheadMs: Milliseconds
  /** When it was known to be gone, after the opening; Infinity: it stayed. */
  readonly lostMs: Milliseconds
}

interface PlayedBlock {
  readonly size: number
  readonly members: readonly SeenWorker[]
  /** When the first of its own members would have it; Infinity: all are gone. */
  readonly endsMs: Milliseconds
  /** When the last of them was known to be gone, and when the last one was late. */
  readonly lostMs: Milliseconds
  readonly lateMs: Milliseconds
}

/** A block so much later than usual is worth others' help, once these have nothing to do. */
const idleFactor = 1.3

/** Milliseconds the round would have taken with groups of r neighbours in speed. */
export function replayRound(workers: readonly SeenWorker[], partitions: number, r: number): Milliseconds {
  const groups = consecutive(workers, groupSizes(workers.length, r))
  const lanes = groups.map(([first]): Lane => laneOf(first!.believed))
  const level = waterLevel(partitions, lanes)
  const readyMs = new Map<SeenWorker, Milliseconds>()
  const blocks = groups.map((members, g): PlayedBlock => {
    const size = doneBy(lanes[g]!, level)
    let endsMs = Infinity
    let lostMs = 0
    let lateMs = 0
    for (const worker of members) {
      const answeredMs = worker.overheadMs + size * worker.msPerPartition
      readyMs.set(worker, answeredMs)
      if (worker.lostMs === Infinity) endsMs = Math.min(endsMs, answeredMs)
      lostMs = Math.max(lostMs, worker.lostMs)
      lateMs = Math.max(lateMs, Math.min(worker.lostMs, lateTime(worker.believed, size, 0)))
    }
    return { size, members, endsMs, lostMs, lateMs }
  })
  const usualMs = middle(blocks.map(({ endsMs }) => endsMs))
  let roundMs = 0
  const due: { block: PlayedBlock; at: Milliseconds }[] = []
  for (const block of blocks) {
    if (block.size === 0) continue
    const { endsMs, lostMs, lateMs } = block
    if (endsMs <= idleFactor * usualMs) roundMs = Math.max(roundMs, endsMs)
    // Lost: when it is known. Slow: when others have nothing to do, or it is late.
    else due.push({ block, at: endsMs === Infinity ? lostMs : Math.min(lateMs, usualMs) })
  }
  // These go to others; who is busy sends its own answer first.
  for (const { block, at } of due.sort((one, other) => one.at - other.at)) {
    const { size, members, endsMs } = block
    const helpers = workers.filter(worker => worker.lostMs === Infinity && !members.includes(worker))
    const lanes = helpers.map(helper => {
      const { repeatOverheadMs: repeatMs, msPerPartition } = helper
      return { helper, startMs: Math.max(readyMs.get(helper)!, at) + repeatMs, msPerPartition }
    })
    const chosen = enoughLanes(size, lanes)
    const rescue = waterLevel(size, chosen)
    for (const { helper } of chosen) readyMs.set(helper, rescue)
    roundMs = Math.max(roundMs, Math.min(endsMs, rescue))
  }
  return roundMs
}

const middle = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? 0
