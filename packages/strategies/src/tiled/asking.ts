// No list moves any more: neighbours in speed are paired, and everybody is asked for its tiles.

import type { LeaseId, Milliseconds, PartitionIndex } from '@muster/vocabulary'
import { uploadMsOf } from './links.ts'
import { addOrphan, restOf } from './losing.ts'
import { planMeeting, type Side } from './meeting.ts'
import { msPerPartitionOf } from './pace.ts'
import { lineOfLease } from './share.ts'
import { dealOf, levelOf, sharesOf } from './sharing.ts'
import {
  changeRound,
  changeTileLease,
  type Effects,
  endTileLease,
  type TiledState,
  type TileLease,
} from './tiled-state.ts'

/**
 * A tile may not hold less than what is in the sum already. So much faster than its pace a worker may be: the less has been
 * seen of it, the more.
 */
const floorFactor = ({ finished }: TileLease): number => 1.25 + 3 / (1 + finished)

/** Fewer partitions are not worth an order. */
const movedMin = 2

/** All shortenings have been answered. */
export const mayAsk = ({ open }: TiledState): boolean =>
  open !== null && open.leases.length > 0 && open.leases.every(({ shortenedTo }) => shortenedTo === null)

/** A lease, what it keeps of its list, and what it gets. */
interface Party {
  readonly lease: TileLease
  readonly keep: number
  readonly list: readonly PartitionIndex[]
  readonly side: Side
}

export function askForTiles(given: TiledState, at: Milliseconds, effects: Effects): TiledState {
  const { segments, own } = given.settings
  let state: TiledState = changeRound(given, { pool: [] })
  const parties: Party[] = []
  for (const party of evenOut(given, at)) {
    if (party.list.length > 0) parties.push(party)
    // Nothing was left of its list.
    else state = dropEmpty(state, party.lease, at, effects)
  }
  parties.sort((one, other) => one.side.msPerPartition - other.side.msPerPartition)
  const { pairs, alone } = pairUp(parties, own.together !== 'alone')
  let replicated = 0
  for (const [left, right] of pairs) {
    const plan =
      own.together === 'both' ? halves(left.side, right.side, segments) : planMeeting(left.side, right.side, segments)
    state = ask(state, left, right, plan.left, plan.endsAt, at, effects)
    state = ask(state, right, left, plan.right, plan.endsAt, at, effects)
    replicated += Math.max(...plan.left) + Math.max(...plan.right) - left.list.length - right.list.length
  }
  for (const party of alone) {
    const { done, from, msPerPartition, own: length, segmentMs, early } = party.side
    const endsAt = from + Math.max(0, length - done) * msPerPartition + segments * segmentMs
    // What was settled early is not the whole of its list: the rest of it is an orphan.
    if (early.some(count => count > 0)) {
      const rest = restOf({ list: party.list, early, earlyGot: early.map(count => count > 0) })
      const upTo = rest.pledge.upTo.map((count, segment) => (early[segment]! > 0 ? count : 0))
      state = addOrphan(state, { ...rest, pledge: { ...rest.pledge, upTo } })
    }
    const upTo = early.map(count => (count > 0 ? count : length))
    state = ask(state, party, null, upTo, endsAt, at, effects)
  }
  const { tally } = state.open!
  return changeRound(state, { phase: 'sending', tally: { ...tally, replicated } })
}

/** By now paces are known: lists are cut to what their workers do, and the rest goes to those who do more. */
function evenOut(state: TiledState, at: Milliseconds): readonly Party[] {
  const { leases, pool } = state.open!
  const total = leases.reduce((sum, { list }) => sum + list.length, pool.length)
  const lines = leases.map(lease => lineOfLease(state, lease, at))
  const shares = sharesOf(lines, levelOf(lines, total))
  const free = [...pool]
  const kept = leases.map((lease, i) => {
    const { length } = lease.list
    if (state.settings.own.moves === 'never') return length
    const to = Math.max(Math.ceil(shares[i]!.target), floorOf(state, lease, at))
    if (length - to < movedMin) return length
    free.push(...lease.list.slice(to))
    return to
  })
  const dealt = new Map<LeaseId, readonly PartitionIndex[]>()
  let from = 0
  const open = shares.map(({ line, target }, i) => ({ line: { ...line, length: kept[i]! }, target }))
  for (const { line, count } of dealOf(open, free.length)) {
    dealt.set(line.lease!, free.slice(from, from + count))
    from += count
  }
  return leases.map((lease, i) => {
    const keep = kept[i]!
    const list = [...lease.list.slice(0, keep), ...(dealt.get(lease.id) ?? [])]
    return { lease, keep, list, side: sideOf(state, lease, keep, list.length, at) }
  })
}

/** Neighbours in speed of whom one sends upward and the other downward. */
function pairUp(parties: readonly Party[], isWanted: boolean) {
  const lefts = parties.filter(({ lease }) => lease.direction === 'upward')
  const rights = parties.filter(({ lease }) => lease.direction === 'downward')
  const count = isWanted ? Math.min(lefts.length, rights.length) : 0
  const pairs = Array.from({ length: count }, (_, i) => [lefts[i]!, rights[i]!] as const)
  return { pairs, alone: [...lefts.slice(count), ...rights.slice(count)] }
}

function dropEmpty(state: TiledState, lease: TileLease, at: Milliseconds, effects: Effects): TiledState {
  effects.push({ type: 'release-worker', lease: lease.id, reason: 'given-to-others' })
  return changeRound(state, endTileLease(state.open!, lease, 'released', at))
}

const hasBegun = ({ finished, computeMs }: TileLease): boolean => finished > 0 || computeMs > 0

/** Since what was told of it, until it hears what is said now. */
const unheardMs = ({ rttMs }: TiledState, lease: TileLease, at: Milliseconds): Milliseconds =>
  hasBegun(lease) ? at - lease.heardAt + rttMs : 0

function floorOf(state: TiledState, lease: TileLease, at: Milliseconds): number {
  const { finished, list, pace } = lease
  if (finished >= list.length) return list.length
  const since = Math.ceil((floorFactor(lease) * unheardMs(state, lease, at)) / msPerPartitionOf(pace))
  return Math.min(list.length, finished + since + 1)
}

function sideOf(state: TiledState, lease: TileLease, keep: number, own: number, at: Milliseconds): Side {
  const msPerPartition = msPerPartitionOf(lease.pace)
  const floor = floorOf(state, lease, at)
  return {
    own,
    floor,
    done: Math.min(lease.list.length, lease.finished + unheardMs(state, lease, at) / msPerPartition),
    from: at + state.rttMs / 2,
    msPerPartition,
    segmentMs: uploadMsOf(state, lease.worker) / state.settings.segments,
    // What cannot have been sent yet is planned anew.
    early: lease.early.map(count => (count > Math.min(keep, floor) ? 0 : count)),
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
  { lease, keep, list: own }: Party,
  partner: Party | null,
  upTo: readonly number[],
  endsAt: Milliseconds,
  at: Milliseconds,
  effects: Effects,
): TiledState {
  const list = [...own, ...[...(partner?.list ?? [])].reverse()]
  const { id, direction, earlyGot } = lease
  effects.push({
    type: 'order-tiles',
    lease: id,
    order: { type: 'send', keep, partitions: list.slice(keep), upTo, direction },
  })
  const moves = own.length === lease.list.length ? lease.moves : [...lease.moves, { at, length: own.length }]
  const pledge = { list, upTo, got: earlyGot }
  return changeTileLease(state, id, { list, pledge, endsAt, dueAt: endsAt, orderedAt: at, own: own.length, moves })
}
