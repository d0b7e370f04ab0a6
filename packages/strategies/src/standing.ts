// Policies whose work goes on from round to round: each worker stands with a lease, or with a result that waits to be
// applied, or with neither; then it is given work when it may have some. What they share is here.

import type { LeaseId, Milliseconds, ModelVersion, ResultHandle, Work, WorkerId } from '@muster/vocabulary'
import {
  changeMember,
  departedMax,
  type Fleet,
  findMember,
  hear,
  lateTime,
  leaveFleet,
  type Member,
  observe,
  speedsOf,
} from './fleet.ts'
import { restAfterRefusalMs } from './patience.ts'
import { isMissing, silences } from './presence.ts'
import type { RoundReport, StrategyEvent, StrategySettings, WorkerBelief, WorkerReport } from './strategy.ts'

export interface StandingLease {
  readonly id: LeaseId
  readonly work: Work
  readonly version: ModelVersion
  readonly assignedAt: Milliseconds
  /** From then on its worker straggles. */
  readonly lateAt: Milliseconds
}

/** Waits to be applied. */
export interface ArrivedResult {
  readonly lease: StandingLease
  readonly worker: WorkerId
  readonly handle: ResultHandle
  readonly loss: number
  readonly arrivedAt: Milliseconds
}

/** One worker's standing. */
export interface StandingSeat {
  readonly worker: WorkerId
  readonly lease: StandingLease | null
  /** After a refusal it rests until then. */
  readonly restsUntil: Milliseconds
}

/** Somebody whose work ended in the open round without an answer. */
export interface CutShort {
  readonly worker: WorkerId
  readonly fate: 'restarted' | 'gone'
  readonly lease: StandingLease
  readonly at: Milliseconds
}

/** The state that such policies share; each adds its own. */
export interface Standing<Seat extends StandingSeat = StandingSeat, Result extends ArrivedResult = ArrivedResult> {
  readonly settings: StrategySettings
  readonly fleet: Fleet
  /** In the order of the fleet. */
  readonly seats: readonly Seat[]
  /** Who left lately: a tab that comes back under its name is no stranger. */
  readonly departed: readonly { readonly member: Member; readonly seat: Seat }[]
  /** In the order in which they came. */
  readonly arrived: readonly Result[]
  readonly cutShort: readonly CutShort[]
  readonly version: ModelVersion
  readonly openedAt: Milliseconds
  readonly isApplying: boolean
  readonly isPaused: boolean
  readonly leasesIssued: number
  readonly timerAt: Milliseconds | null
}

export const startStanding = (settings: StrategySettings): Standing<never, never> => ({
  settings,
  fleet: [],
  seats: [],
  departed: [],
  arrived: [],
  cutShort: [],
  version: 0,
  openedAt: 0,
  isApplying: false,
  isPaused: false,
  leasesIssued: settings.leasesIssued ?? 0,
  timerAt: null,
})

type EventOf<Type extends StrategyEvent['type']> = Extract<StrategyEvent, { type: Type }>
type Told = { readonly worker: WorkerId; readonly lease: LeaseId; readonly at: Milliseconds }

// A policy's own seats and state stay what they are: these change parts of them.
export type SeatOf<State extends Standing> = State['seats'][number]

export function changeSeat<State extends Standing>(
  state: State,
  worker: WorkerId,
  change: (seat: SeatOf<State>) => SeatOf<State>,
): State {
  const seats = state.seats.map(seat => (seat.worker === worker ? change(seat as SeatOf<State>) : seat))
  return { ...state, seats }
}

export const findSeat = <Seat extends StandingSeat>(
  { seats }: { readonly seats: readonly Seat[] },
  worker: WorkerId,
): Seat | undefined => seats.find(seat => seat.worker === worker)

export const hearFrom = <State extends Standing>(state: State, worker: WorkerId, at: Milliseconds): State => ({
  ...state,
  fleet: hear(state.fleet, worker, at),
})

/** Nobody waits for a word of it any more. */
export const forgetLease = <State extends Standing>(
  state: State,
  { worker, lease }: Pick<Told, 'worker' | 'lease'>,
): State => ({
  ...state,
  fleet: changeMember(state.fleet, worker, member => ({
    ...member,
    open: member.open.filter(other => other.lease !== lease),
  })),
})

/** Its work has ended without an answer; it gets no more for a while. */
export const rest = <State extends Standing>(state: State, { worker, at }: Pick<Told, 'worker' | 'at'>): State =>
  changeSeat(state, worker, seat => ({
    ...seat,
    lease: null,
    restsUntil: at + restAfterRefusalMs(state.settings),
  }))

/** What a worker says of work that it has stopped: its pace is learnt from, whoever stopped it. */
export function learnFromEnd<State extends Standing>(state: State, event: EventOf<'progress-announced'>): State {
  const { worker, lease, finished, computeMs } = event
  const ended = findSeat(state, worker)?.lease
  const cut = state.cutShort.find(other => other.worker === worker && other.lease.id === lease)?.lease
  const work = (ended?.id === lease ? ended : cut)?.work
  if (work === undefined) return forgetLease(state, event)
  const seen = { partitions: work.partitions.length, finished, computeMs, elapsedMs: null }
  return { ...state, fleet: observe(state.fleet, worker, lease, seen) }
}

