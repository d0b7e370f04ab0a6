// Real volunteers and a real server, in one process: a round whose work changes hands while it is done, and whose sum is
// put together from tiles, against the sum of one process.

import type { AddressInfo } from 'node:net'
import { addDataset, buildServer, latestOnly, openRun, prepareRun, vectorsInThisThread } from '@muster/coordinator'
import { relativeError } from '@muster/parameters'
import { createMemoryStorage } from '@muster/storage'
import type { Strategy, StrategyEffect, StrategyEvent } from '@muster/strategies'
import { type LeaseId, leaseId, type PartitionIndex, type WorkerId } from '@muster/vocabulary'
import { createVolunteer, type VolunteerStatus } from '@muster/volunteer'
import { makeDigits } from '@muster/workloads'
import { expect, test } from 'vitest'
import { createSingleProcessRun } from './single-process-run.ts'

const rounds = 3
const runFile = {
  title: 'Tiles',
  for: 'tests',
  dataset: 'digits',
  model: { kind: 'mlp', hidden: [6], activation: 'tanh' },
  optimiser: { kind: 'momentum', learningRate: 0.1, momentum: 0.9 },
  partitions: 6,
  batchPerPartition: 4,
  evaluateEvery: 100,
  leaseMs: 60_000,
  end: { rounds },
}

interface Hands {
  readonly segments: number
  readonly here: readonly WorkerId[]
  readonly leases: number
  /** Of who has a list that grows, and of who has it cut; null between rounds. */
  readonly open: { readonly grows: LeaseId; readonly cut: LeaseId; readonly missing: number } | null
}

const inTiles = (partitions: readonly PartitionIndex[]) =>
  ({ partitions, levels: [], upload: 'in-tiles', beatMs: 5 }) as const

/**
 * Every round: one worker has partition 0 and is given 1; the other has 2 to 5, cut after what it has begun. What was cut
 * off is then computed by both, and each sends half of its coordinates.
 */
const changingHands: Strategy<Hands> = {
  name: 'changing-hands',
  meaning: 'Work changes hands.',
  promise: 'whole-gradient',
  settings: [],
  measures: [],
  start: ({ segments, leasesIssued = 0 }) => ({ segments, here: [], leases: leasesIssued, open: null }),
  step(state, event) {
    const heard = event.type === 'worker-joined' ? { ...state, here: [...state.here, event.worker] } : state
    if (heard.open === null) return heard.here.length === 2 ? openRound(heard) : [heard, []]
    if (event.type === 'model-advanced') return openRound(heard)
    if (event.type === 'progress-announced') return askOnceCut(heard, heard.open, event)
    if (event.type === 'result-arrived') return take(heard, heard.open, event)
    return [heard, []]
  },
  beliefs: () => [],
}

function openRound(state: Hands): [Hands, StrategyEffect[]] {
  const [grows, cut] = [leaseId(state.leases + 1), leaseId(state.leases + 2)]
  const [one, other] = state.here
  return [
    { ...state, leases: state.leases + 2, open: { grows, cut, missing: Infinity } },
    [
      { type: 'assign-work', worker: one!, lease: grows, work: inTiles([0]) },
      { type: 'assign-work', worker: other!, lease: cut, work: inTiles([2, 3, 4, 5]) },
      { type: 'order-tiles', lease: grows, order: { type: 'extend', partitions: [1] } },
      { type: 'order-tiles', lease: cut, order: { type: 'shorten', to: 1 } },
    ],
  ]
}

function askOnceCut(
  state: Hands,
  open: NonNullable<Hands['open']>,
  { lease, tiles }: Extract<StrategyEvent, { type: 'progress-announced' }>,
): [Hands, StrategyEffect[]] {
  const length = tiles?.length ?? null
  if (open.missing !== Infinity || lease !== open.cut || length === null) return [state, []]
  const partitions = [2, 3, 4, 5].slice(length)
  const { segments } = state
  const halves = (lower: number, upper: number) =>
    Array.from({ length: segments }, (_, segment) => (segment < segments / 2 ? lower : upper))
  const ask = (of: LeaseId, upTo: readonly number[], direction: 'upward' | 'downward'): StrategyEffect => ({
    type: 'order-tiles',
    lease: of,
    order: { type: 'send', partitions, upTo, direction },
  })
  return [
    { ...state, open: { ...open, missing: 2 * segments } },
    [
      ask(open.grows, halves(2 + partitions.length, 2), 'upward'),
      ask(open.cut, halves(length, length + partitions.length), 'downward'),
    ],
  ]
}

