// A real server for tests: vectors and evaluation in this thread, a small run on few digits, memory or a folder.

import type { AddressInfo } from 'node:net'
import { createMemoryStorage, type Storage } from '@muster/storage'
import { createGradientComputer, decodeCutSamples, evaluate, makeDigits, startBackend } from '@muster/workloads'
import { buildServer, type MusterServer, type ServerHooks } from './build-server.ts'
import { latestOnly } from './data-plane/evaluation.ts'
import { vectorsInThisThread } from './data-plane/vector-plane.ts'
import { addDataset } from './datasets.ts'
import { type OpenedRun, openRun } from './open-run.ts'

export const smallRun = {
  title: 'Small run',
  for: 'tests',
  dataset: 'digits',
  // Whole answers to whole blocks, which a script can give.
  strategy: 'adaptive-repetition',
  model: { kind: 'softmax-regression' },
  optimiser: { kind: 'momentum', learningRate: 0.1, momentum: 0.9 },
  partitions: 6,
  batchPerPartition: 4,
  evaluateEvery: 2,
  leaseMs: 60_000,
}

export const operatorToken = 'operator-token-of-the-tests'

export interface TestServer extends MusterServer {
  readonly opened: OpenedRun
  readonly storage: Storage
  readonly origin: string
}

export function smallStorage(): Storage {
  const storage = createMemoryStorage()
  addDataset(storage, makeDigits({ seed: 1, trainCount: 120, testCount: 20 }))
  return storage
}

export async function openTestServer(
  file: object = smallRun,
  storage: Storage = smallStorage(),
  hooks: Partial<ServerHooks> = {},
): Promise<TestServer> {
  const opened = openRun(storage, file, 'small.json', 0)
  await startBackend({ prefer: 'cpu' })
  const computer = createGradientComputer(opened.network)
  const test = decodeCutSamples(storage.blobs.get(opened.testBlob)!)
  const server = await buildServer({
    opened,
    storage,
    operatorToken,
    pagesFolder: null,
    vectors: vectorsInThisThread(
      {
        run: opened.id,
        optimiser: opened.file.optimiser,
        parameters: opened.parameters,
        optimiserState: opened.optimiserState,
      },
      storage.checkpoints,
    ),
    evaluator: latestOnly(
      async parameters => {
        computer.loadParameters(parameters)
        return evaluate(computer, test)
      },
      async () => {},
    ),
    hooks: {
      onBroken(error) {
        throw error
      },
      ...hooks,
    },
  })
  await server.fastify.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.fastify.server.address() as AddressInfo
  return { ...server, opened, storage, origin: `http://127.0.0.1:${port}` }
}
