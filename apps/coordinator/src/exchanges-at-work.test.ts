import { describe, expect, test } from 'vitest'
import type { ScriptedWorker } from './scripted-worker.ts'
import { smallRun, smallStorage, type TestServer } from './test-server.ts'
import { createTestStage } from './test-stage.ts'

const { start, join } = createTestStage()

const elastic = {
  ...smallRun,
  optimiser: { kind: 'sgd', learningRate: 0.1 },
  strategy: { name: 'elastic-averaging', movingRate: 0.25, localSteps: 2, warmUp: 1, comparison: 'none', memory: 1 },
}

type WorkMessage = Awaited<ReturnType<ScriptedWorker['nextWork']>>

async function parametersOf(server: TestServer, work: Pick<WorkMessage, 'parameters'>): Promise<Float32Array> {
  const response = await fetch(`${server.origin}/api/parameters/${work.parameters}`)
  expect(response.status).toBe(200)
  return new Float32Array(await response.arrayBuffer())
}

/** Parameters so far from the model in every coordinate. */
const away = (from: Float32Array, by: number) => from.map(value => value + by)

const close = (found: Float32Array, expected: Float32Array) =>
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6)
  })

describe('exchanges over the wire', () => {
  test('[SRV10] the model moves by h₂; the worker is sent the model before, and how far it is pulled', async () => {
    const server = await start(elastic)
    const worker = await join('a', server)
    const first = await worker.nextWork()
    expect(first.replica).toMatchObject({ steps: 2, pull: 0, optimiser: { kind: 'sgd' } })
    const before = await parametersOf(server, first)
    const own = away(before, 0.4)
    expect((await worker.post(worker.frame(first, {}, own))).status).toBe(200)
    const second = await worker.nextWork()
    expect(second).toMatchObject({ parameters: first.parameters, replica: { id: first.replica!.id, pull: 0.25 } })
    close(server.conductor.versions.newest().parameters, away(before, 0.1))

    // Past its warm-up, and ten times as far off as before: taken back, and not heeded.
    expect((await worker.post(worker.frame(second, {}, away(before, 3.1)))).status).toBe(200)
    const third = await worker.nextWork()
    expect(third.replica!.pull).toBe(1)
    close(await parametersOf(server, third), away(before, 0.1))
    close(server.conductor.versions.newest().parameters, away(before, 0.1))
    const [one, two] = server.conductor.chronicle.history
    expect(one).toMatchObject({
      gradientNorm: null,
      loss: 2,
      workerFigures: { [worker.name]: { pull: 0.25, push: 0.25 } },
    })
    expect(two).toMatchObject({ figures: { resets: 1 }, workerFigures: { [worker.name]: { pull: 1, push: 0 } } })
    const distance = 3 * Math.sqrt(before.length)
    expect(two!.workerFigures![worker.name]!.distance! / distance).toBeCloseTo(1, 5)
  })

  test('[SRV10] an exchange counts once: repeated, or of a lease that ended, it is refused', async () => {
    const server = await start(elastic)
    const worker = await join('a', server)
    const work = await worker.nextWork()
    const frame = worker.frame(work)
    expect((await worker.post(frame)).status).toBe(200)
    await worker.nextWork()
    const model = server.conductor.versions.newest().hash
    expect((await worker.post(frame)).code).toBe('answer-repeated')
    expect(server.conductor.versions.newest().hash).toBe(model)
  })

  test('[SRV10] many at once: each meets the model that the one before it left', async () => {
    const server = await start(elastic)
    const workers = await Promise.all(['a', 'b', 'c'].map(name => join(name, server)))
    const works = await Promise.all(workers.map(worker => worker.nextWork()))
    const before = await parametersOf(server, works[0]!)
    await Promise.all(workers.map((worker, i) => worker.post(worker.frame(works[i]!, {}, away(before, 0.4)))))
    await Promise.all(workers.map(worker => worker.nextWork()))
    await expect.poll(() => server.conductor.chronicle.history.length).toBe(3)
    // What is told of the whole run does not rest on what a page holds of it.
    const { totals } = (await server.fastify.inject({ url: '/api/snapshot' })).json()
    expect(totals).toEqual({ stragglers: 0, reissued: 0, results: 3, bytesIn: 3 * before.byteLength })
    const distances = server.conductor.chronicle.history.flatMap(({ workerFigures }) =>
      Object.values(workerFigures!).map(({ distance }) => distance! / Math.sqrt(before.length)),
    )
    // Each takes a quarter of the way that is left.
    distances.forEach((distance, i) => {
      expect(distance).toBeCloseTo(0.4 * 0.75 ** i, 5)
    })
    close(server.conductor.versions.newest().parameters, away(before, 0.4 * (1 - 0.75 ** 3)))
  })

  test('[SRV10] the model is checkpointed and goes on after a restart', async () => {
    const storage = smallStorage()
    const server = await start(elastic, storage)
    const worker = await join('a', server)
    const work = await worker.nextWork()
    await worker.post(worker.frame(work, {}, away(await parametersOf(server, work), 1)))
    await worker.nextWork()
    const { hash } = server.conductor.versions.newest()
    await server.conductor.close()
    const again = await start(elastic, storage)
    expect(again.conductor.versions.newest().hash).toBe(hash)
    expect(again.conductor.run().round).toBe(1)
    const next = await (await join('b', again)).nextWork()
    expect(next).toMatchObject({ parameters: hash, replica: { pull: 0 } })
  })
})

test('[SRV11] a strategy that asks for a smooth model is refused one with kinks', async () => {
  const differences = { name: 'elastic-averaging', localOptimiser: 'adahessian', product: 'central-differences' }
  const kinked = { ...elastic, model: { kind: 'mlp', hidden: [8], activation: 'relu' }, strategy: differences }
  await expect(start(kinked)).rejects.toThrow('its activation is relu')
  const smooth = await start({ ...kinked, model: { kind: 'mlp', hidden: [8], activation: 'tanh' } })
  expect(smooth.conductor.run().policy.strategy.name).toBe('elastic-averaging')
})
