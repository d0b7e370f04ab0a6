import { once } from 'node:events'
import { findEntry } from '@muster/engine'
import { createOptimiser, updateModel } from '@muster/parameters'
import type { OrderMessage, Progress, WorkMessage } from '@muster/protocol'
import type { Strategy, StrategyEffect, StrategyEvent } from '@muster/strategies'
import { leaseId, resultHandle, segmentRange, type Work, workerId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import type { ScriptedWorker } from './scripted-worker.ts'
import { takeSnapshot } from './snapshot.ts'
import type { TestServer } from './test-server.ts'
import { createTestStage } from './test-stage.ts'

const { start, join } = createTestStage()

const beatMs = 1000
const inTiles = (...partitions: number[]): Work => ({ partitions, levels: [], upload: 'in-tiles', beatMs })

/** A server whose policy does what the test says next, and remembers what it was told. */
async function startPuppet(...settings: Parameters<typeof start>) {
  const server = await start(...settings)
  const told: StrategyEvent[] = []
  const due: StrategyEffect[] = []
  const puppet: Strategy<null> = {
    name: 'puppet',
    meaning: 'Does what the test says.',
    promise: 'whole-gradient',
    settings: [],
    measures: [],
    start: () => null,
    step(_, event) {
      told.push(event)
      return [null, due.splice(0)]
    },
    beliefs: () => [],
  }
  server.conductor.dispatch({ type: 'strategy-requested', strategy: puppet, own: {} })
  const { segments } = server.conductor.run().settings
  const { parameterCount } = server.opened.description
  return {
    server,
    segments,
    parameterCount,
    told,
    decide(...effects: StrategyEffect[]) {
      due.push(...effects)
      server.conductor.dispatch({ type: 'timer-fired', timer: 'any' })
    },
    /** Resolves when the run knows of it. */
    async join(name: string): Promise<ScriptedWorker> {
      const worker = await join(name, server)
      await expect.poll(() => findEntry(server.conductor.run().roster, workerId(name))).toBeDefined()
      return worker
    },
    assign(lease: number, worker: ScriptedWorker, work: Work) {
      this.decide({ type: 'assign-work', worker: workerId(worker.name), lease: leaseId(lease), work })
      return worker.nextWork()
    },
    /** What the order looks like to whom it is sent. */
    async order(lease: number, { socket }: ScriptedWorker, order: OrderMessage['order']): Promise<OrderMessage> {
      const heard = once(socket as never, 'order') as Promise<[OrderMessage]>
      this.decide({ type: 'order-tiles', lease: leaseId(lease), order })
      return (await heard)[0]
    },
    /** Says how far it is; resolves with what the policy was told of it. */
    async say({ socket }: ScriptedWorker, progress: Omit<Progress, 'computeMs' | 'ended'>) {
      const before = told.length
      socket.emit('progress', { computeMs: 1, ended: false, ...progress } satisfies Progress)
      await expect.poll(() => told.length).toBeGreaterThan(before)
      return told.at(-1)
    },
    tile(
      worker: ScriptedWorker,
      work: WorkMessage,
      segment: number,
      covers: number,
      vector: Float32Array,
      last = segment,
    ) {
      const { from } = segmentRange(parameterCount, segments, segment)
      const { to } = segmentRange(parameterCount, segments, last)
      const header = { covers, samples: 4 * covers, firstCoordinate: from, lossSum: covers }
      return worker.frame(work, header, vector.slice(from, to))
    },
    handlesHeld: () => [...server.conductor.run().held.keys()],
  }
}

const stateOf = ({ opened, conductor }: TestServer, { name }: ScriptedWorker) =>
  takeSnapshot(opened, conductor, () => 'v', 0).workers.find(({ worker }) => worker === name)!.state

describe('work in tiles over the wire', () => {
  test('[TILE16] orders reach the worker, what it says of them the policy; a list that was cut is not held against it', async () => {
    const stage = await startPuppet()
    const worker = await stage.join('a')
    const work = await stage.assign(1, worker, inTiles(0, 1, 2))
    expect(work).toMatchObject({ partitions: [0, 1, 2], levels: [], upload: 'in-tiles', beatMs })
    const extend = { type: 'extend', partitions: [4, 5] } as const
    expect(await stage.order(1, worker, { ...extend, partitions: [4, 5] })).toEqual({ lease: 1, order: extend })
    const cut = { type: 'shorten', to: 1 } as const
    expect(await stage.order(1, worker, cut)).toEqual({ lease: 1, order: cut })
    const tiles = { orders: 2, length: 2, sent: 0, uploadMs: 0 }
    expect(await stage.say(worker, { lease: 1, finished: 1, tiles })).toMatchObject({
      type: 'progress-announced',
      finished: 1,
      tiles: { length: 2, sent: 0, uploadMs: 0 },
    })
    // Said before the cut, and late on its way.
    expect(await stage.say(worker, { lease: 1, finished: 4, tiles })).toMatchObject({ finished: 2 })
    expect(stage.server.conductor.chronicle.refusals).toEqual({})
  })

  test('[TILE16] tiles of two workers add up to the round’s gradient, each coordinate its own way', async () => {
    const audited: Float64Array[] = []
    const audit = {
      wants: () => true,
      applied: (_: number, __: Float32Array, gradient: Float64Array) => void audited.push(gradient),
    }
    const stage = await startPuppet(undefined, undefined, { audit })
    const { server, segments, parameterCount } = stage
    const [a, b] = [await stage.join('a'), await stage.join('b')]
    const works = [await stage.assign(1, a, inTiles(0, 1, 2)), await stage.assign(2, b, inTiles(3, 4, 5))]
    const half = (segment: number) => segment < segments / 2
    const upTo = [
      Array.from({ length: segments }, (_, s) => (half(s) ? 3 : 2)),
      Array.from({ length: segments }, (_, s) => (half(s) ? 3 : 0)),
    ]
    const vectors = [Math.sin, Math.cos].map(of => Float32Array.from({ length: parameterCount }, (_, i) => of(i)))
    const { parameters } = server.conductor.versions.newest()
    const send = (i: number) => ({ type: 'send', partitions: [], upTo: upTo[i]!, direction: 'downward' }) as const
    await stage.order(1, a, { ...send(0), partitions: [] })
    await stage.order(2, b, { ...send(1), partitions: [] })
    for (const [i, worker] of [a, b].entries())
      for (const [segment, covers] of upTo[i]!.entries())
        if (covers > 0)
          expect(await worker.post(stage.tile(worker, works[i]!, segment, covers, vectors[i]!))).toMatchObject({
            status: 200,
          })
    expect(stage.handlesHeld()).toHaveLength(1.5 * segments)
    for (const handle of stage.handlesHeld()) stage.decide({ type: 'accumulate', handle: resultHandle(handle) })
    expect(stage.handlesHeld()).toEqual([])
    stage.decide({ type: 'combine', target: 'gradient', terms: [], counted: null })
    await expect.poll(() => server.conductor.chronicle.history.length).toBe(1)

    const base = new Float64Array(parameterCount)
    for (const [i, counts] of upTo.entries())
      for (const [segment, covers] of counts.entries()) {
        const { from, to } = segmentRange(parameterCount, segments, segment)
        if (covers > 0) for (let c = from; c < to; c++) base[c]! += vectors[i]![c]!
      }
    const optimiser = createOptimiser({ kind: 'momentum', learningRate: 0.1, momentum: 0.9 })
    const state = optimiser.init(parameterCount)
    const given = { parameters, optimiser, state, terms: [], base, sampleCount: 24, learningRate: 0.1 }
    expect(server.conductor.versions.newest().parameters).toEqual(updateModel(given).parameters)
    expect(audited).toEqual([base])
    // The loss came with segment 0, of both.
    expect(server.conductor.chronicle.history[0]).toMatchObject({ loss: 6 / 24, results: 2 })
  })

  test('[TILE15] what is no tile that was asked for is refused by its code, and the rest is taken', async () => {
    const stage = await startPuppet()
    const { segments, parameterCount } = stage
    const worker = await stage.join('a')
    const work = await stage.assign(1, worker, inTiles(0, 1))
    const vector = new Float32Array(parameterCount).fill(1)
    const whole = { covers: 2, samples: 8 }
    const width = segmentRange(parameterCount, segments, 1)
    const post = async (frame: Uint8Array<ArrayBuffer>) => (await worker.post(frame)).code
    expect(await post(stage.tile(worker, work, 0, 2, vector))).toBe('segment-unasked')
    const upTo = Array.from({ length: segments }, (_, s) => (s === 3 ? 0 : 2))
    await stage.order(1, worker, { type: 'send', partitions: [], upTo, direction: 'upward' })
    const part = (from: number, to: number) =>
      worker.frame(work, { ...whole, firstCoordinate: from }, vector.slice(from, to))
    expect(await post(part(width.from, width.to - 1))).toBe('range-mismatch')
    expect(await post(part(width.from + 1, width.to))).toBe('range-mismatch')
    expect(await post(part(0, width.to + 1))).toBe('range-mismatch')
    expect(await post(part(width.to, width.to))).toBe('range-mismatch')
    expect(await post(worker.frame(work, { ...whole, firstCoordinate: parameterCount }, vector.slice(0, 9)))).toBe(
      'range-mismatch',
    )
    expect(stage.handlesHeld()).toEqual([])
    expect(await post(stage.tile(worker, work, 3, 2, vector))).toBe('segment-unasked')
    expect(await post(stage.tile(worker, work, 1, 1, vector))).toBe('cover-not-a-level')
    expect(
      await post(
        stage.tile(
          worker,
          work,
          1,
          2,
          vector.map(() => Number.NaN),
        ),
      ),
    ).toBe('value-not-finite')
    expect(await post(stage.tile(worker, work, 1, 2, vector))).toBeUndefined()
    expect(await post(stage.tile(worker, work, 1, 2, vector))).toBe('answer-repeated')
    expect(await post(stage.tile(worker, work, segments - 1, 2, vector))).toBeUndefined()
    expect(stage.handlesHeld()).toHaveLength(2)
    // A lease that is not in tiles has none.
    const other = await stage.join('b')
    const plain = await stage.assign(2, other, { partitions: [5], levels: [{ upTo: 1 }], upload: 'when-done' })
    expect((await other.post(stage.tile(other, plain, 0, 1, vector))).code).toBe('segment-unasked')
    expect((await other.post(other.frame(plain))).status).toBe(200)
  })

  test('[TILE16] a frame of several segments is as many tiles, and one of all coordinates is all of them', async () => {
    const audited: Float64Array[] = []
    const audit = {
      wants: () => true,
      applied: (_: number, __: Float32Array, gradient: Float64Array) => void audited.push(gradient),
    }
    const stage = await startPuppet(undefined, undefined, { audit })
    const { server, segments, parameterCount } = stage
    const [a, b] = [await stage.join('a'), await stage.join('b')]
    const works = [await stage.assign(1, a, inTiles(0, 1, 2)), await stage.assign(2, b, inTiles(3, 4, 5))]
    const upTo = Array.from({ length: segments }, () => 3)
    await stage.order(1, a, { type: 'send', partitions: [], upTo, direction: 'upward' })
    await stage.order(2, b, { type: 'send', partitions: [], upTo, direction: 'upward' })
    const vectors = [Math.sin, Math.cos].map(of => Float32Array.from({ length: parameterCount }, (_, i) => of(i)))
    const { chronicle } = server.conductor
    const tiles = (first: number, last: number) => stage.tile(a, works[0]!, first, 3, vectors[0]!, last)
    for (const frame of [tiles(1, segments - 1), tiles(0, 0)])
      expect(await a.post(frame)).toEqual({ status: 200, code: undefined })
    expect(await b.post(stage.tile(b, works[1]!, 0, 3, vectors[1]!, segments - 1))).toMatchObject({ status: 200 })
    const arrived = stage.told.flatMap(event =>
      event.type === 'result-arrived' ? [[event.lease, event.segment, event.covers]] : [],
    )
    const upward = Array.from({ length: segments }, (_, segment) => segment)
    expect(arrived).toEqual([
      ...[...upward.slice(1), 0].map(segment => [1, segment, 3]),
      ...upward.map(segment => [2, segment, 3]),
    ])
    for (const handle of stage.handlesHeld()) stage.decide({ type: 'accumulate', handle: resultHandle(handle) })
    stage.decide({ type: 'combine', target: 'gradient', terms: [], counted: null })
    await expect.poll(() => audited).toEqual([Float64Array.from(vectors[0]!, (of, i) => of + vectors[1]![i]!)])
    // What came is counted once, in however many parts.
    await expect.poll(() => chronicle.history[0]?.bytesIn).toBe(2 * 4 * parameterCount)
    expect(chronicle.refusals).toEqual({})
  })

  test('[TILE15] a segment that is refused does not spoil the others of its frame; the first refusal is told', async () => {
    const stage = await startPuppet()
    const { segments, parameterCount, server } = stage
    const { refusals } = server.conductor.chronicle
    const worker = await stage.join('a')
    const work = await stage.assign(1, worker, inTiles(0, 1))
    const upTo = Array.from({ length: segments }, (_, s) => (s === 3 || s === 4 ? 0 : s === 6 ? 1 : 2))
    await stage.order(1, worker, { type: 'send', partitions: [], upTo, direction: 'upward' })
    const vector = new Float32Array(parameterCount).fill(1)
    vector[segmentRange(parameterCount, segments, 9).from] = Number.NaN
    const post = async (first: number, last: number) =>
      (await worker.post(stage.tile(worker, work, first, 2, vector, last))).code
    const taken = () => [...server.conductor.run().held.values()].map(({ segment }) => segment)
    expect(await post(2, 7)).toBe('segment-unasked')
    expect(taken()).toEqual([2, 5, 7])
    // Once by each code, whatever the number of segments.
    expect(refusals).toEqual({ 'segment-unasked': 1, 'cover-not-a-level': 1 })
    expect(await post(7, 10)).toBe('answer-repeated')
    expect(taken()).toEqual([2, 5, 7, 8, 10])
    expect(refusals).toMatchObject({ 'answer-repeated': 1, 'value-not-finite': 1 })
    expect(await post(8, 10)).toBe('answer-repeated')
    expect(await post(9, 11)).toBe('value-not-finite')
    expect(taken()).toEqual([2, 5, 7, 8, 10, 11])
    // Of work that is not in tiles no number of segments is taken.
    const other = await stage.join('b')
    const plain = await stage.assign(2, other, { partitions: [5], levels: [{ upTo: 1 }], upload: 'when-done' })
    expect((await other.post(stage.tile(other, plain, 0, 1, vector, 3))).code).toBe('segment-unasked')
    expect(refusals).toMatchObject({ 'segment-unasked': 2 })
  })

  test('a worker’s row says what it is at', async () => {
    const stage = await startPuppet()
    const { server, segments, parameterCount } = stage
    const worker = await stage.join('a')
    expect(stateOf(server, worker)).toBe('idle')
    const work = await stage.assign(1, worker, inTiles(0, 1))
    expect(stateOf(server, worker)).toBe('computing')
    const tiles = { orders: 0, length: 2, sent: 0, uploadMs: 0 }
    await stage.say(worker, { lease: 1, finished: 2, tiles })
    expect(stateOf(server, worker)).toBe('announced')
    const upTo = Array.from({ length: segments }, (_, s) => (s < 2 ? 3 : 0))
    await stage.order(1, worker, { type: 'send', partitions: [4], upTo, direction: 'upward' })
    expect(stateOf(server, worker)).toBe('computing')
    await stage.say(worker, { lease: 1, finished: 3, tiles: { ...tiles, orders: 1, length: 3 } })
    const vector = new Float32Array(parameterCount)
    await worker.post(stage.tile(worker, work, 0, 3, vector))
    expect(stateOf(server, worker)).toBe('announced')
    await worker.post(stage.tile(worker, work, 1, 3, vector))
    expect(stateOf(server, worker)).toBe('idle')
  })
})
