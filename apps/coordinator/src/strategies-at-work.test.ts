import { describe, expect, test } from 'vitest'
import { operatorToken, smallRun, smallStorage, type TestServer } from './test-server.ts'
import { createTestStage } from './test-stage.ts'

const { start, join } = createTestStage()

const choose = (server: TestServer, name: string, settings: object = {}) =>
  server.fastify.inject({
    method: 'POST',
    url: '/api/commands',
    payload: { command: 'set-strategy', name, settings },
    headers: { authorization: `Bearer ${operatorToken}` },
  })

const snapshot = async (server: TestServer) => (await server.fastify.inject({ url: '/api/snapshot' })).json()

const sgd = { kind: 'sgd', learningRate: 0.1 } as const
const asynchronous = { ...smallRun, optimiser: sgd, strategy: 'asynchronous' }

describe('stale results over the wire', () => {
  test('[SRV8] an answer counts rounds later, and the model its worker began with can still be fetched', async () => {
    const server = await start(asynchronous)
    const [quick, slow] = [await join('a', server), await join('b', server)]
    const late = await slow.nextWork()
    for (let round = 0; round < 8; round++) {
      const work = await quick.nextWork()
      expect((await quick.post(quick.frame(work))).status).toBe(200)
    }
    await quick.nextWork()
    expect((await fetch(`${server.origin}/api/parameters/${late.parameters}`)).status).toBe(200)
    expect(await slow.post(slow.frame(late))).toEqual({ status: 200, code: undefined })
    await slow.nextWork()
    expect(server.conductor.chronicle.history.at(-1)!.figures).toMatchObject({ k: 1, stalenessMax: 8 })
    expect((await fetch(`${server.origin}/api/parameters/${late.parameters}`)).status).toBe(404)
  })

  test('[SRV8] who is restarted has its answer refused, and its next one taken', async () => {
    const server = await start({ ...smallRun, optimiser: sgd, strategy: { name: 'k-synchronous', k: 1 } })
    const [quick, slow] = [await join('a', server), await join('b', server)]
    const old = await slow.nextWork()
    await quick.post(quick.frame(await quick.nextWork()))
    const fresh = await slow.nextWork()
    expect(fresh.modelVersion).toBe(1)
    expect((await slow.post(slow.frame(old))).code).toBe('round-closed')
    expect((await slow.post(slow.frame(fresh))).status).toBe(200)
    const { workers, strategy } = await snapshot(server)
    const row = workers.find((worker: { worker: string }) => worker.worker === slow.name)
    expect(row).toMatchObject({ refused: 0, figures: { restarts: 1 } })
    expect(strategy.panel.histogram.counts[0]).toBeGreaterThanOrEqual(2)
  })
})

describe('another strategy for a run under way', () => {
  test('[SRV9] takes force at the next round, is on record, and holds after a restart', async () => {
    const storage = smallStorage()
    const server = await start({ ...smallRun, optimiser: sgd }, storage)
    const worker = await join('a', server)
    const first = await worker.nextWork()
    expect((await choose(server, 'k-asynchronous', { k: 2, localSteps: 3 })).statusCode).toBe(200)
    expect((await snapshot(server)).pending).toEqual(['strategy k-asynchronous'])
    expect((await snapshot(server)).strategy.name).toBe('adaptive-repetition')
    await worker.post(worker.frame(first))
    const next = await worker.nextWork()
    expect(next).toMatchObject({ round: 1, local: { steps: 3, momentum: 0 }, rate: 0.1 })
    expect(next.lease).toBeGreaterThan(first.lease)
    const { strategy, pending } = await snapshot(server)
    expect(pending).toEqual([])
    expect(strategy).toMatchObject({ name: 'k-asynchronous', settings: { k: 2, localSteps: 3, data: 'own' } })
    await worker.post(worker.frame(next))
    await worker.nextWork()
    expect(server.conductor.chronicle.events).toContainEqual(
      expect.objectContaining({ kind: 'strategy', round: 1, detail: expect.stringContaining('k-asynchronous:k=2,') }),
    )
    await server.conductor.close()

    const again = await start({ ...smallRun, optimiser: sgd }, storage)
    expect((await snapshot(again)).strategy).toMatchObject({ name: 'k-asynchronous', settings: { k: 2 } })
    // And back to exact rounds, with nobody here.
    expect((await choose(again, 'full-synchrony')).statusCode).toBe(200)
    expect((await snapshot(again)).strategy.name).toBe('full-synchrony')
    const other = await join('b', again)
    const work = await other.nextWork()
    expect(work.local).toBeUndefined()
    expect((await other.post(other.frame(work))).status).toBe(200)
  })

  test('[SRV9] what cannot be is refused by field and value, and nothing changes', async () => {
    const server = await start()
    const wrong = await choose(server, 'k-asynchronous', { k: 0 })
    expect(wrong.statusCode).toBe(422)
    expect(wrong.json().message).toContain('"strategy.k" is 0; allowed: a whole number from 1 to 512.')
    expect((await choose(server, 'fastest')).json().code).toBe('strategy-impossible')
    expect((await choose(server, 'adasync', { c: 2 })).statusCode).toBe(422)
    expect((await snapshot(server)).pending).toEqual([])
  })

  test('every strategy is told with its settings', async () => {
    const server = await start()
    const list = (await server.fastify.inject({ url: '/api/strategies' })).json()
    const rule = list
      .find(({ name }: { name: string }) => name === 'adaptive-bounded-staleness')
      .settings.find(({ name }: { name: string }) => name === 'rule')
    expect(rule.options.map(({ value }: { value: string }) => value)).toContain('plateau')
  })
})
