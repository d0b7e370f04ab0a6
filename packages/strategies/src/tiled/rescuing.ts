// After the tiles have been asked for: orphans are given to those who will have them first, and who would be the last by
// far gives its pledge away. What was given in vain twice goes to everybody at once, and whatever comes first counts.

import type { Milliseconds, WorkerId } from '@muster/vocabulary'
import { speedsOf } from '../fleet.ts'
import { middleOf, startMsOf, uploadMsOf } from './links.ts'
import { loseLease } from './losing.ts'
import { ableMembers, assignList } from './opening.ts'
import { msPerPartitionOf } from './pace.ts'
import { type Helper, planRescue } from './rescue.ts'
import {
  changeRound,
  type Effects,
  missingOf,
  type Orphan,
  reachOf,
  type TiledState,
  type TileLease,
} from './tiled-state.ts'

/** After so many rescues in vain. */
const strikesMax = 3
/** A rescue must end so much sooner than what it replaces, as a share of what that still takes. */
const soonerBy = 0.25

export function rescueOrphans(given: TiledState, at: Milliseconds, effects: Effects): TiledState {
  let state = given
  // The largest first.
  const orphans = [...given.open!.orphans].sort((one, other) => sizeOf(other) - sizeOf(one))
  for (const orphan of orphans) {
    const helpers = helpersOf(state, at)
    if (helpers.length === 0) return state
    state = changeRound(state, { orphans: state.open!.orphans.filter(other => other !== orphan) })
    state =
      orphan.strikes >= strikesMax
        ? race(state, orphan, helpers, at, effects)
        : inGrid(state, orphan, helpers, at, effects)
  }
  return state
}

const sizeOf = ({ pledge }: Orphan): number => reachOf(pledge) * missingOf(pledge).length

function inGrid(
  state: TiledState,
  orphan: Orphan,
  helpers: readonly Helper[],
  at: Milliseconds,
  effects: Effects,
): TiledState {
  const rescue = planRescue(orphan.pledge, helpers, at, state.settings.own.rescue as 'grid' | 'columns')!
  let next = state
  for (const { worker, pledge, startsAt } of rescue.parts) {
    next = assignList(
      next,
      worker,
      pledge.list,
      { at, pledge, startsAt, endsAt: rescue.endsAt, strikes: orphan.strikes },
      effects,
    )
  }
  return next
}

/** Everybody has the same pledge. */
function race(
  given: TiledState,
  { pledge, strikes }: Orphan,
  helpers: readonly Helper[],
  at: Milliseconds,
  effects: Effects,
): TiledState {
  const number = given.open!.races + 1
  let state = changeRound(given, { races: number })
  for (const { worker, computeFrom } of helpers) {
    state = assignList(
      state,
      worker,
      pledge.list,
      { at, pledge, startsAt: computeFrom, race: number, strikes },
      effects,
    )
  }
  return state
}

/** Everybody who has shown in this round that it computes, and is not behind with it, or else everybody, with what it still has to do. */
function helpersOf(state: TiledState, at: Milliseconds, without: WorkerId | null = null): readonly Helper[] {
  const speed = speedsOf(state.fleet)
  const { leases, past } = state.open!
  const { rttMs } = state
  const begun = at + rttMs / 2
  const candidates = ableMembers(state, at).flatMap((member): (Helper & { readonly isProven: boolean })[] => {
    const { worker } = member
    const own = leases.filter(lease => lease.worker === worker)
    // Who is later than it should be already is no help.
    const isLate = own.some(({ dueAt, orderedAt }) => at > dueAt + soonerBy * (dueAt - orderedAt) + rttMs)
    if (worker === without || isLate) return []
    const all = [...own, ...past.flatMap(({ lease }) => (lease.worker === worker ? [lease] : []))]
    const seen = all.find(({ finished }) => finished > 0)
    const firstAt = Math.min(...all.map(({ assignedAt }) => assignedAt), at)
    const ready = seen ? begun : Math.max(begun, firstAt + startMsOf(state, worker))
    const msPerPartition = seen ? msPerPartitionOf(seen.pace) : speed(member).msPerPartition
    const computeFrom = own.reduce((sum, lease) => sum + leftOf(lease) * msPerPartition, ready)
    const uplinkFrom = own.reduce((latest, lease) => Math.max(latest, expectedEnd(state, lease, at)), begun)
    const uploadMs = uploadMsOf(state, worker)
    // From whom something had to be taken away in this round is asked when there is nobody else.
    const isReliable = !past.some(({ lease, fate }) => fate === 'lost' && lease.worker === worker)
    const isProven = seen !== undefined && isReliable
    return [{ worker, computeFrom, uplinkFrom, msPerPartition, uploadMs, isProven }]
  })
  const proven = candidates.filter(({ isProven }) => isProven)
  return proven.length > 0 ? proven : candidates
}

const leftOf = ({ pledge, finished }: TileLease): number =>
  pledge === null ? 0 : Math.max(0, reachOf(pledge) - finished)

/** When it will have sent everything, at its pace as it is now. */
export function expectedEnd(state: TiledState, lease: TileLease, at: Milliseconds): Milliseconds {
  const { pledge, pace, finished, heardAt, startsAt, worker } = lease
  if (pledge === null) return Infinity
  const segmentMs = uploadMsOf(state, worker) / pledge.upTo.length
  const m = msPerPartitionOf(pace)
  const from =
    finished > 0 ? heardAt - state.rttMs / 2 : Math.max(startsAt, lease.computeMs > 0 ? heardAt - lease.computeMs : at)
  // Tiles go out in the order in which they are computed: each after its sum is there and the one before is sent.
  let end = at
  const counts = missingOf(pledge)
    .map(segment => pledge.upTo[segment]!)
    .sort((one, other) => one - other)
  for (const count of counts) end = Math.max(end, from + Math.max(0, count - finished) * m) + segmentMs
  return end + state.rttMs / 2
}

/** So many of the last are looked at, at a time: to plan a rescue takes a while. */
const watchedMax = 4

/** What would be the last by far, and is done sooner by others, is taken away. */
export function watchSending(given: TiledState, at: Milliseconds, effects: Effects): TiledState {
  const { leases, past, beatMs } = given.open!
  const ends = leases.map(lease => ({ lease, end: expectedEnd(given, lease, at) }))
  // When half of all that was asked for at once is there, or will be.
  const usual = middleOf([
    ...past.flatMap(entry => (entry.lease.isRescue ? [] : [entry.at])),
    ...ends.map(({ end }) => end),
  ])!
  const last = ends
    .filter(({ lease, end }) => lease.race === null && end > Math.max(usual, at + given.rttMs) + beatMs)
    // What stands in a queue of several cannot be told so well: it is given its time.
    .filter(({ lease: { isRescue, dueAt, orderedAt } }) => !isRescue || at > dueAt + soonerBy * (dueAt - orderedAt))
    .sort((one, other) => other.end - one.end)
    .slice(0, watchedMax)
  let state = given
  for (const { lease, end } of last) {
    const helpers = helpersOf(state, at, lease.worker)
    const rescue = helpers.length === 0 ? null : planRescue(lease.pledge!, helpers, at)
    if (rescue === null || rescue.endsAt + state.rttMs / 2 >= end - soonerBy * (end - at)) continue
    state = loseLease(state, lease.id, at, effects, { tell: true })
    state = rescueOrphans(state, at, effects)
  }
  return state
}
