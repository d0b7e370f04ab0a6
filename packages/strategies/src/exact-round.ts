// The life of an exact synchronous round, shared by every policy that waits for the whole gradient: open with whoever
// is here, watch leases, ask after every event whether the round can close, close with a combination, learn.
// A policy adds its `RoundLogic`: what to hand out, and what to do next.

import { type LeaseId, leaseId, type Milliseconds, type WorkerId } from '@muster/vocabulary'
import { absorbEvent } from './absorb-event.ts'
import {
  type Assignment,
  type Closing,
  changeLease,
  type Effects,
  type ExactState,
  type Lease,
  type OpenRound,
  type RoundLogic,
} from './exact-state.ts'
import { changeMember, type Fleet, isSilent, lateTime, type Member, type OpenLease, speedsOf } from './fleet.ts'
import { historyRounds } from './redundancy.ts'
import { reportRound, stragglersOf } from './round-report.ts'
import type { Strategy, StrategyEvent, Term } from './strategy.ts'
import { wake } from './wake.ts'

export function exactStrategy<Plan>(logic: RoundLogic<Plan>): Strategy<ExactState<Plan>> {
  return {
    name: logic.name,
    meaning: logic.meaning,
    promise: logic.promise,
    settings: logic.settings,
    measures: [],
    start: settings => ({
      settings,
      fleet: [],
      departed: [],
      history: [],
      trailing: [],
      open: null,
      isPaused: false,
      isApplying: false,
      leasesIssued: settings.leasesIssued ?? 0,
      timerAt: null,
    }),
    step(state, event) {
      const effects: Effects = []
      let next = absorbEvent(state, event, effects)
      if (event.type === 'progress-announced' && !event.ended && !logic.heedsProgress) return [next, effects]
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
  const members = here
    .map(member => ({ member, believed: speed(member) }))
    .sort((one, other) => one.believed.msPerPartition - other.believed.msPerPartition)
  const opening = logic.open(
    members.map(({ member }) => member),
    { settings, fleet, history, at: event.at },
  )
  const open: OpenRound<Plan> = {
    round: event.round,
    openedAt: event.at,
    plan: opening.plan,
    leases: [],
    workers: members.map(({ member: { worker }, believed }) => ({ worker, believed })),
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
  if (state.open === null) return wake(state, null, effects)
  const { at } = event
  const advance = logic.advance({ at, settings: state.settings, fleet: state.fleet, round: state.open })
  let next: ExactState<Plan> =
    advance.plan === undefined ? state : { ...state, open: { ...state.open, plan: advance.plan } }
  for (const { lease, covers } of advance.request ?? []) {
    effects.push({ type: 'request-result', lease, covers })
    next = changeLease(next, lease, other => ({ ...other, requested: { covers, at } }))
    next = { ...next, fleet: expectAnswer(next, lease, at + state.settings.leaseMs) }
  }
  for (const { lease, reason } of advance.release ?? []) {
    effects.push({ type: 'release-worker', lease, reason })
    next = changeLease(next, lease, other => ({ ...other, isReleased: true }))
  }
  if (advance.close !== undefined) return closeRound(logic, next, advance.close, at, effects)
  if (advance.assign === undefined || advance.assign.length === 0) return wake(next, advance.wakeAt ?? null, effects)
  // Asked again: what has just been handed out may fall due as well, with nothing heard in between.
  return advanceRound(logic, assignAll(next, advance.assign, at, false, effects), event, effects)
}

/** Who was asked is to answer, even if it had nothing more to say before. */
function expectAnswer<Plan>({ fleet, open }: ExactState<Plan>, lease: LeaseId, dueAt: Milliseconds): Fleet {
  const asked = open?.leases.find(({ id }) => id === lease)
  if (!asked) return fleet
  return changeMember(fleet, asked.worker, member =>
    member.open.some(other => other.lease === lease) ? member : { ...member, open: [...member.open, { lease, dueAt }] },
  )
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
  const members = new Map(state.fleet.map(member => [member.worker, member]))
  const added = new Map<WorkerId, OpenLease[]>()
  let { leasesIssued } = state
  const leases: Lease[] = []
  let { reissued } = state.open
  for (const { worker, slot, work, expected, queuedMs, isFresh } of assignments) {
    const member = members.get(worker)
    if (!member) continue
    leasesIssued++
    if (!isOpening && !isFresh) reissued += expected
    const id = leaseId(leasesIssued)
    const lateAt = lateTime(speed(member), expected, at + queuedMs)
    const dueAt = Math.min(lateAt, at + queuedMs + state.settings.leaseMs)
    effects.push({ type: 'assign-work', worker, lease: id, work })
    added.set(worker, [...(added.get(worker) ?? []), { lease: id, dueAt }])
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
  const fleet = state.fleet.map(member => {
    const open = added.get(member.worker)
    return open === undefined ? member : { ...member, open: [...member.open, ...open] }
  })
  return { ...state, fleet, leasesIssued, open: { ...state.open, leases: [...state.open.leases, ...leases], reissued } }
}

function closeRound<Plan>(
  logic: RoundLogic<Plan>,
  state: ExactState<Plan>,
  { answers, counted, exceeded }: Closing,
  at: Milliseconds,
  effects: Effects,
): ExactState<Plan> {
  const { open, fleet } = state
  if (open === null) return state
  const ordered = answers
    .map(answer => ({ ...answer, first: firstPartition(answer.lease) }))
    .sort((one, other) => one.first - other.first || one.lease.id - other.lease.id)
  const used = new Set(ordered.map(({ lease }) => lease))
  const called = callBack(state, open.leases, lease => used.has(lease), effects)
  const terms: Term[] = []
  for (const { lease, weight } of ordered)
    if (lease.result !== null) terms.push({ handle: lease.result.handle, weight })
  effects.push({ type: 'combine', terms, target: 'gradient', counted })
  const stragglers = stragglersOf(open, fleet, at)
  const report = reportRound(open, ordered, stragglers, state.settings.partitions)
  effects.push({ type: 'report', report: { ...report, exceeded } })
  const replay = logic.replay?.({ at, settings: state.settings, fleet, round: open }) ?? {
    chosen: 1,
    tookMs: at - open.openedAt,
    replayedMs: [],
  }
  const past = { round: open.round, stragglers, ...replay }
  return wake(
    { ...called, open: null, isApplying: true, history: [...state.history, past].slice(-historyRounds) },
    null,
    effects,
  )
}

const firstPartition = ({ work, result }: Lease): number => {
  let first = Infinity
  for (let m = 0; m < (result?.covers ?? 0); m++) first = Math.min(first, work.partitions[m]!)
  return first
}

/** Releases whoever is still at work, discards what is not used, and remembers whose end has not been heard of. */
function callBack<Plan>(
  state: ExactState<Plan>,
  leases: readonly Lease[],
  isUsed: (lease: Lease) => boolean,
  effects: Effects,
): ExactState<Plan> {
  const trailing: { round: number; lease: Lease }[] = []
  for (const lease of leases) {
    if (lease.result !== null && !isUsed(lease)) effects.push({ type: 'discard-result', handle: lease.result.handle })
    const isDone =
      lease.hasLeft ||
      lease.lostAt !== null ||
      lease.endedAt !== null ||
      (lease.result !== null && lease.work.upload === 'when-done')
    if (isDone) continue
    if (!lease.isReleased) effects.push({ type: 'release-worker', lease: lease.id, reason: 'round-closed' })
    trailing.push({ round: state.open!.round, lease: { ...lease, isReleased: true } })
  }
  const renewed = new Set(trailing.map(({ lease }) => lease.worker))
  return {
    ...state,
    // A worker that stays silent keeps at most the last of its old leases: it needs only one to be known as silent.
    trailing: [...state.trailing.filter(old => !renewed.has(old.lease.worker)), ...trailing],
    fleet: state.fleet.map(member => (member.open.length <= 4 ? member : { ...member, open: boundOpen(member) })),
  }
}

/** The oldest unanswered lease tells of silence; the newest may still end. More need not be kept. */
const boundOpen = (member: Member) => [member.open[0]!, ...member.open.slice(-3)]
