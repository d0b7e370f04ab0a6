// What an event says of leases and workers, taken in before anything is decided.

import type { Milliseconds, WorkerId } from '@muster/vocabulary'
import { departedMax, findMember, hear, joinFleet, leaveFleet, observe } from '../fleet.ts'
import { restAfterRefusalMs } from '../patience.ts'
import type { StrategyEvent } from '../strategy.ts'
import { loseLease } from './losing.ts'
import { msPerPartitionOf, seePace } from './pace.ts'
import {
  changeRound,
  changeTileLease,
  type Effects,
  endTileLease,
  findTileLease,
  isKept,
  type Link,
  type TiledState,
  type TileLease,
} from './tiled-state.ts'

const learnt = (known: Milliseconds | null, seen: Milliseconds): Milliseconds =>
  known === null ? seen : 0.7 * known + 0.3 * seen

export function absorbTiled(state: TiledState, event: StrategyEvent, effects: Effects): TiledState {
  const { at } = event
  switch (event.type) {
    case 'worker-joined':
      return {
        ...state,
        fleet: joinFleet(state.fleet, event.worker, event.capabilities, at, findMember(state.departed, event.worker)),
        departed: leaveFleet(state.departed, event.worker),
        silent: state.silent.filter(worker => worker !== event.worker),
      }
    case 'worker-left':
      return forget(state, event.worker, at, effects)
    case 'progress-announced':
      return absorbProgress(heard(state, event.worker, at), event, effects)
    case 'result-arrived':
      return absorbTile(heard(state, event.worker, at), event, effects)
    case 'result-refused': {
      const next = heard(state, event.worker, at)
      const lease = findTileLease(next.open, event.lease)
      if (lease?.worker !== event.worker) return next
      return loseLease(rest(next, event.worker, at), lease.id, at, effects, { tell: true })
    }
    case 'model-advanced':
      return { ...state, isApplying: false }
    case 'run-paused':
      return { ...state, isPaused: true }
    case 'run-resumed':
      return { ...state, isPaused: false }
    case 'timer-fired':
      return { ...state, timerAt: null }
  }
}

/** Whoever speaks is here. */
const heard = (state: TiledState, worker: WorkerId, at: Milliseconds): TiledState => ({
  ...state,
  fleet: hear(state.fleet, worker, at),
  silent: state.silent.includes(worker) ? state.silent.filter(other => other !== worker) : state.silent,
})

/** What failed at a worker is not given to it again in a tight loop. */
const rest = (state: TiledState, worker: WorkerId, at: Milliseconds): TiledState => ({
  ...state,
  resting: { ...state.resting, [worker]: at + restAfterRefusalMs(state.settings) },
})

function forget(given: TiledState, worker: WorkerId, at: Milliseconds, effects: Effects): TiledState {
  let state = given
  for (const lease of given.open?.leases ?? [])
    if (lease.worker === worker) state = loseLease(state, lease.id, at, effects, { tell: false })
  const leaver = findMember(state.fleet, worker)
  const { [worker]: _, ...resting } = state.resting
  const departed = leaver
    ? [...state.departed, { ...leaver, open: [] }].slice(-departedMax - state.fleet.length)
    : state.departed
  const fleet = leaveFleet(state.fleet, worker)
  const known = new Set([...fleet, ...departed].map(member => member.worker))
  const links = Object.fromEntries(Object.entries(state.links).filter(([name]) => known.has(name as WorkerId)))
  return { ...state, fleet, departed, resting, links, silent: state.silent.filter(other => other !== worker) }
}

type EventOf<Type extends StrategyEvent['type']> = Extract<StrategyEvent, { type: Type }>

function absorbProgress(given: TiledState, event: EventOf<'progress-announced'>, effects: Effects): TiledState {
  const { at, worker, tiles, ended } = event
  const lease = findTileLease(given.open, event.lease)
  if (!lease || lease.worker !== worker) return given
  let state = given
  const finished = Math.max(lease.finished, event.finished)
  const computeMs = Math.max(lease.computeMs, event.computeMs)
  const seen: Partial<TileLease> = {
    finished,
    computeMs,
    heardAt: at,
    pace: seePace(lease.pace, finished - lease.finished, computeMs - lease.computeMs, lease.finished === 0),
    sent: tiles?.sent ?? lease.sent,
    uploadMs: tiles?.uploadMs ?? lease.uploadMs,
    computedAt: lease.computedAt ?? (lease.pledge && finished >= Math.max(...lease.pledge.upTo) ? at : null),
  }
  state = changeTileLease(state, lease.id, seen)
  // Its first word answers an order, or is due a beat after it was given the work; it is on its way like the work.
  if (lease.heardAt === lease.assignedAt) {
    const isAnswer = lease.early.some(count => count > 0) || lease.pledge !== null
    const waitedMs = isAnswer ? 0 : given.open!.beatMs
    state = learnRtt(state, Math.max(0, at - lease.assignedAt - waitedMs))
  }
  // It has begun: what it took from the assignment on, besides computing and the way of this word.
  if (lease.computeMs === 0 && computeMs > 0 && !lease.isRescue) {
    const startMs = Math.max(0, at - lease.assignedAt - computeMs - state.rttMs / 2)
    state = changeLink(state, worker, link => ({ ...link, startMs: learnt(link.startMs, startMs) }))
  }
  const length = tiles?.length ?? null
  if (lease.shortenedTo !== null && length !== null) state = takeBack(state, lease, length, at)
  if (!ended) return state
  // It stopped by itself: nothing comes of it any more.
  return loseLease(rest(state, worker, at), lease.id, at, effects, { tell: false })
}

