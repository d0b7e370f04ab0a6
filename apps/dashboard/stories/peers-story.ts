// A made-up run of dynamic backup workers: tabs that talk to their neighbours and wait for the fastest of these only.

import type { Lane, Panel, PanelFigure, RoundRecord, Snapshot, WorkerRow } from '@muster/protocol'
import { iterationsOf, linksOf, peerId } from './peers-iterations.ts'
import { noise, startedAt, storyRound, storySnapshot } from './run-story.ts'
import type { Story } from './stories.ts'

const opensAt = 300
const iterationsShown = 40
/** A story's learning curve is told for rounds of the whole gradient, which learn more each. */
const pace = 2.2
const backends = ['webgpu', 'wasm', 'webgl', 'webgpu'] as const

const backups: PanelFigure = {
  key: 'backups',
  title: 'Backup workers',
  meaning: 'Neighbours that it did not wait for, in the mean over the iterations since the round before.',
  unit: 'number',
}

const figures: readonly PanelFigure[] = [
  {
    key: 'iterations',
    title: 'Iterations',
    meaning: 'Of the run so far: in each of them every peer steps or is left to go on, and neighbours mix.',
    unit: 'count',
  },
  {
    key: 'iterationMs',
    title: 'Milliseconds an iteration',
    meaning: 'In the mean over peers and over the iterations since the round before.',
    unit: 'number',
  },
  {
    key: 'linksSkipped',
    title: 'Links skipped',
    meaning: 'Share of the graph’s edges over which nothing was exchanged in an iteration: nobody waited for them.',
    unit: 'share',
  },
  {
    key: 'backups',
    title: 'Backup workers',
    meaning: 'Neighbours that a peer did not wait for, in the mean over peers and iterations.',
    unit: 'number',
  },
  {
    key: 'consensusDistance',
    title: 'Consensus distance',
    meaning: '(1/n) Σ‖w_j − w̄‖: how far the estimates are from their mean.',
    unit: 'number',
    scale: 'log',
  },
]

const testLossAt = (round: number): number => 0.19 + 2.1 * Math.exp(-round / (24 * pace))
const accuracyAt = (round: number): number => 0.955 - 0.86 * Math.exp(-round / (20 * pace))

export function peersStory(count: number): Story {
  const peers = Array.from({ length: count }, (_, index) => index)
  const links = linksOf(count)
  const at = iterationsOf(count, links)

  const panelOf = (round: number): Panel => ({
    title: 'Peers',
    meaning:
      'Each tab has an estimate of its own and mixes it with those of neighbours that have finished. A round is the mean of all estimates after the same iteration; nobody waits for it.',
    figures: [...figures],
    histogram: null,
    workers: [backups],
    workersOverTime: [backups],
    graph: {
      title: 'Who talks to whom',
      meaning:
        'Peers and the edges between them; in each iteration only edges whose both ends have finished are active.',
      peers: peers.map(peerId),
      edges: [...links],
      iterations:
        count === 0 ? [] : lastOf(round).map(number => ({ iteration: number, active: [...at(number).active] })),
    },
  })

  function roundOf(round: number): RoundRecord {
    const told = at(round)
    const learnt = storyRound(Math.max(1, Math.floor(round / pace)))
    const isTested = round % 10 === 0
    return {
      ...learnt,
      round,
      ms: told.ms,
      workers: count,
      loss: learnt.loss + 0.04 * noise(round * 5),
      testLoss: isTested ? testLossAt(round) : null,
      testAccuracy: isTested ? accuracyAt(round) : null,
      gradientNorm: null,
      stragglers: 0,
      redundancy: 1,
      reissued: 0,
      load: 1,
      results: told.active.length,
      residual: 0,
      amplification: 1,
      figures: {
        iterations: round,
        iterationMs: told.ms,
        linksSkipped: links.length === 0 ? 0 : 1 - told.active.length / links.length,
        backups: told.backups.reduce((sum, one) => sum + one, 0) / Math.max(1, count),
        consensusDistance: told.consensus,
      },
      workerFigures: Object.fromEntries(peers.map(peer => [peerId(peer), { backups: told.backups[peer] ?? 0 }])),
    }
  }

  function rowOf(peer: number, round: number): WorkerRow {
    const told = at(round)
    return {
      worker: peerId(peer),
      volunteer: `volunteer-${peer % 5}`,
      backend: backends[peer % backends.length] ?? 'wasm',
      state: noise(round * 5 + peer) > 0.8 ? 'announced' : 'computing',
      msPerPartition: 14 + 60 * noise(peer * 3),
      joinedAtRound: 0,
      results: Math.round(round * (0.6 + 0.3 * noise(peer))),
      partitions: round * 2,
      straggled: 0,
      refused: 0,
      heardMsAgo: 20 * peer,
      figures: { backups: told.backups[peer] ?? 0 },
    }
  }

  const lanesOf = (ms: number): Lane[] =>
    peers.map(peer => ({
      ...{ worker: peerId(peer), partitions: 2, fate: 'answered', assignedAt: 0, endedAt: null },
      ...{ announcedAt: ms * 0.8 * noise(peer + ms), answeredAt: ms * (0.8 + 0.2 * noise(peer)) },
    }))

  function snapshotOf(round: number): Snapshot {
    const isEmpty = count === 0
    const told = storySnapshot(isEmpty ? 'empty' : 'busy', round)
    const strategy: Snapshot['strategy'] = {
      name: 'dynamic-backup-workers',
      meaning: 'Tabs talk to their neighbours, without a centre, and wait for the fastest of them only.',
      promise: 'mean-of-peers',
      settings: { graph: 'random', neighbours: 3, localOptimiser: 'momentum' },
      panel: panelOf(round),
    }
    if (isEmpty) return { ...told, strategy }
    return {
      ...told,
      strategy,
      pending: [],
      roundsEnd: null,
      roundsPerMinute: 812.4,
      testLoss: testLossAt(round - (round % 10)),
      testAccuracy: accuracyAt(round - (round % 10)),
      sample: null,
      workers: peers.map(peer => rowOf(peer, round)),
      lanes: lastOf(round, 20).map(number => {
        const { ms } = at(number)
        return { round: number, ms, workers: lanesOf(ms) }
      }),
      events: [
        { at: startedAt, round: 0, kind: 'run-started', detail: 'digits, MLP 784–128–10, seed 7' },
        { at: startedAt + 9_000, round: 0, kind: 'strategy', detail: 'dynamic-backup-workers, by the operator' },
      ],
    }
  }

  return { moves: count > 0, opensAt: count > 0 ? opensAt : 0, round: roundOf, snapshot: snapshotOf }
}

const lastOf = (round: number, shown = iterationsShown): number[] =>
  Array.from({ length: Math.min(shown, round) }, (_, before) => round - Math.min(shown, round) + 1 + before)
