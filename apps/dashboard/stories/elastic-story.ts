// A made-up run of elastic averaging, one tab frozen in the middle and taken back to the model when it wakes.

import type { Lane, Panel, PanelFigure, RoundRecord, Snapshot, WorkerRow } from '@muster/protocol'
import { type Exchange, exchangesOf } from './elastic-exchanges.ts'
import { noise, startedAt, storyRound, storySnapshot } from './run-story.ts'
import type { Story } from './stories.ts'
import { storyStrategies } from './strategy-list.ts'

const opensAt = 300
/** A story's learning curve is told for rounds of the whole gradient, which learn more each. */
const pace = 2.2
const backends = ['webgpu', 'wasm', 'webgl', 'webgpu'] as const

const idOf = (index: number): string =>
  Math.floor((0.07 + 0.92 * noise(index + 800)) * 2 ** 48)
    .toString(16)
    .padStart(12, '0')

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

const panel: Panel = {
  title: 'Elastic averaging',
  meaning:
    'Each tab learns on parameters of its own. In an exchange, a round each, it is drawn toward the model and the model toward it.',
  figures: [arrived, resets],
  histogram: null,
  workers: [...ofExchange, resets, arrived],
  workersOverTime: [...ofExchange],
  graph: null,
}

const testLossAt = (round: number): number => 0.19 + 2.1 * Math.exp(-round / (24 * pace))
const accuracyAt = (round: number): number => 0.955 - 0.86 * Math.exp(-round / (20 * pace))

export function elasticStory(workers: number): Story {
  const exchangeAt = exchangesOf(workers)
  const arrivedOf = (round: number): number => 1 - (workers === 1 ? 0 : 0.06 * noise(Math.floor(round / 9)))

  function roundOf(round: number): RoundRecord {
    const { worker, told, ms, resets: taken, present } = exchangeAt(round)
    const learnt = storyRound(Math.max(1, Math.floor(round / pace)))
    const isTested = round % 10 === 0
    return {
      ...storyRound(round),
      ms,
      workers: present.length,
      loss: learnt.loss + 0.06 * noise(round * 5),
      testLoss: isTested ? testLossAt(round) : null,
      testAccuracy: isTested ? accuracyAt(round) : null,
      gradientNorm: null,
      stragglers: 0,
      redundancy: 1,
      reissued: 0,
      results: 1,
      bytesIn: 407_112,
      residual: 0,
      amplification: 1,
      figures: { arrived: arrivedOf(round), resets: taken.reduce((sum, count) => sum + count, 0) },
      workerFigures: { [idOf(worker)]: told },
    }
  }

  function rowOf(index: number, round: number): WorkerRow {
    const { exchanges, resets: taken, last } = exchangeAt(round)
    const results = exchanges[index] ?? 0
    return {
      worker: idOf(index),
      volunteer: `volunteer-${index % 3}`,
      backend: backends[index % backends.length] ?? 'wasm',
      state: noise(round * 5 + index) > 0.8 ? 'announced' : 'computing',
      msPerPartition: 14 + 60 * noise(index * 3),
      joinedAtRound: 0,
      results,
      partitions: results * 4,
      straggled: 0,
      refused: 0,
      heardMsAgo: 90 * index,
      figures: { arrived: arrivedOf(round + index), resets: taken[index] ?? 0, ...last[index] },
    }
  }

  return {
    moves: true,
    opensAt,
    round: roundOf,
    snapshot: round => snapshotOf(round, exchangeAt(round), index => rowOf(index, round), lanesOf(exchangeAt)),
  }
}

/** One tab's work ended in the round; the others' went on. */
const lanesOf =
  (exchangeAt: (round: number) => Exchange) =>
  (round: number): Lane[] => {
    const { worker: answering, present, ms } = exchangeAt(round)
    return present.map(index => {
      const lane = { worker: idOf(index), partitions: 4, announcedAt: null, answeredAt: null, endedAt: null }
      return index === answering
        ? { ...lane, fate: 'answered', assignedAt: -300, announcedAt: ms * 0.6, answeredAt: ms }
        : { ...lane, fate: 'working', assignedAt: -200 }
    })
  }

function snapshotOf(
  round: number,
  { present }: Exchange,
  rowOf: (index: number) => WorkerRow,
  lanesAt: (round: number) => Lane[],
): Snapshot {
  const { name, meaning, promise } = storyStrategies.find(one => one.promise === 'elastic-exchange')!
  return {
    ...storySnapshot('busy', round),
    strategy: {
      ...{ name, meaning, promise, panel },
      settings: { movingRate: 0.1, localSteps: 4, localOptimiser: 'momentum', weights: 'dynamic', overlap: 0.25 },
    },
    pending: [],
    round,
    roundsEnd: null,
    roundsPerMinute: 512.4,
    testLoss: testLossAt(round - (round % 10)),
    testAccuracy: accuracyAt(round - (round % 10)),
    sample: null,
    workers: present.map(rowOf),
    lanes: Array.from({ length: Math.min(20, round) }, (_, before) => round - Math.min(20, round) + 1 + before).map(
      number => ({ round: number, ms: 80 + 60 * noise(number), workers: lanesAt(number) }),
    ),
    events: [
      { at: startedAt, round: 0, kind: 'run-started', detail: 'digits, MLP 784–128–10, seed 7' },
      { at: startedAt + 9_000, round: 0, kind: 'strategy', detail: 'elastic-averaging, by the operator' },
    ],
  }
}
