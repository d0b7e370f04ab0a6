// A made-up run of bounded staleness: twenty workers, four of them slow, K growing as the loss falls.

import type { Lane, Panel, RoundRecord, Snapshot, WorkerRow } from '@muster/protocol'
import { noise, startedAt, storyRound, storySnapshot } from './run-story.ts'
import { storyStrategies } from './strategy-list.ts'

const workersCount = 20
const slowCount = 4
const boundFactor = 2
const bins = 17

const workers = Array.from({ length: workersCount }, (_, index) => ({
  worker: Math.floor((0.07 + 0.92 * noise(index + 400)) * 2 ** 48)
    .toString(16)
    .padStart(12, '0'),
  isSlow: index % 5 === 3 && index / 5 < slowCount,
}))

const targetOf = (round: number): number => Math.min(16, 4 + Math.floor(round / 14))
const boundOf = (round: number): number => Math.ceil((boundFactor * workersCount) / targetOf(round))

export function stalenessRound(round: number): RoundRecord {
  const target = targetOf(round)
  const restarted = noise(round * 13) > 0.72 ? 1 + Math.floor(noise(round * 29) * 2.4) : 0
  return {
    ...storyRound(round),
    ms: 70 + target * 9 + 40 * noise(round * 3),
    workers: workersCount,
    stragglers: restarted,
    redundancy: 1,
    reissued: 0,
    results: target,
    bytesIn: target * 407_112,
    residual: 0,
    amplification: 1,
    figures: {
      k: target,
      target,
      stalenessMax: Math.min(boundOf(round), 1 + Math.floor(noise(round * 19) * boundOf(round) * 1.2)),
      bound: boundOf(round),
      restarted,
    },
  }
}

/** Most of what is applied is fresh; the slow make the tail. */
const counts = (round: number): number[] =>
  Array.from({ length: bins }, (_, bin) =>
    Math.round(round * (5.2 * Math.exp(-bin / 1.3) + 0.9 * Math.exp(-(((bin - 6) / 1.9) ** 2)) * (bin < 11 ? 1 : 0))),
  )

const panel = (round: number): Panel => ({
  title: 'Staleness',
  meaning:
    'Results are applied when K of them have come, each computed on the model its worker began with. Its staleness is how many updates the model has had since.',
  figures: [
    {
      key: 'k',
      title: 'Results waited for (K)',
      meaning: 'In force: the target, or everybody where fewer are here.',
      unit: 'count',
    },
    { key: 'target', title: 'Target K', meaning: 'Grows as the loss falls, and never falls.', unit: 'count' },
    {
      key: 'stalenessMax',
      title: 'Largest staleness used',
      meaning: 'Of the results applied in the round.',
      unit: 'count',
    },
    {
      key: 'bound',
      title: 'Staleness bound',
      meaning: 'Whoever reaches it is told to start anew from the new model.',
      unit: 'count',
    },
    {
      key: 'restarted',
      title: 'Restarted',
      meaning: 'Workers told to start anew at the beginning of the round.',
      unit: 'count',
    },
  ],
  histogram: {
    title: 'Staleness of what was applied',
    meaning: 'Results of the whole run, by how many updates behind they were.',
    of: 'updates behind',
    binsMax: 64,
    counts: counts(round),
  },
  workers: [
    { key: 'share', title: 'Share of what was applied', meaning: 'Of all results applied in the run.', unit: 'share' },
    { key: 'restarts', title: 'Restarts', meaning: 'How often it was told to start anew.', unit: 'count' },
    { key: 'staleness', title: 'Behind now', meaning: 'Updates since the model it is working on.', unit: 'count' },
    {
      key: 'size',
      title: 'Partitions a step',
      meaning: 'Of one of its steps; less for a worker that starves.',
      unit: 'count',
    },
  ],
  workersOverTime: [],
  graph: null,
})

function workerRow(index: number, round: number): WorkerRow {
  const { worker, isSlow } = workers[index]!
  const results = Math.round(round * (isSlow ? 0.09 : 0.52 + 0.06 * noise(index)))
  return {
    worker,
    volunteer: `volunteer-${index % 7}`,
    backend: isSlow ? 'wasm' : 'webgpu',
    state: isSlow && index === 8 ? 'silent' : noise(round * 5 + index) > 0.85 ? 'announced' : 'computing',
    msPerPartition: isSlow ? 190 + 20 * index : 12 + 8 * noise(index * 3),
    joinedAtRound: 0,
    results,
    partitions: results * 3,
    straggled: 0,
    refused: 0,
    heardMsAgo: isSlow && index === 8 ? 4_200 : 90 * index,
    figures: {
      share: (isSlow ? 0.09 : 0.54) / (slowCount * 0.09 + (workersCount - slowCount) * 0.54),
      restarts: isSlow ? Math.floor(round / 8) + index : 0,
      // Who answered just now holds no work.
      ...(index === 0 ? {} : { staleness: isSlow ? 2 + ((round + index) % 4) : (round + index) % 2 }),
      size: isSlow ? 1 : 3,
    },
  }
}

/** Whoever is restarted has two lanes in a round: of the work that was dropped, and of what it began instead. */
function stalenessLanes(index: number, round: number, ms: number): Lane[] {
  const { worker, isSlow } = workers[index]!
  const lane = { worker, partitions: isSlow ? 1 : 3, announcedAt: null, answeredAt: null, endedAt: null }
  const turn = noise(round * 17 + index)
  if (isSlow && turn > 0.8) {
    const endedAt = ms * (turn - 0.8)
    return [
      { ...lane, fate: 'restarted', assignedAt: -3 * ms, endedAt },
      { ...lane, fate: 'working', assignedAt: endedAt + 4 },
    ]
  }
  if (isSlow && turn > 0.12) return [{ ...lane, fate: 'working', assignedAt: -2.4 * ms }]
  if (turn < 0.34) return [{ ...lane, fate: 'working', assignedAt: ms * (0.2 + turn) }]
  const computed = ms * (0.4 + 0.5 * noise(round * 31 + index))
  const announced = { announcedAt: computed, answeredAt: Math.min(ms, computed + ms * 0.07) }
  return [{ ...lane, ...announced, fate: 'answered', assignedAt: turn > 0.6 ? 3 : -ms * turn }]
}

export function stalenessSnapshot(round: number): Snapshot {
  const { name, meaning, promise } = storyStrategies.find(one => one.promise === 'bounded-staleness')!
  const indices = workers.map((_, index) => index)
  return {
    ...storySnapshot('busy', round),
    strategy: {
      name,
      meaning,
      promise,
      settings: { k0: 4, rule: 'adasync', c: boundFactor, starvedAfter: 2 },
      panel: panel(round),
    },
    pending: [],
    roundsPerMinute: 412.6,
    sample: null,
    workers: indices.map(index => workerRow(index, round)),
    lanes: Array.from({ length: 20 }, (_, before) => {
      const number = round - 19 + before
      const { ms } = stalenessRound(number)
      return { round: number, ms, workers: indices.flatMap(index => stalenessLanes(index, number, ms)) }
    }),
    events: [
      { at: startedAt, round: 0, kind: 'run-started', detail: 'digits, MLP 784–128–10, seed 7' },
      { at: startedAt + 21_000, round: 84, kind: 'strategy', detail: 'adaptive-bounded-staleness, by the operator' },
    ],
  }
}
