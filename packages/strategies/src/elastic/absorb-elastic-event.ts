// What an event says of workers and their parameters, taken in before anything is decided.

import { joinFleet } from '../fleet.ts'
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
import { type ElasticState, newSeat } from './elastic-state.ts'

type EventOf<Type extends StrategyEvent['type']> = Extract<StrategyEvent, { type: Type }>

export function absorbElasticEvent(given: ElasticState, event: StrategyEvent, effects: StrategyEffect[]): ElasticState {
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
      if (findSeat(heard, event.worker)?.lease?.id !== event.lease) return heard
      // What it keeps may be no numbers any more: it begins with the model.
      return changeSeat(rest(heard, event), event.worker, seat => ({ ...seat, replica: null }))
    }
    case 'model-advanced': {
      const arrived = state.arrived.map(result => ({
        ...result,
        distance: event.distances[result.handle] ?? result.distance,
      }))
      return { ...state, arrived, isApplying: false, cutShort: [], openedAt: event.at }
    }
    case 'run-paused':
      return { ...callBack(state, effects), isPaused: true }
    case 'run-resumed':
      return { ...state, isPaused: false, openedAt: event.at }
    case 'timer-fired':
      return { ...state, timerAt: null }
  }
}

function join(state: ElasticState, { worker, capabilities, at }: EventOf<'worker-joined'>): ElasticState {
  const known = state.departed.find(({ seat }) => seat.worker === worker)
  return {
    ...state,
    fleet: joinFleet(state.fleet, worker, capabilities, at, known?.member),
    seats: [...state.seats.filter(other => other.worker !== worker), known?.seat ?? newSeat(worker)],
    departed: state.departed.filter(other => other.seat.worker !== worker),
  }
}

/** It took its steps and could not hand them over: it goes on at once. Else it stopped before, and rests. */
function endWork(state: ElasticState, event: EventOf<'progress-announced'>): ElasticState {
  const { worker, lease, finished } = event
  const ended = findSeat(state, worker)?.lease
  const learnt = learnFromEnd(state, event)
  if (ended?.id !== lease) return learnt
  if (finished < ended.work.partitions.length) return rest(learnt, event)
  return changeSeat({ ...learnt, lost: state.lost + 1 }, worker, seat => ({
    ...seat,
    lease: null,
    lost: seat.lost + 1,
  }))
}

function arrive(state: ElasticState, event: EventOf<'result-arrived'>, effects: StrategyEffect[]): ElasticState {
  const { worker, handle, at, loss, distance } = event
  const lease = findSeat(state, worker)?.lease
  // Of a lease that was called back or never given: no exchange may come of it.
  if (!lease || lease.id !== event.lease || distance === null) {
    effects.push({ type: 'discard-result', handle })
    return state
  }
  const fleet = learnFromAnswer(state.fleet, event, lease)
  const arrived = [...state.arrived, { lease, worker, handle, loss, arrivedAt: at, distance }]
  return changeSeat({ ...state, fleet, arrived }, worker, seat => ({ ...seat, lease: null }))
}

/** Everybody stops; what has come is given up. What the workers keep they keep. */
function callBack(state: ElasticState, effects: StrategyEffect[]): ElasticState {
  for (const { handle } of state.arrived) effects.push({ type: 'discard-result', handle })
  for (const { lease } of state.seats)
    if (lease !== null) effects.push({ type: 'release-worker', lease: lease.id, reason: 'run-paused' })
  return { ...state, arrived: [], seats: state.seats.map(seat => ({ ...seat, lease: null })) }
}
