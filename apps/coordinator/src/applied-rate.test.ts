import { afterEach, expect, test } from 'vitest'
import { joinAs } from './scripted-worker.ts'
import { openTestServer, operatorToken, smallRun, smallStorage } from './test-server.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

test('[OPT8] a round’s record says the rate that was applied, also after a restart; the rate in force is the operator’s', async () => {
  const storage = smallStorage()
  const schedule = { kind: 'constant', warmUp: 4 }
  const file = { ...smallRun, optimiser: { ...smallRun.optimiser, learningRate: 0.5, schedule } }
  const serve = async (rounds: number, rate: number) => {
    const server = await openTestServer(file, storage)
    open.push(server)
    const payload = { command: 'set-learning-rate', learningRate: rate }
    const headers = { authorization: `Bearer ${operatorToken}` }
    await server.fastify.inject({ method: 'POST', url: '/api/commands', payload, headers })
    const worker = await joinAs('a', server.origin)
    open.push(worker)
    for (let i = 0; i < rounds; i++) await worker.post(worker.frame(await worker.nextWork()))
    await worker.nextWork()
    await server.conductor.close()
    return server
  }
  await serve(2, 1)
  const { conductor } = await serve(4, 0.5)
  expect(conductor.run().learningRate).toBe(0.5)
  expect(conductor.chronicle.history.map(({ learningRate }) => learningRate)).toEqual([0.25, 0.5, 0.375, 0.5, 0.5, 0.5])
})
