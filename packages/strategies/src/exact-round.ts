// The life of an exact synchronous round, shared by every policy that waits for the whole gradient: open with whoever
// is here, watch leases, ask after every event whether the round can close, close with a combination, learn.
// A policy adds its `RoundLogic`: what to hand out, and what to do next.

import type { Milliseconds } from '@muster/vocabulary'
import { leaseId } from '@muster/vocabulary'
import { absorbEvent } from './absorb-event.ts'
import {
  type Assignment,
  changeLeases,
  type Effects,
  type ExactState,
  type Lease,
  type OpenRound,
  type RoundLogic,
} from './exact-state.ts'
import { changeMember, findMember, isSilent, lateTime, type Member, speedsOf } from './fleet.ts'
import { historyRounds } from './redundancy.ts'
import { reportRound, stragglersOf } from './round-report.ts'
import type { Strategy, StrategyEvent, Term } from './strategy.ts'

export function exactStrategy<Plan>(logic: RoundLogic<Plan>): Strategy<ExactState<Plan>> {
  return {
    name: logic.name,
    meaning: logic.meaning,
    settings: logic.settings,
    measures: [],
    start: settings => ({
      settings,
      fleet: [],
      history: [],
      trailing: [],
      open: null,
      isPaused: false,
      isApplying: false,
      leasesIssued: 0,
      timerAt: null,
    }),
    step(state, event) {
      const effects: Effects = []
      let next = absorbEvent(state, event, effects)
      next = openRound(logic, next, event, effects)
      next = advanceRound(logic, next, event, effects)
      return [next, effects]
    },
    beliefs: ({ fleet }, at) =>
      fleet.map(member => ({
        worker: member.worker,
        msPerPartition: member.msPerPartition,
        silent: isSilent(member, at),
      })),
  }
}

function openRound<Plan>(
  logic: RoundLogic<Plan>,
  state: ExactState<Plan>,
  event: StrategyEvent,
  effects: Effects,
): ExactState<Plan> {
  if (state.open !== null || state.isPaused || state.isApplying) return state
  const { fleet, settings, history } = state
  const here = fleet.filter(member => !isSilent(member, event.at))
  if (here.length === 0) return state
  const speed = speedsOf(fleet)
  const members = [...here].sort((one, other) => speed(one).msPerPartition - speed(other).msPerPartition)
  const opening = logic.open(members, { settings, fleet, history, at: event.at })
  const open: OpenRound<Plan> = {
    round: event.round,
    openedAt: event.at,
    plan: opening.plan,
    leases: [],
    workers: members.map(member => member.worker),
    redundancy: opening.redundancy,
    reissued: 0,
  }
  return assignAll({ ...state, open }, opening.assignments, event.at, true, effects)
}

function advanceRound<Plan>(
  logic: RoundLogic<Plan>,
  state: ExactState<Plan>,
  event: StrategyEvent,
  effects: Effects,
): ExactState<Plan> {
  if (state.open === null) return wake(state, undefined, effects)
  const { at } = event
  const advance = logic.advance({ at, settings: state.settings, fleet: state.fleet, round: state.open })
  let next: ExactState<Plan> =
    advance.plan === undefined ? state : { ...state, open: { ...state.open, plan: advance.plan } }
  for (const { lease, covers } of advance.request ?? []) {
    effects.push({ type: 'request-result', lease, covers })
    next = changeLeases(next, other => (other.id === lease ? { ...other, requested: { covers, at } } : other))
  }
  for (const { lease, reason } of advance.release ?? []) {
    effects.push({ type: 'release-worker', lease, reason })
    next = changeLeases(next, other => (other.id === lease ? { ...other, isReleased: true } : other))
  }
  if (advance.close !== undefined) return closeRound(next, advance.close, at, effects)
  if (advance.assign === undefined || advance.assign.length === 0) return wake(next, advance.wakeAt, effects)
  // Asked again: what has just been handed out may fall due as well, with nothing heard in between.
  return advanceRound(logic, assignAll(next, advance.assign, at, false, effects), event, effects)
}

