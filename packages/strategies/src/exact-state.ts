// The state of an exact round's policy, and what a policy adds to it: `RoundLogic`. Plain data, no behaviour beyond
// replacing leases.

import { sortedIndex } from '@muster/numerics'
import type {
  LeaseId,
  Milliseconds,
  ReleaseReason,
  ResultHandle,
  RoundNumber,
  Work,
  WorkerId,
} from '@muster/vocabulary'
import type { Fleet, Member, Speed } from './fleet.ts'
import type { History, PastRound } from './redundancy.ts'
import type { Strategy, StrategyEffect, StrategySettings } from './strategy.ts'

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
  /** The worker left; lost, should it come back, nothing speaks against giving it the same work. */
  readonly hasLeft: boolean
  readonly isReleased: boolean
}

export interface OpenRound<Plan> {
  readonly round: RoundNumber
  readonly openedAt: Milliseconds
  readonly plan: Plan
  readonly leases: readonly Lease[]
  /** Who took part at the opening, fastest first, and what was believed of them. */
  readonly workers: readonly { readonly worker: WorkerId; readonly believed: Speed }[]
  readonly redundancy: number
  readonly reissued: number
}

export interface ExactState<Plan> {
  readonly settings: StrategySettings
  readonly fleet: Fleet
  /** Who left lately: a tab that comes back under its name is no stranger. */
  readonly departed: Fleet
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
  /** Nobody was given it before: pulled after the opening, it is no re-issue. */
  readonly isFresh?: boolean
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
  /** The round is complete. */
  readonly close?: Closing
  /** Ask again at this time at the latest. */
  readonly wakeAt?: Milliseconds
}

export interface Closing {
  /** Leases whose results make the sum, with their decoding weights. */
  readonly answers: readonly { readonly lease: Lease; readonly weight: number }[]
  /** Of an approximate round: the partition gradients it stands for. Null: the whole, exactly. */
  readonly counted: number | null
  /** Blocks or rows that somebody else had to be given, because more were lost than the code stands for. */
  readonly exceeded: number
}

/** Disjoint answers of coefficient one. */
export const plainSum = (leases: readonly Lease[], exceeded: number): Closing => ({
  answers: leases.map(lease => ({ lease, weight: 1 })),
  counted: null,
  exceeded,
})

export interface View<Plan> {
  readonly at: Milliseconds
  readonly settings: StrategySettings
  readonly fleet: Fleet
  readonly round: OpenRound<Plan>
}

export interface RoundLogic<Plan> {
  readonly name: string
  readonly meaning: string
  readonly promise: Strategy['promise']
  /** Whether what is announced of unfinished work can change what is to be done; else only answers and time do. */
  readonly heedsProgress: boolean
  /** What a round that closes now would have taken under other choices, for the history. */
  replay?(view: View<Plan>): Pick<PastRound, 'chosen' | 'tookMs' | 'replayedMs'>
  readonly settings: Strategy['settings']
  /** `members` are here and not silent, fastest first; at least one. */
  open(
    members: readonly Member[],
    context: { settings: StrategySettings; fleet: Fleet; history: History; at: Milliseconds },
  ): Opening<Plan>
  advance(view: View<Plan>): Advance<Plan>
}

/** Somebody is at work on it, or will be: nothing has been heard that ended it. */
export const isRunning = (lease: Lease): boolean =>
  lease.result === null && lease.lostAt === null && lease.endedAt === null && !lease.isReleased

export type Effects = StrategyEffect[]

export function changeLeases<Plan>(state: ExactState<Plan>, change: (lease: Lease) => Lease): ExactState<Plan> {
  return state.open === null ? state : { ...state, open: { ...state.open, leases: state.open.leases.map(change) } }
}

/** Leases are issued in ascending order. */
export const leaseIndex = (leases: readonly Lease[], id: LeaseId): number => sortedIndex(leases, id, lease => lease.id)

export function changeLease<Plan>(
  state: ExactState<Plan>,
  id: LeaseId,
  change: (lease: Lease) => Lease,
): ExactState<Plan> {
  const { open } = state
  const index = open === null ? -1 : leaseIndex(open.leases, id)
  if (open === null || index < 0) return state
  const leases = open.leases.slice()
  leases[index] = change(leases[index]!)
  return { ...state, open: { ...open, leases } }
}
