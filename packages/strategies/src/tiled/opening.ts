// The opening of a round: everybody who is here gets so much that all end together, by what is known of them.

import { type LeaseId, leaseId, type Milliseconds, type PartitionIndex, type WorkerId } from '@muster/vocabulary'
import { type Member, type Speed, speedsOf } from '../fleet.ts'
import type { StrategyEvent } from '../strategy.ts'
import { askAt } from './ask-time.ts'
import { startMsOf, uploadMsOf } from './links.ts'
import { planMeeting, type Side } from './meeting.ts'
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
      workers: lines.map(({ member: { worker }, believed }) => ({ worker, believed })),
      beatMs,
      tickAt: at + beatMs,
      races: 0,
      tally: noTally,
    },
  }
  const early = earlyTiles(
    next,
    lines.map(({ line }) => line),
    counts,
    level,
  )
  let from = 0
  lines.forEach(({ member: { worker } }, i) => {
    const to = from + counts[i]!
    const direction = i % 2 === 0 ? 'upward' : 'downward'
    if (to > from) next = assignList(next, worker, rangeOf(from, to), { at, direction, early: early[i] }, effects)
    from = to
  })
  return next
}

/** A number that outlives being written down and read: states are plain data. */
const never = Number.MAX_SAFE_INTEGER

const rangeOf = (from: number, to: number): PartitionIndex[] => Array.from({ length: to - from }, (_, i) => from + i)

const lineOf = (state: TiledState, worker: WorkerId, { msPerPartition }: Speed, at: Milliseconds): Line => ({
  worker,
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

const noTiles = ({ settings }: TiledState): readonly number[] => new Array<number>(settings.segments).fill(0)

/**
 * Where uploads are dear an uplink must not wait until paces are known: of the meeting as it would be by what is known
 * now, the tiles that should be on their way before everybody is asked.
 */
function earlyTiles(
  state: TiledState,
  lines: readonly Line[],
  counts: readonly number[],
  level: Milliseconds,
): readonly (readonly number[] | undefined)[] {
  const { segments, own } = state.settings
  const early: (readonly number[] | undefined)[] = lines.map(() => undefined)
  if (own.together !== 'meet' || own.early === 'no') return early
  const until = askAt(state, level, state.open!.openedAt) + state.rttMs / 2
  const sides = lines.map(
    (line, i): Side => ({
      own: counts[i]!,
      floor: 0,
      done: 0,
      from: line.from,
      msPerPartition: line.msPerPartition,
      segmentMs: uploadMsOf(state, line.worker) / segments,
      early: [],
    }),
  )
  for (let i = 0; i + 1 < sides.length; i += 2) {
    const [left, right] = [sides[i]!, sides[i + 1]!]
    if (left.own === 0 || right.own === 0 || left.segmentMs === 0) continue
    const plan = planMeeting(left, right, segments)
    const isDue = (side: Side, before: number, count: number) =>
      count > 0 &&
      count <= side.own &&
      2 * before < segments &&
      plan.endsAt - (segments - before) * side.segmentMs < until
    early[i] = plan.left.map((count, u) => (isDue(left, u, count) ? count : 0))
    early[i + 1] = plan.right.map((count, u) => (isDue(right, segments - 1 - u, count) ? count : 0))
  }
  return early
}

export interface Assigned {
  readonly at: Milliseconds
  /** Of a rescue: what is pledged, when it can be begun and when it should be over. */
  readonly pledge?: Pledge
  readonly startsAt?: Milliseconds
  readonly endsAt?: Milliseconds
  readonly race?: number | null
  readonly strikes?: number
  readonly direction?: 'upward' | 'downward'
  /** Tiles that are to be sent while its list may still change. */
  readonly early?: readonly number[] | undefined
}

/** A list for a worker; with a pledge it is asked for at once. */
export function assignList(
  state: TiledState,
  worker: WorkerId,
  list: readonly PartitionIndex[],
  { at, pledge, startsAt = at, endsAt = never, race = null, strikes = 0, direction = 'upward', early = [] }: Assigned,
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
    const order = { type: 'send', partitions: [], upTo: pledge.upTo, direction } as const
    effects.push({ type: 'order-tiles', lease: id, order })
  }
  if (early.some(count => count > 0))
    effects.push({ type: 'order-tiles', lease: id, order: { type: 'send-early', upTo: early, direction } })
  const lease: TileLease = {
    id,
    worker,
    list,
    pledge: pledge ?? null,
    direction,
    early: noTiles(state).map((none, segment) => early[segment] ?? none),
    earlyGot: noTiles(state).map(() => false),
    race,
    strikes,
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
    computedAt: null,
    moves: [{ at, length: list.length }],
    arrivals: [],
  }
  const next = changeRound(state, { leases: [...open.leases, lease] } satisfies Partial<TiledRound>)
  return { ...next, leasesIssued: id }
}