/** What an answer says of its worker's pace. */
export function learnFromAnswer(
  fleet: Fleet,
  { worker, covers, computeMs, at }: EventOf<'result-arrived'>,
  lease: StandingLease,
): Fleet {
  const seen = { partitions: covers, finished: covers, computeMs, elapsedMs: at - lease.assignedAt }
  return changeMember(observe(fleet, worker, lease.id, seen), worker, member => ({
    ...member,
    // Whoever has answered the newer lease has long ended the older ones.
    open: member.open.filter(other => other.lease > lease.id),
  }))
}

/** A result that had come counts all the same. */
export function leaveStanding<State extends Standing>(state: State, { worker, at }: EventOf<'worker-left'>): State {
  const member = findMember(state.fleet, worker)
  const seat = findSeat(state, worker)
  if (!member || !seat) return state
  const departed = [...state.departed, { member: { ...member, open: [] }, seat: { ...seat, lease: null } }]
  return {
    ...state,
    fleet: leaveFleet(state.fleet, worker),
    seats: state.seats.filter(other => other.worker !== worker),
    departed: departed.slice(-departedMax - state.seats.length),
    cutShort: cutShort(state, worker, seat.lease, 'gone', at),
  }
}

export function cutShort(
  state: { readonly cutShort: readonly CutShort[] },
  worker: WorkerId,
  lease: StandingLease | null,
  fate: CutShort['fate'],
  at: Milliseconds,
): readonly CutShort[] {
  // One entry a worker: who comes and goes within a round does not make it grow.
  if (lease === null) return state.cutShort
  return [...state.cutShort.filter(other => other.worker !== worker), { worker, fate, lease, at }]
}

/** The lease of new work, and the fleet that is waited for with it. */
export function beginLease(
  { fleet, settings, version }: Standing,
  worker: WorkerId,
  { id, work, at }: { readonly id: LeaseId; readonly work: Work; readonly at: Milliseconds },
): { readonly lease: StandingLease; readonly fleet: Fleet } {
  const lateAt = lateTime(speedsOf(fleet)(findMember(fleet, worker)!), work.partitions.length, at)
  const dueAt = at + settings.leaseMs
  const waitedFor = changeMember(fleet, worker, other => ({
    ...other,
    // The oldest unanswered lease tells of silence; the newest may still end. More need not be kept.
    open: [...other.open.slice(0, 1), ...other.open.slice(1).slice(-2), { lease: id, dueAt }],
  }))
  return { lease: { id, work, version, assignedAt: at, lateAt }, fleet: waitedFor }
}

/** When somebody would be missing, so that nobody is waited for in vain, or a rest is over; null: neither is to come. */
export function nextWakeAt(state: Standing, at: Milliseconds): Milliseconds | null {
  const rests = state.seats.map(({ restsUntil }) => restsUntil)
  const times = state.isPaused ? [] : [...silences(state), ...rests].filter(time => time > at)
  return times.length === 0 ? null : Math.min(...times)
}

/** What is believed of each worker, with figures of the policy's own. */
export const standingBeliefs = <State extends Standing>(
  state: State,
  at: Milliseconds,
  figuresOf: (seat: SeatOf<State>) => Readonly<Record<string, number>>,
): WorkerBelief[] =>
  state.fleet.map((member, i) => ({
    worker: member.worker,
    msPerPartition: member.msPerPartition,
    silent: isMissing(member, at, state.settings.leaseMs),
    figures: figuresOf(state.seats[i]!),
  }))

/** Of a round that closes: who answered, who goes on, whose work ended. */
export function reportStanding(
  state: Standing,
  used: readonly ArrivedResult[],
  at: Milliseconds,
): Omit<RoundReport, 'figures' | 'workerFigures'> {
  const { openedAt } = state
  const lane = (
    lease: StandingLease,
    rest: Pick<WorkerReport, 'worker' | 'fate' | 'answeredAt' | 'endedAt'>,
  ): WorkerReport => ({
    ...rest,
    partitions: lease.work.partitions.length,
    assignedAt: lease.assignedAt - openedAt,
    announcedAt: null,
  })
  const answers = state.arrived.map(result =>
    lane(result.lease, {
      worker: result.worker,
      fate: used.includes(result) ? 'answered' : 'working',
      answeredAt: result.arrivedAt - openedAt,
      endedAt: null,
    }),
  )
  const working = state.seats.flatMap(({ worker, lease }) =>
    lease === null ? [] : [lane(lease, { worker, fate: 'working', answeredAt: null, endedAt: null })],
  )
  const ended = state.cutShort.map(({ worker, fate, lease, at: cutAt }) =>
    lane(lease, { worker, fate, answeredAt: null, endedAt: cutAt - openedAt }),
  )
  const late = state.seats.filter(({ lease }) => lease !== null && at > lease.lateAt).length
  const gone = state.cutShort.filter(({ fate }) => fate === 'gone').length
  return {
    stragglers: late + gone,
    redundancy: 1,
    reissued: 0,
    exceeded: 0,
    residual: 0,
    amplification: 1,
    workers: [...answers, ...working, ...ended],
  }
}
