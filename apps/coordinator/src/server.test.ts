import { once } from 'node:events'
import { createOptimiser, decodeSafetensors, updateModel } from '@muster/parameters'
import { protocolVersion } from '@muster/protocol'
import { io } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import type { ScriptedWorker } from './scripted-worker.ts'
import { operatorToken, smallRun, smallStorage, type TestServer } from './test-server.ts'
import { createTestStage } from './test-stage.ts'

const { open, start, join } = createTestStage()

const command = (server: TestServer, body: object, token = operatorToken) =>
  server.fastify.inject({
    method: 'POST',
    url: '/api/commands',
    payload: body,
    headers: { authorization: `Bearer ${token}` },
  })

describe('a round over the wire', () => {
  test('[SRV1] a worker’s answers train the model, and the checkpoint holds what was applied', async () => {
    const server = await start()
    const worker = await join('a', server)
    const before = server.opened.parameters
    const work = await worker.nextWork()
    expect(work).toMatchObject({ round: 0, modelVersion: 0, upload: 'when-done' })
    const vector = Float32Array.from(before, (_, i) => Math.sin(i))
    expect(await worker.post(worker.frame(work, {}, vector))).toEqual({ status: 200, code: undefined })
    const next = await worker.nextWork()
    expect(next).toMatchObject({ round: 1, modelVersion: 1 })

    const optimiser = createOptimiser({ kind: 'momentum', learningRate: 0.1, momentum: 0.9 })
    const state = optimiser.init(before.length)
    const expected = updateModel({
      parameters: before,
      optimiser,
      state,
      terms: [{ vector, weight: 1 }],
      sampleCount: 24,
      learningRate: 0.1,
    })
    const response = await fetch(`${server.origin}/api/parameters/${next.parameters}`)
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(new Float32Array(await response.arrayBuffer())).toEqual(expected.parameters)
    await worker.post(worker.frame(next))
    await worker.nextWork()
    expect(server.storage.rounds.last(server.opened.id)).toMatchObject({ round: 1, modelVersion: 2 })
  })

  test('[SRV2] a restart goes on from the last whole round, bit for bit', async () => {
    const storage = smallStorage()
    const answer = async (server: TestServer, rounds: number) => {
      const worker = await join('a', server)
      for (let round = 0; round < rounds; round++) {
        const work = await worker.nextWork()
        const vector = new Float32Array(worker.welcome.run.parameterCount).map((_, i) => Math.sin(i + work.round))
        expect((await worker.post(worker.frame(work, {}, vector))).status).toBe(200)
      }
      await worker.nextWork()
      await server.conductor.close()
    }
    const first = await start(smallRun, storage)
    await answer(first, 3)
    const second = await start(smallRun, storage)
    expect(second.opened.round).toBe(3)
    await answer(second, 2)
    const uninterrupted = await start(smallRun, smallStorage())
    await answer(uninterrupted, 5)
    expect(second.conductor.versions.newest().hash).toBe(uninterrupted.conductor.versions.newest().hash)
    expect(second.conductor.chronicle.history.map(record => record.round)).toEqual([0, 1, 2, 3, 4])
  })

  test('[SRV3] a closed connection gives the work to others at once, and what it posts later is refused', async () => {
    const server = await start()
    const [one, two] = [await join('a', server), await join('b', server)]
    const first = await one.nextWork()
    await one.post(one.frame(first))
    const [mine, lost] = [await one.nextWork(), await two.nextWork()]
    two.close()
    const reissued = await one.nextWork()
    expect(reissued.partitions).toEqual(lost.partitions)
    expect((await two.post(two.frame(lost))).code).toBe('session-unknown')
    await one.post(one.frame(mine))
    await one.post(one.frame(reissued))
    expect((await one.nextWork()).round).toBe(2)
  })
})

