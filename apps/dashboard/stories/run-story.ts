// A made-up run of exact rounds as the coordinator would tell it: six workers, one of them slow, one that leaves. The same every time.

import type { Lane, RoundRecord, RunEvent, Snapshot, WorkerRow } from '@muster/protocol'
import { storyStrategies } from './strategy-list.ts'

export type RunStory = 'busy' | 'empty' | 'paused' | 'ended'

/** Between 0 and 1, the same for the same seed. */
export const noise = (seed: number): number => {
  const wave = Math.sin(seed * 12.9898) * 43_758.5453
  return wave - Math.floor(wave)
}

const workerIds = ['5f3ac1de90b7', 'a2b8807cfe14', '09d1e2c4b3aa', 'c77e015fd288', '3be91f60aa41', 'e1840cd29b5c']
const gone = 'c77e015fd288'
const slow = '3be91f60aa41'
const goneAtRound = 116

export function storyRound(round: number): RoundRecord {
  const isFlaky = round > 52 && round < 74
  const stragglers = isFlaky ? Math.floor(noise(round) * 3) : noise(round + 0.5) > 0.93 ? 1 : 0
  const redundancy = round < 53 ? 1 : round < 58 ? 1.5 : round < 84 ? 2 : 1.25
  return {
    round,
    ms: 310 + 120 * noise(round * 3) + 60 * stragglers,
    workers: round > goneAtRound ? 5 : 6,
    loss: 0.14 + 2.2 * Math.exp(-round / 24) + 0.05 * (noise(round * 7) - 0.5),
    testLoss: round % 5 === 0 ? 0.19 + 2.1 * Math.exp(-round / 24) : null,
    testAccuracy: round % 5 === 0 ? 0.962 - 0.87 * Math.exp(-round / 20) + 0.006 * noise(round) : null,
    learningRate: round < 90 ? 0.5 : 0.2,
    gradientNorm: 0.3 + 1.8 * Math.exp(-round / 30),
    stragglers,
    redundancy,
    reissued: stragglers > 1 ? 4 : 0,
    load: redundancy * 0.86,
    results: 6,
    bytesIn: 6 * 407_112,
    residual: noise(round * 11) > 0.4 ? 0 : 3e-16 * (1 + noise(round)),
    amplification: 1 + 0.2 * noise(round * 5),
    figures: {},
  }
}

function storyLane(worker: string, index: number, round: number, ms: number): Lane {
  const computed = ms * (0.5 + 0.42 * noise(round * 31 + index))
  const lane = { worker, partitions: 11, assignedAt: 2 + index, announcedAt: computed, endedAt: null }
  if (worker === gone && round === goneAtRound) {
    return { ...lane, fate: 'gone', announcedAt: null, answeredAt: null, endedAt: ms * 0.4 }
  }
  if (worker === slow && noise(round) > 0.35) {
    return { ...lane, fate: 'straggled', announcedAt: null, answeredAt: null, endedAt: ms }
  }
  if (noise(round * 17 + index) > 0.75) return { ...lane, fate: 'covered', answeredAt: null, endedAt: ms * 0.9 }
  return { ...lane, fate: 'answered', answeredAt: Math.min(ms, computed + ms * 0.07) }
}

function storyWorkers(round: number): WorkerRow[] {
  const states = ['computing', 'announced', 'computing', 'computing', 'silent', 'idle'] as const
  const backends = ['webgpu', 'webgpu', 'wasm', 'wasm', 'cpu', 'webgl'] as const
  const speeds = [8.4, 9.1, 37.5, 41.2, 168, null]
  return workerIds
    .map((worker, index): WorkerRow => {
      const results = index === 5 ? 3 : round - index * 4
      return {
        worker,
        volunteer: `volunteer-${index % 3}`,
        backend: backends[index] ?? 'wasm',
        state: states[(index + round) % 2 === 0 ? index : index === 4 ? 4 : 0] ?? 'idle',
        msPerPartition: speeds[index] ?? null,
        joinedAtRound: index === 5 ? 114 : index,
        results,
        partitions: results * 11,
        straggled: worker === slow ? 27 : 0,
        refused: worker === slow ? 2 : 0,
        heardMsAgo: worker === slow ? 6_400 : 120 * index,
        figures: {},
      }
    })
    .filter(({ worker }) => worker !== gone || round <= goneAtRound)
}

