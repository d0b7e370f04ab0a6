// One look at the shares while lists move: who is too slow for its list gives the end of it away, who is faster gets it,
// and when what is left takes about as long as half an upload, nothing moves any more.

import type { LeaseId, Milliseconds } from '@muster/vocabulary'
import { speedsOf } from '../fleet.ts'
import { askAt } from './ask-time.ts'
import { startMsOf } from './links.ts'
import { loseLease } from './losing.ts'
import { ableMembers, assignList } from './opening.ts'
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

/** While so many have not finished one partition, nobody is asked. */
const unbegunMax = 0.25

/** Lists that are too long by less than this share of what is left are well enough. */
const toleranceShare = 0.02

export function share(given: TiledState, at: Milliseconds, effects: Effects): TiledState {
  const lines = linesOf(given, given.open!, at)
  const { leases, pool, beatMs } = given.open!
  const total = leases.reduce((sum, { list }) => sum + list.length, pool.length)
  const level = levelOf(lines, total)
  const shares = sharesOf(lines, level)
  const state = deal(given, dealOf(shares, pool.length), at, effects)
  const asksAt = askAt(state, level, at)
  const unbegun = leases.filter(({ finished }) => finished === 0).length
  const isTooEarly = unbegun > (at < level ? unbegunMax : 2 * unbegunMax) * leases.length
  if (at >= asksAt - beatMs / 2 && !isTooEarly) return stopMoving(state, at, effects)
  // What could not be answered by then would only be waited for.
  if (state.settings.own.moves === 'never' || at + state.rttMs > asksAt) return state
  const toleranceMs = Math.max(beatMs / 2, toleranceShare * (level - at))
  return shorteningsOf(shares, toleranceMs).reduce(
    (next, { lease, to }) => shorten(next, lease, to, at, effects),
    state,
  )
}

/** Who has not finished one partition by now is not waited for: others do them, unless there is nobody else. */
function stopMoving(given: TiledState, at: Milliseconds, effects: Effects): TiledState {
  const asking = changeRound(given, { phase: 'asking' })
  const unbegun = given.open!.leases.filter(({ finished }) => finished === 0)
  if (unbegun.length === given.open!.leases.length) return asking
  return unbegun.reduce((next, { id }) => loseLease(next, id, at, effects, { tell: true }), asking)
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
    return lineOfLease(state, lease, at)
  })
}

export function lineOfLease(state: TiledState, lease: TileLease, at: Milliseconds): Line {
  const { id, finished, heardAt, shortenedTo, list, computeMs, assignedAt } = lease
  const hasBegun = finished > 0 || computeMs > 0
  const from = hasBegun ? heardAt - state.rttMs / 2 : Math.max(at, assignedAt + startMsOf(state, lease.worker))
  return {
    worker: lease.worker,
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
      state = assignList(state, line.worker, partitions, { at }, effects)
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