function assignAll<Plan>(
  state: ExactState<Plan>,
  assignments: readonly Assignment[],
  at: Milliseconds,
  isOpening: boolean,
  effects: Effects,
): ExactState<Plan> {
  if (state.open === null || assignments.length === 0) return state
  const speed = speedsOf(state.fleet)
  let { fleet, leasesIssued } = state
  const leases: Lease[] = []
  for (const { worker, slot, work, expected, queuedMs } of assignments) {
    const member = findMember(fleet, worker)
    if (!member) continue
    leasesIssued++
    const id = leaseId(leasesIssued)
    const lateAt = lateTime(speed(member), expected, at + queuedMs)
    const dueAt = Math.min(lateAt, at + queuedMs + state.settings.leaseMs)
    effects.push({ type: 'assign-work', worker, lease: id, work })
    fleet = changeMember(fleet, worker, m => ({ ...m, open: [...m.open, { lease: id, dueAt }] }))
    leases.push({
      id,
      worker,
      slot,
      work,
      expected,
      isOpening,
      isFirst: queuedMs === 0,
      assignedAt: at,
      lateAt,
      heardAt: at,
      finished: 0,
      computeMs: 0,
      announcedAt: null,
      answeredAt: null,
      endedAt: null,
      requested: null,
      result: null,
      lostAt: null,
      hasLeft: false,
      isReleased: false,
    })
  }
  const reissued = isOpening ? 0 : leases.reduce((sum, lease) => sum + lease.expected, 0)
  const open = { ...state.open, leases: [...state.open.leases, ...leases], reissued: state.open.reissued + reissued }
  return { ...state, fleet, leasesIssued, open }
}

function closeRound<Plan>(
  state: ExactState<Plan>,
  used: readonly Lease[],
  at: Milliseconds,
  effects: Effects,
): ExactState<Plan> {
  const { open, fleet } = state
  if (open === null) return state
  const terms: Term[] = []
  for (const lease of used) if (lease.result !== null) terms.push({ handle: lease.result.handle, weight: 1 })
  const trailing: Lease[] = []
  for (const lease of open.leases) {
    if (lease.result !== null && !used.includes(lease))
      effects.push({ type: 'discard-result', handle: lease.result.handle })
    const isDone =
      lease.lostAt !== null || lease.endedAt !== null || (lease.result !== null && lease.work.upload === 'when-done')
    if (isDone) continue
    if (!lease.isReleased) effects.push({ type: 'release-worker', lease: lease.id, reason: 'round-closed' })
    trailing.push({ ...lease, isReleased: true })
  }
  effects.push({ type: 'combine', terms, target: 'gradient' })
  const stragglers = stragglersOf(open, fleet, at)
  effects.push({ type: 'report', report: reportRound(open, used, stragglers, state.settings.partitions) })
  const past = { round: open.round, workers: open.workers, stragglers }
  const next: ExactState<Plan> = {
    ...state,
    open: null,
    isApplying: true,
    history: [...state.history, past].slice(-historyRounds),
    // A worker that stays silent keeps at most the last of its old leases: it needs only one to be known as silent.
    trailing: [
      ...state.trailing.filter(old => !trailing.some(lease => lease.worker === old.lease.worker)),
      ...trailing.map(lease => ({ round: open.round, lease })),
    ],
    fleet: fleet.map(member => ({ ...member, open: boundOpen(member) })),
  }
  return wake(next, undefined, effects)
}

/** The oldest unanswered lease tells of silence; the newest may still end. More need not be kept. */
const boundOpen = (member: Member) =>
  member.open.length <= 4 ? member.open : [member.open[0]!, ...member.open.slice(-3)]

function wake<Plan>(state: ExactState<Plan>, at: Milliseconds | undefined, effects: Effects): ExactState<Plan> {
  const timerAt = at ?? null
  if (timerAt === state.timerAt) return state
  if (timerAt === null) effects.push({ type: 'clear-timer', timer: 'late' })
  else effects.push({ type: 'set-timer', timer: 'late', at: timerAt })
  return { ...state, timerAt }
}
