// A made-up run of tiled rounds: ten workers whose lists change hands, one that vanishes now and then, others that rescue
// what it leaves.

import type { Lane, Panel, PanelFigure, RoundRecord, Snapshot } from '@muster/protocol'
import { noise, storyRound, storySnapshot } from './run-story.ts'

const workersCount = 10
const segments = 16
/** The last of those who are here, in some rounds. */
const vanishes = workersCount - 1

const workers = Array.from({ length: workersCount }, (_, index) =>
  Math.floor((0.07 + 0.92 * noise(index + 700)) * 2 ** 48)
    .toString(16)
    .padStart(12, '0'),
)

const isLost = (round: number): boolean => noise(round * 7.3) > 0.72

export function tiledRound(round: number): RoundRecord {
  const lost = isLost(round)
  const replicated = 0.09 + 0.05 * noise(round * 5)
  const kept = lost ? 0.03 * noise(round * 23) : 0
  return {
    ...storyRound(round),
    ms: 2050 + 160 * noise(round * 3) + (lost ? 420 : 0),
    workers: workersCount,
    stragglers: lost ? 1 : 0,
    redundancy: 1 + replicated,
    reissued: lost ? 9 : 0,
    load: 1 + replicated + (lost ? 0.14 : 0.01),
    results: workersCount,
    residual: 0,
    amplification: 1,
    figures: {
      moved: 0.05 + 0.11 * noise(round * 9),
      replicated,
      rescued: lost ? 5 + Math.floor(9 * noise(round * 31)) : 0,
      orders: 40 + Math.floor(25 * noise(round * 37)),
      tiles: segments * workersCount + (lost ? 22 : 0),
      kept,
      uploadSpared: 190 + 70 * noise(round * 41),
    },
  }
}

const share = (key: string, title: string, meaning: string): PanelFigure => ({ key, title, meaning, unit: 'share' })

const panel: Panel = {
  title: 'Tiles',
  meaning: 'Each partition has one owner, and owners change while tabs compute, so that all end together.',
  figures: [
    share('moved', 'Changed hands', 'Of the partitions, those taken back from a slow tab and given to another.'),
    share('replicated', 'Computed by two on purpose', 'So that each tab of a pair sends fewer coordinates.'),
    { key: 'rescued', title: 'Rescued segments', meaning: 'Promised by a tab that was lost.', unit: 'count' },
    { key: 'orders', title: 'Orders sent', meaning: 'In the last round.', unit: 'count', scale: 'none' },
    { key: 'tiles', title: 'Tiles added', meaning: 'In the last round.', unit: 'count', scale: 'none' },
    { ...share('kept', 'Kept from tabs that were lost', 'Came in tiles before the tab was lost.'), isSaving: true },
    { key: 'uploadSpared', title: 'Upload not waited for', meaning: 'By a tab.', unit: 'ms', isSaving: true },
  ],
  histogram: null,
  workers: [],
  workersOverTime: [],
  graph: null,
}

function heldIn(seed: number, ms: number): [number, number][] {
  const held: [number, number][] = [[0, 24]]
  for (let change = 1; change <= 1 + 4 * noise(seed); change++) {
    const by = noise(seed * change * 3) > 0.5 ? 2 : -1
    held.push([ms * (0.25 + 0.08 * change), held.at(-1)![1] + by])
  }
  return held
}

const tilesIn = (from: number, to: number, count: number): [number, number][] =>
  Array.from({ length: count }, (_, i) => [from + ((to - from) * (i + 1)) / count, 1 / segments])

function tiledLanes(index: number, round: number, ms: number): Lane[] {
  const seed = round * 17 + index
  const ownMs = isLost(round) ? ms - 420 : ms
  const lane = { worker: workers[index]!, partitions: 25, assignedAt: 0, held: heldIn(seed, ownMs) }
  if (isLost(round) && index === vanishes) {
    const endedAt = ownMs * 0.83
    return [
      { ...lane, fate: 'gone', announcedAt: null, answeredAt: null, endedAt, tiles: tilesIn(ownMs * 0.72, endedAt, 4) },
    ]
  }
  const answeredAt = ownMs * (0.93 + 0.06 * noise(seed))
  const answered = { fate: 'answered' as const, announcedAt: ownMs * (0.86 + 0.05 * noise(seed * 2)), endedAt: null }
  const own: Lane = { ...lane, ...answered, answeredAt, tiles: tilesIn(ownMs * 0.72, answeredAt, segments) }
  if (!isLost(round) || index % 3 === 1) return [own]
  const rescue = { ...answered, worker: lane.worker, partitions: 3, isRescue: true, announcedAt: null }
  return [own, { ...rescue, assignedAt: ownMs * 0.86, answeredAt: ms * (0.94 + 0.05 * noise(seed * 3)) }]
}

export function tiledSnapshot(round: number): Snapshot {
  const story = storySnapshot('busy', round)
  const indices = workers.map((_, index) => index)
  return {
    ...story,
    strategy: {
      name: 'tiled',
      meaning: 'Each partition has one owner and ownership moves while tabs compute; then pairs of tabs share uploads.',
      promise: 'whole-gradient',
      settings: { together: 'meet', moves: 'while-computing', rescue: 'grid' },
      panel,
    },
    roundsPerMinute: 27.4,
    sample: null,
    workers: indices.map(index => ({ ...story.workers[index % 4]!, worker: workers[index]! })),
    lanes: Array.from({ length: 8 }, (_, before) => {
      const number = round - 7 + before
      const { ms } = tiledRound(number)
      return { round: number, ms, workers: indices.flatMap(index => tiledLanes(index, number, ms)) }
    }),
  }
}
