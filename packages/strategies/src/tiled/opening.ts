// The opening of a round: everybody who is here gets so much that all end together, by what is known of them.

import { type LeaseId, leaseId, type Milliseconds, type PartitionIndex, type WorkerId } from '@muster/vocabulary'
import { type Member, type Speed, speedsOf } from '../fleet.ts'
import type { StrategyEvent } from '../strategy.ts'
import { startPace } from './pace.ts'
import { type Line, levelOf, wholeShares } from './sharing.ts'
import {
  changeRound,
  type Effects,
  noTally,
  type Pledge,
  type TiledRound,
  type TiledState,
  type TileLease,
} from './tiled-state.ts'

/** A beat is so much of a round. */
const beatShare = 0.015
const beatMsMin = 20
const beatMsMax = 500
/** Beats a second that the coordinator is to hear from all together, at most. */
const beatsPerSecondMax = 4000

export const isAble = ({ silent, resting }: TiledState, worker: WorkerId, at: Milliseconds): boolean =>
  !silent.includes(worker) && !((resting[worker] ?? 0) > at)

/** Of those who can be given work. */
export const ableMembers = (state: TiledState, at: Milliseconds): readonly Member[] =>
  state.fleet.filter(({ worker }) => isAble(state, worker, at))

/** From an assignment to the first computing. */
export const startMsOf = ({ links }: TiledState, worker: WorkerId): Milliseconds =>
  links[worker]?.startMs ??
  middleOf(Object.values(links).flatMap(({ startMs }) => (startMs === null ? [] : [startMs]))) ??
  0

/** Of a whole vector. Nothing known: as long as it takes to begin, for the parameters are of the same size. */
export const uploadMsOf = (state: TiledState, worker: WorkerId): Milliseconds =>
  state.links[worker]?.uploadMs ??
  middleOf(Object.values(state.links).flatMap(({ uploadMs }) => (uploadMs === null ? [] : [uploadMs]))) ??
  startMsOf(state, worker)

export function middleOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}

export function openTiled(state: TiledState, { at, round }: StrategyEvent, effects: Effects): TiledState {
  if (state.isPaused || state.isApplying) return state
  const members = ableMembers(state, at)
  if (members.length === 0) return state
  const { partitions } = state.settings
  const speed = speedsOf(state.fleet)
  const lines = members
    .map(member => ({ member, believed: speed(member) }))
    .sort((one, other) => one.believed.msPerPartition - other.believed.msPerPartition)
    .map(({ member, believed }) => ({ member, believed, line: lineOf(state, member.worker, believed, at) }))
  const level = levelOf(
    lines.map(({ line }) => line),
    partitions,
  )
  const targets = lines.map(({ line }) => Math.max(0, level - line.from) / line.msPerPartition)
  const scale = partitions / targets.reduce((sum, target) => sum + target, 0)
  const counts = wholeShares(
    targets.map(target => target * scale),
    partitions,
  )
  const beatMs = beatOf(state, level - at)
  let next: TiledState = {
    ...state,
    open: {
      round,
      openedAt: at,
      phase: 'sharing',
      leases: [],
      past: [],
      pool: [],
      orphans: [],
      strikes: {},
      workers: lines.map(({ member: { worker }, believed }) => ({ worker, believed })),
      beatMs,
      tickAt: at + beatMs,
      races: 0,
      tally: noTally,
    },
  }
  let from = 0
  lines.forEach(({ member: { worker } }, i) => {
    const to = from + counts[i]!
    if (to > from) next = assignList(next, worker, rangeOf(from, to), { at }, effects)
    from = to
  })
  return next
}

const rangeOf = (from: number, to: number): PartitionIndex[] => Array.from({ length: to - from }, (_, i) => from + i)

const lineOf = (state: TiledState, worker: WorkerId, { msPerPartition }: Speed, at: Milliseconds): Line => ({
  lease: null,
  done: 0,
  from: at + startMsOf(state, worker),
  msPerPartition,
  length: 0,
  isShortening: false,
})

function beatOf({ lastRoundMs, fleet }: TiledState, expectedMs: Milliseconds): Milliseconds {
  const byCrowd = (1000 * fleet.length) / beatsPerSecondMax
  const wanted = Math.max(beatShare * (lastRoundMs ?? expectedMs), byCrowd, beatMsMin)
  return Math.min(beatMsMax, Math.round(wanted))
}

export interface Assigned {
  readonly at: Milliseconds
  /** Of a rescue: what is pledged, when it can be begun and when it should be over. */
  readonly pledge?: Pledge
  readonly startsAt?: Milliseconds
  readonly endsAt?: Milliseconds
  readonly race?: number | null
}

/** A list for a worker; with a pledge it is asked for at once. */
export function assignList(
  state: TiledState,
  worker: WorkerId,
  list: readonly PartitionIndex[],
  { at, pledge, startsAt = at, endsAt = Infinity, race = null }: Assigned,
  effects: Effects,
): TiledState {
  const { open } = state
  const member = state.fleet.find(other => other.worker === worker)
  if (open === null || !member) return state
  const id: LeaseId = leaseId(state.leasesIssued + 1)
  const { beatMs } = open
  const work = { partitions: list, levels: [], upload: 'in-tiles', beatMs } as const
  effects.push({ type: 'assign-work', worker, lease: id, work })
  if (pledge) {
    const order = { type: 'send', partitions: [], upTo: pledge.upTo, direction: 'upward' } as const
    effects.push({ type: 'order-tiles', lease: id, order })
  }
  const lease: TileLease = {
    id,
    worker,
    list,
    pledge: pledge ?? null,
    race,
    shortenedTo: null,
    orderedAt: at,
    assignedAt: at,
    endsAt,
    dueAt: endsAt,
    startsAt,
    heardAt: at,
    finished: 0,
    computeMs: 0,
    pace: startPace(speedsOf(state.fleet)(member).msPerPartition),
    sent: 0,
    uploadMs: 0,
    own: pledge ? 0 : list.length,
    isRescue: pledge !== undefined,
    firstTileAt: null,
    lastTileAt: null,
    moves: [{ at, length: list.length }],
  }
  const next = changeRound(state, { leases: [...open.leases, lease] } satisfies Partial<TiledRound>)
  return { ...next, leasesIssued: id }
}
