// The state of an exact round's policy, and what a policy adds to it: `RoundLogic`. Plain data, no behaviour beyond
// replacing leases.

import type {
  LeaseId,
  Milliseconds,
  ReleaseReason,
  ResultHandle,
  RoundNumber,
  Work,
  WorkerId,
} from '@muster/vocabulary'
import type { Fleet, Member } from './fleet.ts'
import type { History } from './redundancy.ts'
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

export type Effects = StrategyEffect[]

export function changeLeases<Plan>(state: ExactState<Plan>, change: (lease: Lease) => Lease): ExactState<Plan> {
  return state.open === null ? state : { ...state, open: { ...state.open, leases: state.open.leases.map(change) } }
}
