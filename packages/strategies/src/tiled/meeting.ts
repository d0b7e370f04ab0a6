// Two workers meet in the middle, of their partitions and of the coordinates. Each has the other's list behind its own,
// backwards: one of them computes X from the left, the other from the right. One sends the coordinates upward, the other
// downward. What is sent early holds few partitions and what is sent late holds many; since the one's early coordinates
// are the other's late ones, the two together hold each partition once, at every coordinate:
//
//   p(u) + q(u) = X,  p rising with u, q falling
//
// So an upload is shared, as by replicas, and it runs beside the computing. Where computing is dear p is almost flat (each
// does its own part once), where uploads are dear it goes from 0 to X (each does everything, and sends half).

import type { Milliseconds } from '@muster/vocabulary'

export interface Side {
  /** Partitions of its own list. */
  readonly own: number
  /** As many as may be in its sum already when it is told: no tile can hold fewer. */
  readonly floor: number
  /** What it will have done by then, not a whole number. */
  readonly done: number
  readonly from: Milliseconds
  readonly msPerPartition: Milliseconds
  /** Of one segment. */
  readonly segmentMs: Milliseconds
  /** By segment, what its tile holds where that is settled; 0: it is not. */
  readonly early: readonly number[]
}

export interface Meeting {
  /** By segment, how many partitions the one's tile holds, from the left. */
  readonly left: readonly number[]
  readonly right: readonly number[]
  readonly endsAt: Milliseconds
}

const doneAt = ({ done, from, msPerPartition }: Side, at: Milliseconds): number =>
  done + Math.max(0, at - from) / msPerPartition

/** So much longer than at best it may take. */
const patience = 0.03

/** Bisections: the end is found to a thousandth of what it is away. */
const steps = 24

/** The earliest end, and the tiles that meet it. */
export function planMeeting(left: Side, right: Side, segments: number): Meeting {
  const total = left.own + right.own
  const flat = meetAt(left, right, segments, u => settled(left, right, total, u) ?? left.own)
  const start = Math.min(left.from, right.from)
  let low = start
  let high = flat.endsAt
  let best: Meeting = flat
  for (let step = 0; step < steps && high - low > 1e-3 * (high - start); step++) {
    const middle = (low + high) / 2
    const plan = planFor(left, right, segments, total, middle)
    if (plan === null) low = middle
    else {
      high = middle
      best = plan
    }
  }
  // What is gained last costs most: a little later, and much less is computed twice.
  const later = best.endsAt + patience * (best.endsAt - start)
  if (later >= flat.endsAt) return flat
  return planFor(left, right, segments, total, later) ?? best
}

/** How many partitions the left tile holds where one of the two has been asked for its tile already. */
function settled({ early: lefts }: Side, { early: rights }: Side, total: number, segment: number): number | null {
  if ((lefts[segment] ?? 0) > 0) return lefts[segment]!
  return (rights[segment] ?? 0) > 0 ? total - rights[segment]! : null
}

/** By the end of a slot's waiting; what is there already needs no slot. */
const reach = (side: Side, slot: Milliseconds, total: number, count: number | undefined): number => {
  if (slot >= side.from) return Math.min(total, Math.floor(doneAt(side, slot) + 1e-9))
  return count !== undefined && count > 0 && count <= side.done ? count : 0
}

/** Each its own part, at all coordinates. */
function meetAt(left: Side, right: Side, segments: number, at: (segment: number) => number): Meeting {
  const total = left.own + right.own
  const lefts = Array.from({ length: segments }, (_, u) => at(u))
  const rights = lefts.map(count => total - count)
  const end = (side: Side, counts: readonly number[]) =>
    side.from +
    Math.max(0, Math.max(...counts) - side.done) * side.msPerPartition +
    counts.filter(count => count > 0).length * side.segmentMs
  return { left: lefts, right: rights, endsAt: Math.max(end(left, lefts), end(right, rights)) }
}

/** Tiles with which both have sent everything by then; null where there are none. */
function planFor(left: Side, right: Side, segments: number, total: number, endsAt: Milliseconds): Meeting | null {
  const lefts: number[] = []
  for (let u = 0; u < segments; u++) {
    // In the slot before the last slots of those that are sent later.
    const leftSlot = endsAt - (segments - u) * left.segmentMs
    const rightSlot = endsAt - (u + 1) * right.segmentMs
    const leftMax = reach(left, leftSlot, total, left.early[u])
    const rightMax = reach(right, rightSlot, total, right.early[u])
    const known = settled(left, right, total, u)
    if (known !== null) {
      if (known > leftMax || total - known > rightMax) return null
      lefts.push(known)
      continue
    }
    const low = Math.max(left.floor, total - rightMax)
    const high = Math.min(leftMax, total - right.floor)
    // As near as can be to each doing its own: less is computed twice, and more segments are alike.
    if (low <= high) lefts.push(Math.min(high, Math.max(low, left.own)))
    else if (rightMax >= total) lefts.push(0)
    else if (leftMax >= total) lefts.push(total)
    else return null
  }
  return { left: lefts, right: lefts.map(count => total - count), endsAt }
}
