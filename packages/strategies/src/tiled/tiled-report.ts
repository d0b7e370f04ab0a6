// What is told of a tiled round.

import type { Milliseconds } from '@muster/vocabulary'
import type { RoundReport, WorkerReport } from '../strategy.ts'
import type { PastLease, TiledRound, TiledState } from './tiled-state.ts'

export function reportTiled({ settings }: TiledState, open: TiledRound, at: Milliseconds): RoundReport {
  const { past, tally, openedAt } = open
  const lost = past.filter(({ fate, lease }) => fate === 'lost' && !lease.isRescue)
  const orders = tally.orders
  return {
    stragglers: lost.length,
    redundancy: 1 + tally.replicated / settings.partitions,
    reissued: past.reduce((sum, { lease }) => sum + (lease.isRescue ? lease.finished : 0), 0),
    exceeded: 0,
    residual: 0,
    amplification: 1,
    workers: past.map(entry => laneOf(entry, openedAt, at)),
    figures: {
      moved: tally.moved / settings.partitions,
      orders,
      rescued: tally.rescued,
      replicated: tally.replicated / settings.partitions,
    },
  }
}

function laneOf({ lease, fate, at }: PastLease, openedAt: Milliseconds, closedAt: Milliseconds): WorkerReport {
  const { worker, finished, assignedAt, firstTileAt, lastTileAt } = lease
  return {
    worker,
    fate: fate === 'done' ? 'answered' : fate === 'lost' ? 'gone' : 'covered',
    partitions: finished,
    assignedAt: assignedAt - openedAt,
    announcedAt: firstTileAt === null ? null : firstTileAt - openedAt,
    answeredAt: fate === 'done' && lastTileAt !== null ? lastTileAt - openedAt : null,
    endedAt: fate === 'done' ? null : Math.min(at, closedAt) - openedAt,
  }
}
