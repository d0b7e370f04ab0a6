// The state of a tiled round: plain data. A round is a rectangle, partitions by coordinates, and every lease is a pledge
// of a part of it: of each segment of the coordinates the first so many partitions of its list. Pledges never overlap
// and leave nothing out, so whatever arrives as pledged may be added at once, and what is lost is what is still pledged.

import { sortedIndex } from '@muster/numerics'
import type { LeaseId, Milliseconds, PartitionIndex, RoundNumber, WorkerId } from '@muster/vocabulary'
import type { Fleet, Speed } from '../fleet.ts'
import type { StrategyEffect, StrategySettings } from '../strategy.ts'
import type { Pace } from './pace.ts'

/** Of each segment, the first `upTo` partitions of the list; those that have come are in the round's sum. */
export interface Pledge {
  readonly list: readonly PartitionIndex[]
  readonly upTo: readonly number[]
  readonly got: readonly boolean[]
}

export interface TileLease {
  readonly id: LeaseId
  readonly worker: WorkerId
  /** As far as is known: a shortening that has not been answered is not in it. */
  readonly list: readonly PartitionIndex[]
  /** Null while the list may still change: then all segments of all of it are pledged. */
  readonly pledge: Pledge | null
  /** In which order it sends the segments, from the opening on. */
  readonly direction: 'upward' | 'downward'
  /** By segment, tiles that are sent while the list may still change (0: none), and those that have come. */
  readonly early: readonly number[]
  readonly earlyGot: readonly boolean[]
  /** What is pledged here is pledged by others as well, and whatever comes first counts: all of one race. */
  readonly race: number | null
  /** How often its pledge has been given to others in vain. */
  readonly strikes: number
  /** A shortening that has not been answered. */
  readonly shortenedTo: number | null
  readonly orderedAt: Milliseconds
  readonly assignedAt: Milliseconds
  /** When it is expected to have sent everything; beyond all times while nothing is asked for. */
  readonly endsAt: Milliseconds
  /** When it was expected to, when it was asked. */
  readonly dueAt: Milliseconds
  /** Before, it has other things to compute and to send. */
  readonly startsAt: Milliseconds
  readonly heardAt: Milliseconds
  readonly finished: number
  readonly computeMs: Milliseconds
  readonly pace: Pace
  readonly sent: number
  readonly uploadMs: Milliseconds
  /** For the record. */
  readonly own: number
  readonly isRescue: boolean
  /** When it was heard that nothing was left to compute of what it was asked for. */
  readonly computedAt: Milliseconds | null
  readonly moves: readonly Move[]
  readonly arrivals: readonly Arrival[]
}

/** How long its list was from then on. */
export interface Move {
  readonly at: Milliseconds
  readonly length: number
}

/** A tile of it that is in the round's sum, and how many partitions it holds. */
export interface Arrival {
  readonly at: Milliseconds
  readonly covers: number
}

/** A pledge whose worker is lost: somebody else is to keep it. */
export interface Orphan {
  readonly pledge: Pledge
  /** How often it has been given to others in vain. */
  readonly strikes: number
}

export interface TiledRound {
  readonly round: RoundNumber
  readonly openedAt: Milliseconds
  /** `sharing`: lists move; `asking`: no list moves any more, all shortenings are waited for; `sending`. */
  readonly phase: 'sharing' | 'asking' | 'sending'
  /** Live ones, by ascending id. */
  readonly leases: readonly TileLease[]
  /** Ended, lost or done, the last of them, for the record. */
  readonly past: readonly PastLease[]
  /** Nobody's. */
  readonly pool: readonly PartitionIndex[]
  readonly orphans: readonly Orphan[]
  readonly workers: readonly { readonly worker: WorkerId; readonly believed: Speed }[]
  readonly beatMs: Milliseconds
  readonly tickAt: Milliseconds
  readonly races: number
  readonly tally: Tally
}

export interface PastLease {
  readonly lease: TileLease
  readonly fate: 'done' | 'lost' | 'released'
  readonly at: Milliseconds
}

export interface Tally {
  readonly moved: number
  readonly orders: number
  readonly rescued: number
  readonly tiles: number
  readonly replicated: number
}

/** What is known of a worker beside its pace. */
export interface Link {
  /** From an assignment to the first computing: the way, the parameters. */
  readonly startMs: Milliseconds | null
  /** Of a whole vector. */
  readonly uploadMs: Milliseconds | null
}

export interface TiledState {
  readonly settings: StrategySettings
  readonly fleet: Fleet
  readonly departed: Fleet
  readonly links: Readonly<Record<WorkerId, Link>>
  /** Nothing was heard of them for too long. */
  readonly silent: readonly WorkerId[]
  /** Whose work ended unasked rest until then. */
  readonly resting: Readonly<Record<WorkerId, Milliseconds>>
  /** Way there and back of an order. */
  readonly rttMs: Milliseconds
  readonly lastRoundMs: Milliseconds | null
  readonly open: TiledRound | null
  readonly isPaused: boolean
  readonly isApplying: boolean
  readonly leasesIssued: number
  readonly timerAt: Milliseconds | null
}

export type Effects = StrategyEffect[]

export const startTiled = (settings: StrategySettings): TiledState => ({
  settings,
  fleet: [],
  departed: [],
  links: {},
  silent: [],
  resting: {},
  rttMs: 0,
  lastRoundMs: null,
  open: null,
  isPaused: false,
  isApplying: false,
  leasesIssued: settings.leasesIssued ?? 0,
  timerAt: null,
})

export const noTally: Tally = { moved: 0, orders: 0, rescued: 0, tiles: 0, replicated: 0 }

export const changeRound = (state: TiledState, change: Partial<TiledRound>): TiledState =>
  state.open === null ? state : { ...state, open: { ...state.open, ...change } }

/** Where tabs come and go without end, a round must not grow with them. */
const pastMax = ({ workers }: TiledRound): number => 64 + 8 * workers.length

/** A lease of which nothing more is expected. */
export const endTileLease = (
  open: TiledRound,
  lease: TileLease,
  fate: PastLease['fate'],
  at: Milliseconds,
): Pick<TiledRound, 'leases' | 'past'> => ({
  leases: open.leases.filter(({ id }) => id !== lease.id),
  past: [...open.past, { lease, fate, at }].slice(-pastMax(open)),
})

export const findTileLease = (round: TiledRound | null, id: LeaseId): TileLease | undefined =>
  round?.leases[sortedIndex(round.leases, id, lease => lease.id)]

export function changeTileLease(state: TiledState, id: LeaseId, change: Partial<TileLease>): TiledState {
  const { open } = state
  const index = open === null ? -1 : sortedIndex(open.leases, id, lease => lease.id)
  if (open === null || index < 0) return state
  const leases = open.leases.slice()
  leases[index] = { ...leases[index]!, ...change }
  return changeRound(state, { leases })
}

export const isKept = ({ upTo, got }: Pledge): boolean => upTo.every((count, segment) => count === 0 || got[segment])

/** How much of its list is still to be computed for what is still pledged. */
export const reachOf = ({ upTo, got }: Pledge): number =>
  upTo.reduce((most, count, segment) => (got[segment] ? most : Math.max(most, count)), 0)

/** Segments that are pledged and have not come. */
export const missingOf = ({ upTo, got }: Pledge): readonly number[] =>
  upTo.flatMap((count, segment) => (count > 0 && !got[segment] ? [segment] : []))