/** A shortening has been answered: what it freed is nobody's. */
function takeBack(state: TiledState, lease: TileLease, length: number, at: Milliseconds): TiledState {
  const open = state.open!
  const freed = lease.list.slice(length)
  const list = lease.list.slice(0, length)
  const moves = [...lease.moves, { at, length }]
  const early = lease.early.map(count => (count > length ? 0 : count))
  const next = changeTileLease(state, lease.id, { list, shortenedTo: null, moves, early })
  const { tally } = open
  const rtt = learnRtt(next, at - lease.orderedAt)
  return changeRound(rtt, {
    pool: [...open.pool, ...freed],
    tally: { ...tally, moved: tally.moved + freed.length },
  })
}

/** A worker that is busy answers late: what is shorter is believed sooner. */
const learnRtt = (state: TiledState, seen: Milliseconds): TiledState => ({
  ...state,
  rttMs: state.rttMs === 0 ? seen : Math.min(seen, 0.9 * state.rttMs + 0.1 * seen),
})

function absorbTile(given: TiledState, event: EventOf<'result-arrived'>, effects: Effects): TiledState {
  const { at, worker, handle, segment, covers } = event
  const lease = findTileLease(given.open, event.lease)
  if (lease?.worker === worker && lease.pledge === null && segment !== null && lease.early[segment] === event.covers)
    return takeEarly(given, lease, segment, event, effects)
  const isPledged =
    lease !== undefined &&
    lease.worker === worker &&
    lease.pledge !== null &&
    segment !== null &&
    (lease.pledge.upTo[segment] ?? 0) > 0
  if (!isPledged || lease.pledge!.got[segment!]) {
    effects.push({ type: 'discard-result', handle })
    return given
  }
  effects.push({ type: 'accumulate', handle })
  let state = given
  // Of a race all have it now.
  for (const other of given.open!.leases) {
    if (other !== lease && (lease.race === null || other.race !== lease.race)) continue
    const pledge = { ...other.pledge!, got: other.pledge!.got.map((had, s) => had || s === segment) }
    const mark = other === lease ? { arrivals: [...lease.arrivals, { at, covers }], heardAt: at } : {}
    state = changeTileLease(state, other.id, { pledge, ...mark })
    if (isKept(pledge)) state = finish(state, other.id, at, effects)
  }
  const { tally } = state.open!
  return changeRound(state, { tally: { ...tally, tiles: tally.tiles + 1 } })
}

/** It is part of the sum, though the list may still change behind it. */
function takeEarly(
  state: TiledState,
  lease: TileLease,
  segment: number,
  { handle, at, covers, ...told }: EventOf<'result-arrived'>,
  effects: Effects,
): TiledState {
  if (lease.earlyGot[segment]) {
    effects.push({ type: 'discard-result', handle })
    return state
  }
  effects.push({ type: 'accumulate', handle })
  const earlyGot = lease.earlyGot.map((had, s) => had || s === segment)
  // It may have come before a word of what it holds: the list is not to be cut, nor asked for, below that.
  const finished = Math.max(lease.finished, covers)
  const computeMs = Math.max(lease.computeMs, told.computeMs)
  return changeTileLease(state, lease.id, {
    earlyGot,
    finished,
    computeMs,
    pace: seePace(lease.pace, finished - lease.finished, computeMs - lease.computeMs, lease.finished === 0),
    arrivals: [...lease.arrivals, { at, covers }],
    heardAt: at,
  })
}

/** It has kept its pledge, or others of its race have. */
function finish(state: TiledState, id: TileLease['id'], at: Milliseconds, effects: Effects): TiledState {
  const open = state.open!
  const lease = findTileLease(open, id)!
  if (lease.race !== null) effects.push({ type: 'release-worker', lease: id, reason: 'block-covered' })
  const learntOf = learnLink(state, lease)
  return changeRound(learntOf, endTileLease(open, lease, 'done', at))
}

/** What a whole vector takes its uplink, by what it says of its tiles. */
function learnLink(state: TiledState, { worker, sent, uploadMs, pledge }: TileLease): TiledState {
  if (sent === 0 || pledge === null) return state
  const whole = (uploadMs / sent) * pledge.upTo.length
  return changeLink(state, worker, link => ({ ...link, uploadMs: learnt(link.uploadMs, whole) }))
}

const changeLink = (state: TiledState, worker: WorkerId, change: (link: Link) => Link): TiledState => ({
  ...state,
  links: { ...state.links, [worker]: change(state.links[worker] ?? { startMs: null, uploadMs: null }) },
})

/** At the end of a round, from all that was done in it. */
export function learnPaces(given: TiledState, at: Milliseconds): TiledState {
  const { open } = given
  if (open === null) return given
  let { fleet } = given
  const all = [...open.past.map(({ lease }) => lease), ...open.leases]
  for (const { worker, id, finished, own, isRescue, pace } of all) {
    // What it took to start up is no pace; with two partitions done it is known without.
    if (isRescue || finished < 2) continue
    const computeMs = finished * msPerPartitionOf(pace)
    fleet = observe(fleet, worker, id, { partitions: Math.max(1, own), finished, computeMs, elapsedMs: null })
  }
  return { ...given, fleet, lastRoundMs: at - open.openedAt }
}
