// What becomes of a lease whose worker is lost, or from which nothing is to be expected: while lists move, its list is
// nobody's; of a pledge, what has not come is an orphan. What has come stays.

import type { LeaseId, Milliseconds } from '@muster/vocabulary'
import {
  changeRound,
  type Effects,
  endTileLease,
  findTileLease,
  isKept,
  missingOf,
  type Orphan,
  type TiledState,
  type TileLease,
} from './tiled-state.ts'

export function loseLease(
  state: TiledState,
  id: LeaseId,
  at: Milliseconds,
  effects: Effects,
  { tell }: { readonly tell: boolean },
): TiledState {
  const open = state.open
  const lease = findTileLease(open, id)
  if (open === null || !lease) return state
  if (tell) effects.push({ type: 'release-worker', lease: id, reason: 'given-to-others' })
  const { pledge, race } = lease
  const isDone = pledge !== null && isKept(pledge)
  const ended = endTileLease(open, lease, isDone ? 'done' : 'lost', at)
  if (pledge === null) {
    // Tiles that have come early stay: what is missing to them is the list from its end.
    if (lease.earlyGot.some(Boolean)) return addOrphan(changeRound(state, ended), restOf(lease))
    return changeRound(state, { ...ended, pool: [...open.pool, ...lease.list] })
  }
  const isRaced = race !== null && ended.leases.some(other => other.race === race)
  if (isDone || isRaced) return changeRound(state, ended)
  const upTo = pledge.upTo.map((count, segment) => (pledge.got[segment] ? 0 : count))
  const orphan = { pledge: { ...pledge, upTo, got: upTo.map(() => false) }, strikes: lease.strikes + 1 }
  const { tally } = open
  const lost = changeRound(state, {
    ...ended,
    tally: { ...tally, rescued: tally.rescued + missingOf(pledge).length },
  })
  return addOrphan(lost, orphan)
}

/** Unless nothing is missing of it. */
export const addOrphan = (state: TiledState, orphan: Orphan): TiledState =>
  missingOf(orphan.pledge).length === 0 ? state : changeRound(state, { orphans: [...state.open!.orphans, orphan] })

export function restOf({ list, early, earlyGot }: Pick<TileLease, 'list' | 'early' | 'earlyGot'>): Orphan {
  const upTo = earlyGot.map((has, segment) => list.length - (has ? early[segment]! : 0))
  return { pledge: { list: [...list].reverse(), upTo, got: upTo.map(() => false) }, strikes: 0 }
}