function take(
  state: Hands,
  open: NonNullable<Hands['open']>,
  { handle }: Extract<StrategyEvent, { type: 'result-arrived' }>,
): [Hands, StrategyEffect[]] {
  const missing = open.missing - 1
  const effects: StrategyEffect[] = [{ type: 'accumulate', handle }]
  if (missing === 0) effects.push({ type: 'combine', target: 'gradient', terms: [], counted: null })
  return [{ ...state, open: { ...open, missing } }, effects]
}

test('[TILE16] a list that grows, one that is cut, and tiles of both give the sum of one process', async () => {
  const storage = createMemoryStorage()
  addDataset(storage, makeDigits({ seed: 1, trainCount: 120, testCount: 20 }))
  const direct = await createSingleProcessRun(prepareRun(storage, runFile, 'tiles.json'))
  const opened = openRun(storage, runFile, 'tiles.json', 0)
  const audited: { round: number; parameters: Float32Array; gradient: Float64Array }[] = []
  const broken: Error[] = []
  const server = await buildServer({
    opened: { ...opened, policy: { strategy: changingHands as Strategy, own: {} } },
    storage,
    operatorToken: 'token',
    pagesFolder: null,
    vectors: vectorsInThisThread({ run: opened.id, ...opened, optimiser: opened.file.optimiser }, storage.checkpoints),
    evaluator: latestOnly(
      async () => ({ loss: 0, accuracy: 0 }),
      async () => {},
    ),
    hooks: {
      onBroken: error => void broken.push(error),
      audit: {
        wants: () => true,
        applied: (round, parameters, gradient) => void audited.push({ round, parameters, gradient }),
      },
    },
  })
  await server.fastify.listen({ port: 0, host: '127.0.0.1' })
  const coordinator = `http://127.0.0.1:${(server.fastify.server.address() as AddressInfo).port}`
  const statuses = new Map<string, VolunteerStatus>()
  const volunteers = ['a', 'b'].map(tab =>
    createVolunteer(
      { coordinator, volunteer: 'v', tab, share: 1, backend: 'wasm' },
      { partitionBytesMax: 2 ** 24 },
      status => void statuses.set(tab, status),
    ),
  )
  try {
    for (const volunteer of volunteers) volunteer.command({ type: 'begin' })
    await expect
      .poll(() => broken.length > 0 || server.conductor.run().phase === 'ended', { timeout: 40_000 })
      .toBe(true)
    expect(broken).toEqual([])
    expect(audited).toHaveLength(rounds)
    for (const { round, parameters, gradient } of audited) {
      const expected = await direct.directGradient(parameters, round)
      expect(relativeError(gradient, expected.gradient)).toBeLessThan(1e-6)
      const record = server.conductor.chronicle.history[round]!
      expect(record.loss).toBeCloseTo(expected.lossSum / expected.samples, 6)
      expect(record.results).toBe(2)
    }
    expect(server.conductor.chronicle.refusals).toEqual({})
    await expect.poll(() => [...statuses.values()].map(status => status.contributed.results)).toEqual([rounds, rounds])
    const samples = [...statuses.values()].reduce((sum, status) => sum + status.contributed.samples, 0)
    const computed = [...statuses.values()].reduce((sum, status) => sum + status.contributed.partitions, 0)
    expect(samples).toBe(4 * computed)
    // What was cut off was computed twice.
    expect(computed).toBeGreaterThanOrEqual(6 * rounds)
  } finally {
    for (const volunteer of volunteers) volunteer.close()
    await server.close()
  }
})
