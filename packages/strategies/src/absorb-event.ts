// What an event says of leases and workers, taken in before anything is decided.

import type { Milliseconds, RoundNumber, WorkerId } from '@muster/vocabulary'
import { changeLease, changeLeases, type Effects, type ExactState, type Lease, leaseIndex } from './exact-state.ts'
import {
  changeMember,
  departedMax,
  findMember,
  hear,
  joinFleet,
  learnOverheadMs,
  leaveFleet,
  type Member,
  observe,
} from './fleet.ts'
import type { History } from './redundancy.ts'
import { isStraggler } from './round-report.ts'
import type { StrategyEvent } from './strategy.ts'

export function absorbEvent<Plan>(state: ExactState<Plan>, event: StrategyEvent, effects: Effects): ExactState<Plan> {
  const { at } = event
  switch (event.type) {
    case 'worker-joined':
      return {
        ...state,
        fleet: joinFleet(state.fleet, event.worker, event.capabilities, at, findMember(state.departed, event.worker)),
        departed: leaveFleet(state.departed, event.worker),
      }
    case 'worker-left': {
      // What it sent before stays; of a lease that has answered, no larger level is to be had any more.
      const lost = (lease: Lease) =>
        lease.worker === event.worker && lease.lostAt === null
          ? { ...lease, lostAt: lease.result === null ? at : null, hasLeft: true }
          : lease
      const leaver = findMember(state.fleet, event.worker)
      return {
        ...changeLeases(state, lost),
        fleet: leaveFleet(state.fleet, event.worker),
        departed: leaver
          ? [...state.departed, { ...leaver, open: [] }].slice(-departedMax - state.fleet.length)
          : state.departed,
        trailing: state.trailing.filter(({ lease }) => lease.worker !== event.worker),
      }
    }
    case 'progress-announced':
      return absorbProgress({ ...state, fleet: hear(state.fleet, event.worker, at) }, event)
    case 'result-arrived':
      return absorbResult({ ...state, fleet: hear(state.fleet, event.worker, at) }, event, effects)
    case 'result-refused': {
      const refused = (lease: Lease) =>
        lease.id === event.lease && lease.worker === event.worker && owesAnswer(lease)
          ? { ...lease, lostAt: at }
          : lease
      const heard = hear(state.fleet, event.worker, at)
      return {
        ...changeLeases(state, refused),
        trailing: state.trailing.filter(({ lease }) => lease.id !== event.lease || lease.worker !== event.worker),
        fleet: changeMember(heard, event.worker, member => ({
          ...member,
          open: member.open.filter(({ lease }) => lease !== event.lease),
        })),
      }
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

/** Nothing has come of it, or it was asked for more than has come. */
const owesAnswer = ({ result, requested }: Lease): boolean =>
  result === null || (requested !== null && requested.covers > result.covers)

function absorbProgress<Plan>(
  state: ExactState<Plan>,
  event: Extract<StrategyEvent, { type: 'progress-announced' }>,
): ExactState<Plan> {
  const isMeant = (lease: Lease) => lease.id === event.lease && lease.worker === event.worker
  const announce = (lease: Lease): Lease => {
    if (!isMeant(lease) || (lease.result !== null && lease.work.upload === 'when-done')) return lease
    const finished = Math.max(lease.finished, Math.min(event.finished, lease.work.partitions.length))
    return {
      ...lease,
      finished,
      computeMs: Math.max(lease.computeMs, event.computeMs),
      heardAt: event.at,
      announcedAt: lease.announcedAt ?? (finished >= lease.expected ? event.at : null),
      endedAt: event.ended ? event.at : lease.endedAt,
      lostAt: event.ended && !lease.isReleased && lease.result === null ? event.at : lease.lostAt,
    }
  }
  const next = changeLease(state, event.lease, announce)
  const forget = (member: Member) => ({ ...member, open: member.open.filter(({ lease }) => lease !== event.lease) })
  if (!event.ended) {
    const lease = next.open?.leases.find(isMeant)
    const hasToldAll = lease?.work.upload === 'on-request' && lease.finished === lease.work.partitions.length
    // It waits to be asked, and need say nothing more to be here.
    return hasToldAll ? { ...next, fleet: changeMember(next.fleet, event.worker, forget) } : next
  }
  const trailing = state.trailing.find(({ lease }) => lease.id === event.lease && lease.worker === event.worker)
  const ended = trailing ? announce(trailing.lease) : next.open?.leases.find(isMeant)
  if (!ended) {
    return { ...next, fleet: changeMember(next.fleet, event.worker, forget) }
  }
  const fleet = observe(next.fleet, event.worker, event.lease, {
    partitions: ended.expected,
    finished: ended.finished,
    computeMs: ended.computeMs,
    elapsedMs: null,
  })
  if (!trailing) return { ...next, fleet }
  // The round is over; what the worker had done by then may still show that it straggled.
  const straggled = isStraggler(ended, findMember(state.fleet, event.worker), event.at)
  return {
    ...next,
    fleet,
    trailing: next.trailing.filter(other => other !== trailing),
    history: straggled ? addStraggler(next.history, trailing.round, event.worker) : next.history,
  }
}

function absorbResult<Plan>(
  state: ExactState<Plan>,
  event: Extract<StrategyEvent, { type: 'result-arrived' }>,
  effects: Effects,
): ExactState<Plan> {
  const leases = state.open?.leases ?? []
  const lease = leases[leaseIndex(leases, event.lease)]
  if (!lease || (lease.result !== null && lease.result.covers >= event.covers)) {
    effects.push({ type: 'discard-result', handle: event.handle })
    return state
  }
  // A larger level, asked for after a smaller one had been sent, takes its place.
  if (lease.result !== null) effects.push({ type: 'discard-result', handle: lease.result.handle })
  const elapsedMs = event.at - lease.assignedAt
  // Who is lost may have sent it before: it counts, more is not to be had.
  const answered: Lease = {
    ...lease,
    finished: Math.max(lease.finished, event.covers),
    computeMs: Math.max(lease.computeMs, event.computeMs),
    heardAt: event.at,
    answeredAt: lease.answeredAt ?? event.at,
    result: { handle: event.handle, covers: event.covers },
  }
  const next = changeLease(state, event.lease, () => answered)
  // On request, what it computed is observed when it ends; having answered, it need say nothing more to be here.
  if (lease.work.upload === 'on-request') {
    const settle = (member: Member): Member => ({
      ...learnOverhead(member, answered, event.at),
      open: member.open.filter(other => other.lease !== lease.id),
    })
    return { ...next, fleet: changeMember(next.fleet, lease.worker, settle) }
  }
  return {
    ...next,
    fleet: observe(next.fleet, lease.worker, lease.id, {
      partitions: lease.expected,
      finished: event.covers,
      computeMs: event.computeMs,
      elapsedMs: lease.isFirst ? elapsedMs : null,
    }),
  }
}

/** On request, an answer's cost besides computing is the way from request to arrival. */
function learnOverhead(member: Member, lease: Lease, at: Milliseconds): Member {
  if (lease.requested === null) return member
  return { ...member, overheadMs: learnOverheadMs(member.overheadMs, at - lease.requested.at) }
}

const addStraggler = (history: History, round: RoundNumber, worker: WorkerId): History =>
  history.map(past =>
    past.round === round && !past.stragglers.includes(worker)
      ? { ...past, stragglers: [...past.stragglers, worker] }
      : past,
  )
