// One look at the shares while lists move: who is too slow for its list gives the end of it away, who is faster gets it,
// and when what is left takes about as long as half an upload, nothing moves any more.

import type { LeaseId, Milliseconds } from '@muster/vocabulary'
import { speedsOf } from '../fleet.ts'
import { ableMembers, assignList, middleOf, startMsOf, uploadMsOf } from './opening.ts'
import { msPerPartitionOf } from './pace.ts'
import { dealOf, type Line, levelOf, sharesOf, shorteningsOf } from './sharing.ts'
import {
  changeRound,
  changeTileLease,
  type Effects,
  findTileLease,
  type TiledRound,
  type TiledState,
  type TileLease,
} from './tiled-state.ts'

/** Before so much of the computing has been seen, nobody is asked: paces are known by then. */
const seenShare = 0.25

/** Lists that are too long by less than this share of what is left are well enough. */
const toleranceShare = 0.02

export function share(given: TiledState, at: Milliseconds, effects: Effects): TiledState {
  const lines = linesOf(given, given.open!, at)
  if (lines.length === 0) return given
  const level = levelOf(lines, given.settings.partitions)
  const shares = sharesOf(lines, level)
  const state = deal(given, dealOf(shares, given.open!.pool.length), at, effects)
  const { phase, beatMs } = state.open!
  if (phase === 'asking') return state
  if (at >= askAt(state, level, at) - beatMs / 2) return changeRound(state, { phase: 'asking' })
  if (state.settings.own.moves === 'never') return state
  const toleranceMs = Math.max(beatMs / 2, toleranceShare * (level - at))
  return shorteningsOf(shares, toleranceMs).reduce(
    (next, { lease, to }) => shorten(next, lease, to, at, effects),
    state,
  )
}

/** When the tiles are to be asked for, so that the last of them are sent when the last partition is computed. */
function askAt(state: TiledState, level: Milliseconds, at: Milliseconds): Milliseconds {
  const { fleet, rttMs } = state
  const open = state.open!
  const uploadMs = middleOf(fleet.map(({ worker }) => uploadMsOf(state, worker))) ?? 0
  const startMs = middleOf(fleet.map(({ worker }) => startMsOf(state, worker))) ?? 0
  const begun = open.openedAt + startMs
  const share = state.settings.own.together === 'meet' ? 0.5 : state.settings.own.together === 'both' ? 1 : 0
  const wanted = level - share * uploadMs - rttMs / 2
  const seen = begun + seenShare * Math.max(0, level - begun)
  return Math.max(wanted, Math.min(seen, level - rttMs / 2), at > level ? at : 0)
}

export function linesOf(state: TiledState, { leases }: TiledRound, at: Milliseconds): readonly Line[] {
  const speed = speedsOf(state.fleet)
  return ableMembers(state, at).map(member => {
    const lease = leases.find(({ worker }) => worker === member.worker)
    if (!lease) {
      const from = at + startMsOf(state, member.worker)
      return {
        lease: null,
        worker: member.worker,
        done: 0,
        from,
        msPerPartition: speed(member).msPerPartition,
        length: 0,
        isShortening: false,
      }
    }
    return { ...lineOfLease(state, lease, at), worker: member.worker }
  })
}

function lineOfLease(state: TiledState, lease: TileLease, at: Milliseconds): Line {
  const { id, finished, heardAt, shortenedTo, list, computeMs, assignedAt } = lease
  const hasBegun = finished > 0 || computeMs > 0
  const from = hasBegun ? heardAt - state.rttMs / 2 : Math.max(at, assignedAt + startMsOf(state, lease.worker))
  return {
    lease: id,
    done: finished,
    from,
    msPerPartition: msPerPartitionOf(lease.pace),
    length: shortenedTo === null ? list.length : Math.min(list.length, shortenedTo),
    isShortening: shortenedTo !== null,
  }
}

function deal(
  given: TiledState,
  parts: readonly { readonly line: Line; readonly count: number }[],
  at: Milliseconds,
  effects: Effects,
): TiledState {
  let state = given
  let from = 0
  for (const { line, count } of parts) {
    if (count === 0) continue
    const pool = given.open!.pool
    const partitions = pool.slice(from, from + count)
    from += count
    if (line.lease === null) {
      state = assignList(state, (line as Line & { worker: never }).worker, partitions, { at }, effects)
      continue
    }
    const lease = findTileLease(state.open, line.lease)!
    effects.push({ type: 'order-tiles', lease: lease.id, order: { type: 'extend', partitions } })
    const list = [...lease.list, ...partitions]
    const moves = [...lease.moves, { at, length: list.length }]
    state = changeTileLease(state, lease.id, { list, moves, orderedAt: at })
  }
  return from === 0 ? state : changeRound(state, { pool: given.open!.pool.slice(from) })
}

function shorten(state: TiledState, id: LeaseId, to: number, at: Milliseconds, effects: Effects): TiledState {
  effects.push({ type: 'order-tiles', lease: id, order: { type: 'shorten', to } })
  const next = changeTileLease(state, id, { shortenedTo: to, orderedAt: at })
  const { tally } = next.open!
  return changeRound(next, { tally: { ...tally, orders: tally.orders + 1 } })
}
