// What is told of a tiled round.

import type { Milliseconds } from '@muster/vocabulary'
import type { RoundReport, WorkerReport } from '../strategy.ts'
import { restOf } from './losing.ts'
import { marksMax, thinned } from './round-marks.ts'
import { missingOf, type PastLease, type TiledRound, type TiledState, type TileLease } from './tiled-state.ts'

export function reportTiled({ settings, fleet }: TiledState, open: TiledRound, at: Milliseconds): RoundReport {
  const { tally, openedAt } = open
  const { partitions, segments } = settings
  // Whoever had nothing to send is not done by any tile.
  const left = open.leases.map((lease): PastLease => ({ lease, fate: 'done', at }))
  const all = [...open.past, ...left].sort((one, other) => one.lease.id - other.lease.id)
  const leases = all.map(({ lease }) => lease)
  const lost = all.filter(({ fate }) => fate === 'lost').map(({ lease }) => lease)
  const rescues = leases.filter(({ isRescue }) => isRescue)
  const replicated = tally.replicated / partitions
  const present = new Set(fleet.map(({ worker }) => worker))
  const marks = marksMax(all.length)
  return {
    stragglers: new Set(lost.filter(({ isRescue }) => !isRescue).map(({ worker }) => worker)).size,
    redundancy: 1 + replicated,
    reissued: total(rescues, ({ finished }) => finished),
    exceeded: 0,
    residual: 0,
    amplification: 1,
    workers: all.map(entry => laneOf(entry, { openedAt, closedAt: at, segments, marks, present })),
    figures: {
      moved: tally.moved / partitions,
      orders: tally.orders + total(leases, ordersOf),
      tiles: total(leases, ({ arrivals }) => arrivals.length),
      // What is lost of a list that nobody has been asked for yet is counted by nobody else.
      rescued: tally.rescued + total(lost, lease => (lease.pledge === null ? missingToEarly(lease) : 0)),
      replicated,
      kept: total(lost, areaOf) / (partitions * segments),
      uploadSpared: uploadSparedOf(leases, segments),
    },
  }
}

const total = (leases: readonly TileLease[], of: (lease: TileLease) => number): number =>
  leases.reduce((sum, lease) => sum + of(lease), 0)

/** Beside the orders to shorten it, of which not all are answered: to lengthen it, and to send. */
function ordersOf({ moves, pledge, early }: TileLease): number {
  const extended = moves.filter(({ length }, i) => i > 0 && length > moves[i - 1]!.length).length
  return extended + (pledge === null ? 0 : 1) + (early.some(count => count > 0) ? 1 : 0)
}

const missingToEarly = (lease: TileLease): number =>
  lease.earlyGot.some(Boolean) ? missingOf(restOf(lease).pledge).length : 0

/** Of the rectangle of partitions and coordinates, in partitions × segments. */
const areaOf = ({ arrivals }: TileLease): number => arrivals.reduce((sum, { covers }) => sum + covers, 0)

/**
 * In the mean over those who sent: tiles that came while they still computed, and tiles that a partner sent instead, at
 * what a tile took their own uplink. Of whoever told nothing of its uplink nothing is known.
 */
function uploadSparedOf(leases: readonly TileLease[], segments: number): Milliseconds {
  const known = leases.filter(({ isRescue, sent, arrivals }) => !isRescue && sent > 0 && arrivals.length > 0)
  const spared = total(known, ({ arrivals, computedAt, uploadMs, sent, pledge }) => {
    const beside = computedAt === null ? 0 : arrivals.filter(({ at }) => at <= computedAt).length
    const byPartner = pledge === null ? 0 : segments - pledge.upTo.filter(count => count > 0).length
    return ((beside + byPartner) * uploadMs) / sent
  })
  return known.length === 0 ? 0 : spared / known.length
}

interface RoundFrame {
  readonly openedAt: Milliseconds
  readonly closedAt: Milliseconds
  readonly segments: number
  /** Of a kind, to a lane. */
  readonly marks: number
  readonly present: ReadonlySet<string>
}

function laneOf({ lease, fate: end, at }: PastLease, frame: RoundFrame): WorkerReport {
  const { worker, finished, assignedAt, computedAt, arrivals, moves, isRescue } = lease
  const { openedAt, closedAt, segments, marks, present } = frame
  const since = (moment: Milliseconds) => round(moment - openedAt, 1)
  const lastTileAt = arrivals.at(-1)?.at ?? null
  const fate = fateOf(end, lastTileAt !== null, present.has(worker))
  const isAnswered = fate === 'answered'
  return {
    worker,
    fate,
    partitions: finished,
    assignedAt: assignedAt - openedAt,
    announcedAt: computedAt === null ? null : computedAt - openedAt,
    answeredAt: isAnswered ? lastTileAt! - openedAt : null,
    endedAt: isAnswered ? null : Math.min(at, closedAt) - openedAt,
    ...(moves.length > 1 && { held: thinned(moves, marks).map(part => [since(part.at(-1)!.at), part.at(-1)!.length]) }),
    ...(arrivals.length > 0 && {
      tiles: thinned(arrivals, marks).map(part => [since(part.at(-1)!.at), round(part.length / segments, 4)]),
    }),
    ...(isRescue && { isRescue }),
  }
}

function fateOf(end: PastLease['fate'], hasSent: boolean, isHere: boolean): WorkerReport['fate'] {
  if (end === 'lost') return isHere ? 'straggled' : 'gone'
  return end === 'done' && hasSent ? 'answered' : 'covered'
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
