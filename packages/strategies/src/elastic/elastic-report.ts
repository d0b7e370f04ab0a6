// What is said of an exchange, and what there is to show of it.

import type { Milliseconds } from '@muster/vocabulary'
import { reportStanding } from '../standing.ts'
import type { Panel, PanelFigure, RoundReport } from '../strategy.ts'
import type { ArrivedReplica, ElasticSeat, ElasticState, Exchange } from './elastic-state.ts'

const arrivedShare = ({ exchanges, lost }: { readonly exchanges: number; readonly lost: number }): number =>
  exchanges / Math.max(1, exchanges + lost)

const exchangeFigures = ({ distance, score, pull, push }: Exchange): Readonly<Record<string, number>> => ({
  distance,
  ...(score === null ? {} : { score }),
  pull,
  push,
})

export function reportExchange(
  before: ElasticState,
  after: ElasticState,
  result: ArrivedReplica,
  exchange: Exchange,
  at: Milliseconds,
): RoundReport {
  return {
    ...reportStanding(before, [result], at),
    figures: { arrived: arrivedShare(after), resets: after.resets },
    workerFigures: { [result.worker]: exchangeFigures(exchange) },
  }
}

export const seatFigures = (seat: ElasticSeat): Readonly<Record<string, number>> => ({
  ...(seat.last === null ? {} : exchangeFigures(seat.last)),
  resets: seat.resets,
  ...(seat.exchanges + seat.lost === 0 ? {} : { arrived: arrivedShare(seat) }),
})

const ofExchange: readonly PanelFigure[] = [
  {
    key: 'distance',
    title: 'Distance',
    meaning: '‖x − x̃‖ from its own parameters to the model, before the exchange.',
    unit: 'number',
    scale: 'log',
  },
  {
    key: 'score',
    title: 'Drift',
    meaning: 'How fast the logarithm of its distance has grown lately, beside the others’: above 0 it drifts away.',
    unit: 'number',
  },
  {
    key: 'pull',
    title: 'Pull h₁',
    meaning: 'How far it is drawn to the model: the moving rate when healthy, 100% when it is taken back to the model.',
    unit: 'share',
  },
  {
    key: 'push',
    title: 'Push h₂',
    meaning: 'How far the model is moved toward it: the moving rate when healthy, 0 when it is not heeded.',
    unit: 'share',
  },
]

const arrived: PanelFigure = {
  key: 'arrived',
  title: 'Exchanges that arrived',
  meaning: 'Of those that were due; the others failed, and the worker went on by itself.',
  unit: 'share',
}

const resets: PanelFigure = {
  key: 'resets',
  title: 'Resets',
  meaning: 'Workers taken back to the model altogether, because they had drifted too far.',
  unit: 'count',
}

export const elasticPanel: Panel = {
  title: 'Elastic averaging',
  meaning:
    'Each tab learns on parameters of its own. In an exchange, a round each, it is drawn toward the model and the model toward it.',
  figures: [arrived, resets],
  histogram: null,
  workers: [...ofExchange, resets, arrived],
  workersOverTime: ofExchange,
}
