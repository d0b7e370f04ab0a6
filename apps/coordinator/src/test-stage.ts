// Servers and workers of one test, closed when it is over. Test support.

import { afterEach } from 'vitest'
import { joinAs, type ScriptedWorker } from './scripted-worker.ts'
import { openTestServer, type TestServer } from './test-server.ts'

export interface TestStage {
  /** Whatever else is to be closed; the last one first. */
  readonly open: { close(): unknown }[]
  start(...settings: Parameters<typeof openTestServer>): Promise<TestServer>
  join(name: string, server: TestServer): Promise<ScriptedWorker>
}

/** Once for a file of tests. */
export function createTestStage(): TestStage {
  const open: TestStage['open'] = []
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close()
  })
  const kept = <Thing extends { close(): unknown }>(thing: Thing): Thing => {
    open.push(thing)
    return thing
  }
  return {
    open,
    start: async (...settings) => kept(await openTestServer(...settings)),
    join: async (name, server) => kept(await joinAs(name, server.origin)),
  }
}
