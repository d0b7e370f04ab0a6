// No list moves any more: neighbours in speed are paired, and everybody is asked for its tiles.

import type { Milliseconds } from '@muster/vocabulary'
import { uploadMsOf } from './links.ts'
import { addOrphan, restOf } from './losing.ts'
import { planMeeting, type Side } from './meeting.ts'
import { msPerPartitionOf } from './pace.ts'
import { changeRound, changeTileLease, type Effects, type TiledState, type TileLease } from './tiled-state.ts'

/** A tile may not hold less than what is in the sum already: so much faster than its pace a worker may be. */
const floorFactor = 1.3

/** All shortenings have been answered, and what they freed has been dealt out. */
export const mayAsk = ({ open }: TiledState): boolean =>
  open !== null && open.pool.length === 0 && open.leases.every(({ shortenedTo }) => shortenedTo === null)

export function askForTiles(given: TiledState, at: Milliseconds, effects: Effects): TiledState {
  const { segments, own } = given.settings
  let state: TiledState = given
  const leases: TileLease[] = []
  for (const lease of given.open!.leases) {
    if (lease.list.length > 0) leases.push(lease)
    // Nothing was left of its list.
    else state = dropEmpty(state, lease, at, effects)
  }
  leases.sort((one, other) => msPerPartitionOf(one.pace) - msPerPartitionOf(other.pace))
  const { pairs, alone } = pairUp(leases, own.together !== 'alone')
  let replicated = 0
  for (const [left, right] of pairs) {
    const sides = [sideOf(state, left, at), sideOf(state, right, at)] as const
    const plan = own.together === 'both' ? halves(...sides, segments) : planMeeting(...sides, segments)
    state = ask(state, left, right, plan.left, plan.endsAt, at, effects)
    state = ask(state, right, left, plan.right, plan.endsAt, at, effects)
    replicated += Math.max(...plan.left) + Math.max(...plan.right) - left.list.length - right.list.length
  }
  for (const lease of alone) {
    const { done, from, msPerPartition, own: length, segmentMs } = sideOf(state, lease, at)
    const endsAt = from + Math.max(0, length - done) * msPerPartition + segments * segmentMs
    // What was settled early is not the whole of its list: the rest of it is an orphan.
    if (lease.early.some(count => count > 0)) {
      const rest = restOf({ ...lease, earlyGot: lease.early.map(count => count > 0) })
      const upTo = rest.pledge.upTo.map((count, segment) => (lease.early[segment]! > 0 ? count : 0))
      state = addOrphan(state, { ...rest, pledge: { ...rest.pledge, upTo } })
    }
    const upTo = lease.early.map(count => (count > 0 ? count : length))
    state = ask(state, lease, null, upTo, endsAt, at, effects)
  }
  const { tally } = state.open!
  return changeRound(state, { phase: 'sending', tally: { ...tally, replicated } })
}

/** Neighbours in speed of whom one sends upward and the other downward. */
function pairUp(leases: readonly TileLease[], isWanted: boolean) {
  const lefts = leases.filter(({ direction }) => direction === 'upward')
  const rights = leases.filter(({ direction }) => direction === 'downward')
  const count = isWanted ? Math.min(lefts.length, rights.length) : 0
  const pairs = Array.from({ length: count }, (_, i) => [lefts[i]!, rights[i]!] as const)
  return { pairs, alone: [...lefts.slice(count), ...rights.slice(count)] }
}

function dropEmpty(state: TiledState, lease: TileLease, at: Milliseconds, effects: Effects): TiledState {
  effects.push({ type: 'release-worker', lease: lease.id, reason: 'given-to-others' })
  const { leases, past } = state.open!
  return changeRound(state, {
    leases: leases.filter(other => other !== lease),
    past: [...past, { lease, fate: 'released', at }],
  })
}

function sideOf(state: TiledState, lease: TileLease, at: Milliseconds): Side {
  const { rttMs, settings } = state
  const { finished, list, heardAt, computeMs, worker } = lease
  const msPerPartition = msPerPartitionOf(lease.pace)
  const own = list.length
  const from = at + rttMs / 2
  const hasBegun = finished > 0 || computeMs > 0
  const sinceMs = hasBegun ? from - (heardAt - rttMs / 2) : 0
  const floor =
    finished >= own ? own : Math.min(own, finished + Math.ceil((floorFactor * sinceMs) / msPerPartition) + 1)
  const done = Math.min(own, finished + sinceMs / msPerPartition)
  return {
    own,
    floor,
    done,
    from,
    msPerPartition,
    segmentMs: uploadMsOf(state, worker) / settings.segments,
    early: lease.early,
  }
}

function halves(left: Side, right: Side, segments: number) {
  const total = left.own + right.own
  const lefts = Array.from({ length: segments }, (_, u) => (2 * u < segments ? total : 0))
  const endOf = (side: Side) => side.from + (total - side.done) * side.msPerPartition + (segments * side.segmentMs) / 2
  return { left: lefts, right: lefts.map(count => total - count), endsAt: Math.max(endOf(left), endOf(right)) }
}

function ask(
  state: TiledState,
  lease: TileLease,
  partner: TileLease | null,
  upTo: readonly number[],
  endsAt: Milliseconds,
  at: Milliseconds,
  effects: Effects,
): TiledState {
  const partitions = partner === null ? [] : [...partner.list].reverse()
  effects.push({
    type: 'order-tiles',
    lease: lease.id,
    order: { type: 'send', partitions, upTo, direction: lease.direction },
  })
  const list = [...lease.list, ...partitions]
  const pledge = { list, upTo, got: lease.earlyGot }
  return changeTileLease(state, lease.id, {
    list,
    pledge,
    endsAt,
    dueAt: endsAt,
    orderedAt: at,
    own: lease.list.length,
  })
}