describe('bad writers', () => {
  test('[SRV4] each wrong answer is refused by its code, counted, never applied; the round still ends', async () => {
    const server = await start()
    const worker = await join('a', server)
    const other = await join('b', server)
    const work = await worker.nextWork()
    const { parameterCount } = worker.welcome.run
    const nan = new Float32Array(parameterCount).fill(Number.NaN)
    const good = worker.frame(work)
    const cases: [string, Promise<{ status: number; code: string | undefined }>][] = [
      ['frame-too-short', worker.post(good.slice(0, 20))],
      ['frame-too-short', worker.post(good.slice(0, -4))],
      ['frame-too-long', worker.post(new Uint8Array([...good, 0]))],
      ['frame-magic', worker.post(good.map((byte, i) => (i === 1 ? 99 : byte)))],
      ['frame-type', worker.post(good, { 'content-type': 'image/png' })],
      ['range-mismatch', worker.post(worker.frame(work, {}, new Float32Array(parameterCount - 1)))],
      ['range-mismatch', worker.post(worker.frame(work, { firstCoordinate: 1 }))],
      ['lease-unknown', worker.post(worker.frame(work, { lease: 999 }))],
      ['lease-not-yours', other.post(other.frame(work))],
      ['session-unknown', worker.post(good, { authorization: 'Bearer nobody' })],
    ]
    for (const [code, reply] of cases) expect((await reply).code).toBe(code)
    // Each of these gives the lease up; the same worker is not asked again at once, another takes over.
    const wrong: [string, Partial<Parameters<ScriptedWorker['frame']>[1]>, Float32Array | undefined][] = [
      ['round-mismatch', { round: 7 }, undefined],
      ['version-mismatch', { modelVersion: 7 }, undefined],
      ['cover-not-a-level', { covers: 1, samples: 4 }, undefined],
      ['samples-mismatch', { samples: 1 }, undefined],
      ['value-not-finite', {}, nan],
      ['loss-not-finite', { lossSum: Number.NaN }, undefined],
    ]
    for (const [code, changes, vector] of wrong)
      expect((await worker.post(worker.frame(work, changes, vector))).code).toBe(code)
    const taken = await other.nextWork()
    expect(taken.partitions).toEqual(work.partitions)
    expect((await other.post(other.frame(taken))).status).toBe(200)
    expect((await other.post(other.frame(taken))).code).toMatch(/answer-repeated|round-closed/)
    expect((await worker.post(good)).code).toBe('round-closed')
    const snapshot = (await server.fastify.inject('/api/snapshot')).json()
    for (const code of [
      'frame-too-short',
      'frame-too-long',
      'range-mismatch',
      'value-not-finite',
      'lease-not-yours',
      'round-mismatch',
    ]) {
      expect(snapshot.refused[code], code).toBeGreaterThan(0)
    }
    const { parameters } = server.conductor.versions.newest()
    expect(parameters.every(Number.isFinite)).toBe(true)
  })

  test('[SRV5] messages that fit no schema, foreign pages and old versions are turned away', async () => {
    const server = await start()
    const worker = await join('a', server)
    for (const message of [undefined, 7, { lease: -1 }, { lease: 1, finished: 'all' }])
      worker.socket.emit('progress', message)
    const [refusal] = (await once(worker.socket as never, 'refused')) as [{ code: string }]
    expect(refusal.code).toBe('message-malformed')

    const old = io(server.origin, {
      transports: ['websocket'],
      reconnection: false,
      auth: { protocolVersion: protocolVersion + 1, volunteer: 'v', tab: 't' },
    })
    open.push(old)
    const [error] = (await once(old as never, 'connect_error')) as [Error & { data: { code: string } }]
    expect(error.data.code).toBe('protocol-version')

    const foreign = io(server.origin, {
      transports: ['websocket'],
      reconnection: false,
      extraHeaders: { origin: 'https://elsewhere.example' },
      auth: { protocolVersion, volunteer: 'v', tab: 't' },
    })
    open.push(foreign)
    await once(foreign as never, 'connect_error')
    expect(foreign.connected).toBe(false)
  })
})

describe('the operator', () => {
  test('[SRV6] commands need the token, take effect at the next round and are on record', async () => {
    const server = await start()
    expect((await command(server, { command: 'pause' }, 'wrong')).json()).toMatchObject({ code: 'operator-token' })
    expect((await command(server, { command: 'explode' })).json()).toMatchObject({ code: 'message-malformed' })
    const worker = await join('a', server)
    const work = await worker.nextWork()
    await command(server, { command: 'set-learning-rate', learningRate: 0.05 })
    await command(server, { command: 'pause' })
    expect((await server.fastify.inject('/api/snapshot')).json()).toMatchObject({
      pending: ['pause', 'learning rate 0.05'],
      learningRate: 0.1,
      phase: 'running',
    })
    await worker.post(worker.frame(work))
    const closed = () =>
      server.conductor.run().round === 1 ? Promise.resolve() : new Promise(resolve => setImmediate(resolve))
    while (server.conductor.run().round === 0) await closed()
    expect((await server.fastify.inject('/api/snapshot')).json()).toMatchObject({
      pending: [],
      learningRate: 0.05,
      phase: 'paused',
    })
    await command(server, { command: 'resume' })
    expect((await worker.nextWork()).round).toBe(1)
    const events = server.storage.events
      .read(server.opened.id, { limit: 100 })
      .filter(event => event.kind !== 'evaluated')
    expect(events.map(({ kind, round }) => [kind, round])).toEqual([
      ['learning-rate', 1],
      ['paused', 1],
      ['resumed', 1],
    ])
  })

  test('[SRV7] weights are safetensors by layer; only this run’s partitions are served', async () => {
    const server = await start()
    const weights = await server.fastify.inject('/api/weights')
    const { tensors, metadata } = decodeSafetensors(new Uint8Array(weights.rawPayload))
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ['dense0/kernel', [784, 10]],
      ['dense0/bias', [10]],
    ])
    expect(metadata.rounds).toBe('0')
    const hash = server.opened.description.dataset.partitions[0]!
    expect((await server.fastify.inject(`/api/blobs/${hash}`)).statusCode).toBe(200)
    expect((await server.fastify.inject(`/api/blobs/${server.opened.testBlob}`)).json()).toMatchObject({
      code: 'blob-unknown',
    })
    expect((await server.fastify.inject('/api/blobs/..%2Foperator-token')).statusCode).toBe(400)
    expect((await server.fastify.inject('/api/nothing')).json()).toMatchObject({ code: 'not-found' })
  })
})
