// What an event says of workers and their leases, taken in before anything is decided.

import type { Milliseconds } from '@muster/vocabulary'
import { joinFleet } from '../fleet.ts'
import { isMissing } from '../presence.ts'
import {
  changeSeat,
  findSeat,
  forgetLease,
  hearFrom,
  learnFromAnswer,
  learnFromEnd,
  leaveStanding,
  rest,
} from '../standing.ts'
import type { StrategyEffect, StrategyEvent } from '../strategy.ts'
import type { Seat, StaleState } from './stale-state.ts'

type EventOf<Type extends StrategyEvent['type']> = Extract<StrategyEvent, { type: Type }>

export function absorbStaleEvent(given: StaleState, event: StrategyEvent, effects: StrategyEffect[]): StaleState {
  const state = { ...given, version: event.modelVersion }
  switch (event.type) {
    case 'worker-joined':
      return join(state, event)
    case 'worker-left':
      return leaveStanding(state, event)
    case 'progress-announced': {
      const heard = hearFrom(state, event.worker, event.at)
      return event.ended ? endWork(heard, event) : heard
    }
    case 'result-arrived':
      return arrive(hearFrom(state, event.worker, event.at), event, effects)
    case 'result-refused': {
      const heard = forgetLease(hearFrom(state, event.worker, event.at), event)
      return findSeat(heard, event.worker)?.lease?.id === event.lease ? rest(heard, event) : heard
    }
    case 'model-advanced':
      return { ...state, isApplying: false, cutShort: [], openedAt: event.at }
    case 'run-paused':
      return { ...callBack(state, effects), isPaused: true }
    case 'run-resumed':
      return { ...state, isPaused: false, openedAt: event.at }
    case 'timer-fired':
      return { ...state, timerAt: null }
  }
}

function join(state: StaleState, { worker, capabilities, at }: EventOf<'worker-joined'>): StaleState {
  const known = state.departed.find(({ seat }) => seat.worker === worker)
  const seat: Seat = {
    worker,
    lease: null,
    clock: slowestClock(state, at),
    applied: known?.seat.applied ?? 0,
    restarts: known?.seat.restarts ?? 0,
    restartsInRow: 0,
    halvings: known?.seat.halvings ?? 0,
    cursor: known?.seat.cursor ?? 0,
    restsUntil: known?.seat.restsUntil ?? 0,
  }
  return {
    ...state,
    fleet: joinFleet(state.fleet, worker, capabilities, at, known?.member),
    seats: [...state.seats.filter(other => other.worker !== worker), seat],
    departed: state.departed.filter(other => other.seat.worker !== worker),
  }
}

/** It stopped: told to, or because it could not go on; then it rests before it is given more. */
function endWork(state: StaleState, event: EventOf<'progress-announced'>): StaleState {
  const learnt = learnFromEnd(state, event)
  return findSeat(state, event.worker)?.lease?.id === event.lease ? rest(learnt, event) : learnt
}

function arrive(state: StaleState, event: EventOf<'result-arrived'>, effects: StrategyEffect[]): StaleState {
  const { worker, handle, at, loss } = event
  const lease = findSeat(state, worker)?.lease
  // Of a lease that was called back or never given: no update may come of it.
  if (!lease || lease.id !== event.lease) {
    effects.push({ type: 'discard-result', handle })
    return state
  }
  const fleet = learnFromAnswer(state.fleet, event, lease)
  const clock = slowestClock(state, at)
  const delivered = (seat: Seat): Seat => ({
    ...seat,
    lease: null,
    // Whoever was silent for long does not hold up the others until it has caught up.
    clock: Math.max(seat.clock, clock) + 1,
    restartsInRow: 0,
  })
  const arrived = [...state.arrived, { lease, worker, handle, loss, arrivedAt: at }]
  return changeSeat({ ...state, fleet, arrived }, worker, delivered)
}

/** Of those who are here; the silent hold nobody up. */
export function slowestClock({ fleet, seats, settings }: StaleState, at: Milliseconds): number {
  const live = seats.filter((_, i) => !isMissing(fleet[i]!, at, settings.leaseMs))
  return live.length === 0
    ? Math.max(0, ...seats.map(({ clock }) => clock))
    : Math.min(...live.map(({ clock }) => clock))
}

/** Everybody stops; what has come is given up. */
function callBack(state: StaleState, effects: StrategyEffect[]): StaleState {
  for (const { handle } of state.arrived) effects.push({ type: 'discard-result', handle })
  for (const { lease } of state.seats)
    if (lease !== null) effects.push({ type: 'release-worker', lease: lease.id, reason: 'run-paused' })
  return { ...state, arrived: [], seats: state.seats.map(seat => ({ ...seat, lease: null })) }
}