export const startedAt = Date.UTC(2026, 4, 4, 9, 30)

const storyEvents: RunEvent[] = [
  { at: startedAt, round: 0, kind: 'run-started', detail: 'digits, MLP 784–128–10, seed 7' },
  { at: startedAt + 4_000, round: 0, kind: 'worker-joined', detail: '5f3ac1de on WebGPU' },
  {
    at: startedAt + 18_000,
    round: 53,
    kind: 'redundancy-rose',
    detail: 'from 1 to 1.5: one group lost its last punctual member',
  },
  { at: startedAt + 31_000, round: 90, kind: 'learning-rate-set', detail: '0.5 to 0.2, by the operator' },
  {
    at: startedAt + 41_000,
    round: goneAtRound,
    kind: 'worker-left',
    detail: 'c77e015f closed the tab; its block was reissued',
  },
]

const repetition = storyStrategies[0]!

export function storySnapshot(story: RunStory, round: number): Snapshot {
  const isEmpty = story === 'empty'
  const at = isEmpty ? 0 : round
  const lanes = Array.from({ length: isEmpty ? 0 : 20 }, (_, index) => {
    const number = at - 19 + index
    const { ms } = storyRound(number)
    const present = workerIds.filter(worker => worker !== gone || number <= goneAtRound)
    return { round: number, ms, workers: present.map((worker, row) => storyLane(worker, row, number, ms)) }
  })
  return {
    run: {
      id: 'story',
      title: 'Hand-drawn digits',
      for: 'anybody who wants to see many tabs train one model',
      dataset: 'Digits, 20,000 + 4,000 images',
      model: 'MLP 784–128–10, tanh',
      optimiser: 'momentum 0.9',
      partitions: 64,
      batchPerPartition: 32,
      parameterCount: 101_770,
      layersFormat: true,
    },
    strategy: {
      name: repetition.name,
      meaning: repetition.meaning,
      promise: repetition.promise,
      settings: { redundancyMin: 1, redundancyMax: 64, window: 20 },
      panel: null,
    },
    phase: story === 'busy' ? 'running' : story === 'empty' ? 'waiting' : story,
    pending: story === 'busy' ? ['learning rate 0.1'] : [],
    round: at,
    roundsEnd: story === 'ended' ? at : 300,
    learningRate: isEmpty ? 0.5 : 0.2,
    roundsPerMinute: isEmpty || story === 'ended' ? 0 : 154.3,
    totals: totalsUpTo(isEmpty ? 0 : at),
    testLoss: isEmpty ? null : 0.204,
    testAccuracy: isEmpty ? null : (storyRound(at - (at % 5)).testAccuracy ?? null),
    sample:
      story === 'busy' ? { round: at, text: 'First Citizen:\nThe day is more than all the words\nThat ever' } : null,
    workers: isEmpty || story === 'ended' ? [] : storyWorkers(at),
    lanes,
    refused: isEmpty ? {} : { 'round-closed': 31, 'value-not-finite': 2 },
    events: isEmpty ? storyEvents.slice(0, 1) : storyEvents,
  }
}

function totalsUpTo(round: number): Snapshot['totals'] {
  const totals = { stragglers: 0, reissued: 0, results: 0, bytesIn: 0 }
  for (let number = 1; number <= round; number++) {
    const record = storyRound(number)
    for (const key of ['stragglers', 'reissued', 'results', 'bytesIn'] as const) totals[key] += record[key]
  }
  return totals
}
