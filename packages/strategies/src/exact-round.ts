// The life of an exact synchronous round, shared by every policy that waits for the whole gradient: open with whoever
// is here, watch leases, ask after every event whether the round can close, close with a combination, learn.
// A policy adds its `RoundLogic`: what to hand out, and what to do next.

import type {
  LeaseId,
  Milliseconds,
  ReleaseReason,
  ResultHandle,
  RoundNumber,
  Work,
  WorkerId,
} from '@muster/vocabulary'
import { leaseId } from '@muster/vocabulary'
import {
  changeMember,
  type Fleet,
  findMember,
  hear,
  isSilent,
  joinFleet,
  lateTime,
  leaveFleet,
  type Member,
  observe,
  speedsOf,
} from './fleet.ts'
import { type History, historyRounds } from './redundancy.ts'
import type {
  RoundReport,
  Strategy,
  StrategyEffect,
  StrategyEvent,
  StrategySettings,
  Term,
  WorkerReport,
} from './strategy.ts'

/** One piece of work in one worker's hands. */
export interface Lease {
  readonly id: LeaseId
  readonly worker: WorkerId
  /** Which part of the plan it serves. */
  readonly slot: string
  readonly work: Work
  /** Partitions after which the worker is judged punctual. */
  readonly expected: number
  readonly isOpening: boolean
  /** It began at once, so that its elapsed time says something. */
  readonly isFirst: boolean
  readonly assignedAt: Milliseconds
  readonly lateAt: Milliseconds
  readonly heardAt: Milliseconds
  readonly finished: number
  readonly computeMs: Milliseconds
  readonly announcedAt: Milliseconds | null
  readonly answeredAt: Milliseconds | null
  readonly endedAt: Milliseconds | null
  readonly requested: { readonly covers: number; readonly at: Milliseconds } | null
  readonly result: { readonly handle: ResultHandle; readonly covers: number } | null
  /** The worker left, or its answer was refused: nothing will come of it. */
  readonly lostAt: Milliseconds | null
  /** Lost because the worker left: should it come back, nothing speaks against giving it the same work. */
  readonly hasLeft: boolean
  readonly isReleased: boolean
}

export interface OpenRound<Plan> {
  readonly round: RoundNumber
  readonly openedAt: Milliseconds
  readonly plan: Plan
  readonly leases: readonly Lease[]
  /** Who took part at the opening, fastest first. */
  readonly workers: readonly WorkerId[]
  readonly redundancy: number
  readonly reissued: number
}

export interface ExactState<Plan> {
  readonly settings: StrategySettings
  readonly fleet: Fleet
  readonly history: History
  /** Leases of closed rounds whose end has not been heard of. */
  readonly trailing: readonly { readonly round: RoundNumber; readonly lease: Lease }[]
  readonly open: OpenRound<Plan> | null
  readonly isPaused: boolean
  /** A combination is being applied: the next round waits for it. */
  readonly isApplying: boolean
  readonly leasesIssued: number
  readonly timerAt: Milliseconds | null
}

export interface Assignment {
  readonly worker: WorkerId
  readonly slot: string
  readonly work: Work
  readonly expected: number
  /** The worker has other work first, for about so long. */
  readonly queuedMs: Milliseconds
}

export interface Opening<Plan> {
  readonly plan: Plan
  readonly assignments: readonly Assignment[]
  readonly redundancy: number
}

export interface Advance<Plan> {
  readonly plan?: Plan
  readonly assign?: readonly Assignment[]
  readonly request?: readonly { readonly lease: LeaseId; readonly covers: number }[]
  readonly release?: readonly { readonly lease: LeaseId; readonly reason: ReleaseReason }[]
  /** The round is complete: leases whose results make the sum, in the plan's order. */
  readonly close?: readonly Lease[]
  /** Ask again at this time at the latest. */
  readonly wakeAt?: Milliseconds
}

export interface View<Plan> {
  readonly at: Milliseconds
  readonly settings: StrategySettings
  readonly fleet: Fleet
  readonly round: OpenRound<Plan>
}

