// What an event says of workers and their leases, taken in before anything is decided: what policies whose work goes on
// from round to round all do, and where each does it in its own way.

import { joinFleet } from './fleet.ts'
import {
  changeSeat,
  findSeat,
  forgetLease,
  hearFrom,
  learnFromAnswer,
  learnFromEnd,
  leaveStanding,
  rest,
  type SeatOf,
  type Standing,
  type StandingLease,
} from './standing.ts'
import type { StrategyEffect, StrategyEvent } from './strategy.ts'

export type EventOf<Type extends StrategyEvent['type']> = Extract<StrategyEvent, { type: Type }>

export interface StandingWays<State extends Standing> {
  /** Who comes. @param known its seat when it left lately */
  seatFor(state: State, event: EventOf<'worker-joined'>, known: SeatOf<State> | undefined): SeatOf<State>
  /** It answered the lease in its hands, which it has no longer: the result waits. */
  arrived(state: State, event: EventOf<'result-arrived'>, lease: StandingLease): State
  /** The lease in its hands ended without an answer. Absent: it rests. */
  ended?(state: State, event: EventOf<'progress-announced'>, lease: StandingLease): State
  /** Its answer was refused; it rests. */
  refused?(state: State, event: EventOf<'result-refused'>): State
  advanced?(state: State, event: EventOf<'model-advanced'>): State
}

export function absorbStanding<State extends Standing>(
  ways: StandingWays<State>,
  given: State,
  event: StrategyEvent,
  effects: StrategyEffect[],
): State {
  const state: State = { ...given, version: event.modelVersion }
  switch (event.type) {
    case 'worker-joined':
      return join(ways, state, event)
    case 'worker-left':
      return leaveStanding(state, event)
    case 'progress-announced': {
      const heard = hearFrom(state, event.worker, event.at)
      return event.ended ? endWork(ways, heard, event) : heard
    }
    case 'result-arrived':
      return arrive(ways, hearFrom(state, event.worker, event.at), event, effects)
    case 'result-refused': {
      const heard = forgetLease(hearFrom(state, event.worker, event.at), event)
      if (findSeat(heard, event.worker)?.lease?.id !== event.lease) return heard
      const resting = rest(heard, event)
      return ways.refused?.(resting, event) ?? resting
    }
    case 'model-advanced': {
      const open: State = { ...state, isApplying: false, cutShort: [], openedAt: event.at }
      return ways.advanced?.(open, event) ?? open
    }
    case 'run-paused':
      return { ...callBack(state, effects), isPaused: true }
    case 'run-resumed':
      return { ...state, isPaused: false, openedAt: event.at }
    case 'timer-fired':
      return { ...state, timerAt: null }
  }
}

function join<State extends Standing>(ways: StandingWays<State>, state: State, event: EventOf<'worker-joined'>): State {
  const { worker, capabilities, at } = event
  const known = state.departed.find(({ seat }) => seat.worker === worker)
  return {
    ...state,
    fleet: joinFleet(state.fleet, worker, capabilities, at, known?.member),
    seats: [...state.seats.filter(other => other.worker !== worker), ways.seatFor(state, event, known?.seat)],
    departed: state.departed.filter(other => other.seat.worker !== worker),
  }
}

/** It stopped: told to, or because it could not go on. */
function endWork<State extends Standing>(
  ways: StandingWays<State>,
  state: State,
  event: EventOf<'progress-announced'>,
): State {
  const lease = findSeat(state, event.worker)?.lease
  const learnt = learnFromEnd(state, event)
  if (lease?.id !== event.lease) return learnt
  return ways.ended?.(learnt, event, lease) ?? rest(learnt, event)
}

function arrive<State extends Standing>(
  ways: StandingWays<State>,
  state: State,
  event: EventOf<'result-arrived'>,
  effects: StrategyEffect[],
): State {
  const lease = findSeat(state, event.worker)?.lease
  // Of a lease that was called back or never given: nothing may come of it.
  if (!lease || lease.id !== event.lease) {
    effects.push({ type: 'discard-result', handle: event.handle })
    return state
  }
  const learnt: State = { ...state, fleet: learnFromAnswer(state.fleet, event, lease) }
  const free = changeSeat(learnt, event.worker, seat => ({ ...seat, lease: null }))
  return ways.arrived(free, event, lease)
}

/** Everybody stops; what has come is given up. */
function callBack<State extends Standing>(state: State, effects: StrategyEffect[]): State {
  for (const { handle } of state.arrived) effects.push({ type: 'discard-result', handle })
  for (const { lease } of state.seats)
    if (lease !== null) effects.push({ type: 'release-worker', lease: lease.id, reason: 'run-paused' })
  return { ...state, arrived: [], seats: state.seats.map(seat => ({ ...seat, lease: null })) }
}
