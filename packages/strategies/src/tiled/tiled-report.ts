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
  const frame: RoundFrame = { openedAt, closedAt: at, segments, present }
  const lanes = lanesOf(all, frame)
  const marks = marksMax(lanes.length)
  return {
    stragglers: new Set(lost.filter(({ isRescue }) => !isRescue).map(({ worker }) => worker)).size,
    redundancy: 1 + replicated,
    reissued: total(rescues, ({ finished }) => finished),
    exceeded: 0,
    residual: 0,
    amplification: 1,
    workers: lanes.map(lane => describeLane(lane, frame, marks)),
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
  readonly present: ReadonlySet<string>
}

/** Of work that has one end: a list, or all that a worker did again for others; else the lanes would be without number. */
function lanesOf(all: readonly PastLease[], frame: RoundFrame): readonly (readonly PastLease[])[] {
  const lanes = new Map<string, PastLease[]>()
  for (const entry of all) {
    const { id, worker, isRescue } = entry.lease
    const key = isRescue ? `${fateOf(entry, frame)} ${worker}` : String(id)
    const lane = lanes.get(key)
    if (lane) lane.push(entry)
    else lanes.set(key, [entry])
  }
  return [...lanes.values()]
}

function describeLane(entries: readonly PastLease[], frame: RoundFrame, marks: number): WorkerReport {
  const { closedAt, segments } = frame
  const leases = entries.map(({ lease }) => lease)
  const { worker, isRescue, moves } = leases[0]!
  const since = (moment: Milliseconds) => round(moment - frame.openedAt, 1)
  const latest = (moments: readonly Milliseconds[]) => since(Math.min(closedAt, Math.max(...moments)))
  const arrivals = leases.flatMap(lease => lease.arrivals).sort((one, other) => one.at - other.at)
  const computed = leases.flatMap(({ computedAt }) => computedAt ?? [])
  const fate = fateOf(entries[0]!, frame)
  const isAnswered = fate === 'answered'
  return {
    worker,
    fate,
    partitions: total(leases, ({ finished }) => finished),
    assignedAt: since(Math.min(...leases.map(({ assignedAt }) => assignedAt))),
    announcedAt: computed.length < leases.length ? null : latest(computed),
    answeredAt: isAnswered ? latest(arrivals.map(({ at }) => at)) : null,
    endedAt: isAnswered ? null : latest(entries.map(({ at }) => at)),
    ...(!isRescue &&
      moves.length > 1 && {
        held: thinned(moves, marks).map(part => [since(part.at(-1)!.at), part.at(-1)!.length] as const),
      }),
    ...(arrivals.length > 0 && {
      tiles: thinned(arrivals, marks).map(part => [since(part.at(-1)!.at), round(part.length / segments, 4)] as const),
    }),
    ...(isRescue && { isRescue }),
  }
}

/** Whose work was taken away is not gone itself; and whoever sent nothing was overtaken, or had nothing to send. */
function fateOf({ lease, fate }: PastLease, { present }: RoundFrame): WorkerReport['fate'] {
  if (fate === 'lost') return present.has(lease.worker) ? 'straggled' : 'gone'
  return fate === 'done' && lease.arrivals.length > 0 ? 'answered' : 'covered'
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