export interface RoundLogic<Plan> {
  readonly name: string
  readonly meaning: string
  readonly settings: Strategy['settings']
  /** `members` are here and not silent, fastest first; at least one. */
  open(
    members: readonly Member[],
    context: { settings: StrategySettings; fleet: Fleet; history: History; at: Milliseconds },
  ): Opening<Plan>
  advance(view: View<Plan>): Advance<Plan>
}

type Effects = StrategyEffect[]

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
      let next = absorb(state, event, effects)
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

/** What the event says, before anything is decided. */
function absorb<Plan>(state: ExactState<Plan>, event: StrategyEvent, effects: Effects): ExactState<Plan> {
  const { at } = event
  switch (event.type) {
    case 'worker-joined':
      return { ...state, fleet: joinFleet(state.fleet, event.worker, event.capabilities, at) }
    case 'worker-left': {
      const lost = (lease: Lease) =>
        lease.worker === event.worker && lease.result === null && lease.lostAt === null
          ? { ...lease, lostAt: at, hasLeft: true }
          : lease
      return {
        ...changeLeases(state, lost),
        fleet: leaveFleet(state.fleet, event.worker),
        trailing: state.trailing.filter(({ lease }) => lease.worker !== event.worker),
      }
    }
    case 'progress-announced':
      return absorbProgress({ ...state, fleet: hear(state.fleet, event.worker, at) }, event)
    case 'result-arrived':
      return absorbResult({ ...state, fleet: hear(state.fleet, event.worker, at) }, event, effects)
    case 'result-refused': {
      const refused = (lease: Lease) =>
        lease.id === event.lease && lease.worker === event.worker && lease.result === null
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

function absorbProgress<Plan>(
  state: ExactState<Plan>,
  event: Extract<StrategyEvent, { type: 'progress-announced' }>,
): ExactState<Plan> {
  const isMeant = (lease: Lease) => lease.id === event.lease && lease.worker === event.worker
  const announce = (lease: Lease): Lease => {
    if (!isMeant(lease) || lease.result !== null) return lease
    const finished = Math.max(lease.finished, Math.min(event.finished, lease.work.partitions.length))
    return {
      ...lease,
      finished,
      computeMs: Math.max(lease.computeMs, event.computeMs),
      heardAt: event.at,
      announcedAt: lease.announcedAt ?? (finished >= lease.expected ? event.at : null),
      endedAt: event.ended ? event.at : lease.endedAt,
      lostAt: event.ended && !lease.isReleased ? event.at : lease.lostAt,
    }
  }
  const next = changeLeases(state, announce)
  if (!event.ended) return next
  const trailing = state.trailing.find(({ lease }) => lease.id === event.lease && lease.worker === event.worker)
  const ended = trailing ? announce(trailing.lease) : next.open?.leases.find(isMeant)
  if (!ended) {
    const forget = (member: Member) => ({ ...member, open: member.open.filter(({ lease }) => lease !== event.lease) })
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
  const lease = state.open?.leases.find(({ id }) => id === event.lease)
  if (!lease || lease.result !== null) {
    effects.push({ type: 'discard-result', handle: event.handle })
    return state
  }
  const elapsedMs = event.at - lease.assignedAt
  const answered: Lease = {
    ...lease,
    finished: Math.max(lease.finished, event.covers),
    computeMs: Math.max(lease.computeMs, event.computeMs),
    heardAt: event.at,
    answeredAt: event.at,
    result: { handle: event.handle, covers: event.covers },
    lostAt: null,
  }
  const next = changeLeases(state, other => (other === lease ? answered : other))
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
  const seen = at - lease.requested.at
  return { ...member, overheadMs: member.overheadMs === null ? seen : 0.7 * member.overheadMs + 0.3 * seen }
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
  next = assignAll(next, advance.assign, at, false, effects)
  // What has just been handed out may fall due as well, with nothing heard in between.
  const { wakeAt } = logic.advance({ at, settings: next.settings, fleet: next.fleet, round: next.open! })
  return wake(next, wakeAt, effects)
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
    const lateAt = lateTime(speed(member), expected, at + queuedMs, state.settings.leaseMs + queuedMs)
    effects.push({ type: 'assign-work', worker, lease: id, work })
    fleet = changeMember(fleet, worker, m => ({ ...m, open: [...m.open, { lease: id, lateAt }] }))
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
  const stragglers = straggling(open, fleet, at)
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

function straggling<Plan>(open: OpenRound<Plan>, fleet: Fleet, at: Milliseconds): WorkerId[] {
  const late = open.leases.filter(lease => lease.isOpening && isStraggler(lease, findMember(fleet, lease.worker), at))
  return [...new Set(late.map(lease => lease.worker))]
}

/** Gone, or later than twice its own predicted time: in fact, or by the pace it has shown. */
function isStraggler(lease: Lease, member: Member | undefined, at: Milliseconds): boolean {
  if (lease.expected === 0) return false
  const punctualAt = lease.announcedAt ?? lease.answeredAt
  if (punctualAt !== null) return punctualAt > lease.lateAt
  if (lease.lostAt !== null || at > lease.lateAt) return true
  const known = member?.msPerPartition
  if (known === undefined || known === null || lease.computeMs === 0) return false
  // One partition at the known pace is added, lest a single slow one decide.
  const pace = (lease.computeMs + known) / (lease.finished + 1)
  return lease.assignedAt + (member?.overheadMs ?? 0) + pace * lease.expected > lease.lateAt
}

function reportRound<Plan>(
  open: OpenRound<Plan>,
  used: readonly Lease[],
  stragglers: readonly WorkerId[],
  partitions: number,
): RoundReport {
  const since = (moment: Milliseconds | null) => (moment === null ? null : moment - open.openedAt)
  const workers = open.leases.map((lease): WorkerReport => {
    const fate = used.includes(lease)
      ? 'answered'
      : lease.lostAt !== null
        ? 'gone'
        : stragglers.includes(lease.worker)
          ? 'straggled'
          : 'covered'
    return {
      worker: lease.worker,
      fate,
      partitions: lease.expected,
      assignedAt: lease.assignedAt - open.openedAt,
      announcedAt: since(lease.announcedAt),
      answeredAt: since(lease.answeredAt),
      endedAt: since(lease.endedAt ?? lease.lostAt),
    }
  })
  // Coefficients are 0 and 1 and the blocks disjoint: judged from what the used answers cover.
  const counts = new Int32Array(partitions)
  for (const { work, result } of used)
    for (const j of work.partitions.slice(0, result?.covers ?? 0)) counts[j] = counts[j]! + 1
  return {
    stragglers: stragglers.length,
    redundancy: open.redundancy,
    reissued: open.reissued,
    residual: counts.reduce((worst, count) => Math.max(worst, Math.abs(count - 1)), 0),
    amplification: counts.reduce((sum, count) => sum + count, 0) / partitions,
    workers,
  }
}

function wake<Plan>(state: ExactState<Plan>, at: Milliseconds | undefined, effects: Effects): ExactState<Plan> {
  const timerAt = at ?? null
  if (timerAt === state.timerAt) return state
  if (timerAt === null) effects.push({ type: 'clear-timer', timer: 'late' })
  else effects.push({ type: 'set-timer', timer: 'late', at: timerAt })
  return { ...state, timerAt }
}

function changeLeases<Plan>(state: ExactState<Plan>, change: (lease: Lease) => Lease): ExactState<Plan> {
  return state.open === null ? state : { ...state, open: { ...state.open, leases: state.open.leases.map(change) } }
}

const addStraggler = (history: History, round: RoundNumber, worker: WorkerId): History =>
  history.map(past =>
    past.round === round && !past.stragglers.includes(worker)
      ? { ...past, stragglers: [...past.stragglers, worker] }
      : past,
  )
