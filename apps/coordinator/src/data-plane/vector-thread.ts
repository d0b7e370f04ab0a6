// The entry of the worker thread in which vectors are combined and checkpoints written.

import { parentPort, workerData } from 'node:worker_threads'
import { createCheckpointFolder, createMemoryCheckpoints } from '@muster/storage'
import type { VectorCall, VectorReply } from './vector-plane.ts'
import { createVectorStore, type VectorStoreStart } from './vector-store.ts'

const { start, dataFolder } = workerData as { start: VectorStoreStart; dataFolder: string | null }
const store = createVectorStore(
  start,
  dataFolder === null ? createMemoryCheckpoints() : createCheckpointFolder(dataFolder),
)

parentPort?.on('message', ({ id, call }: { id: number; call: VectorCall }) => {
  try {
    const value = answer(call)
    const transfer = value !== undefined && 'parameters' in value ? [value.parameters.buffer] : []
    parentPort?.postMessage({ id, value } satisfies VectorReply, transfer)
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies VectorReply)
  }
})

function answer(call: VectorCall): VectorReply['value'] {
  switch (call.verb) {
    case 'hold':
      return store.hold(call.handle, call.vector, call.wantsDistance)
    case 'drop':
      store.drop(call.handle)
      return undefined
    case 'accumulate':
      store.accumulate(call.round, call.handle, call.from)
      return undefined
    case 'apply':
      return store.apply(call.combination)
    case 'save':
      store.save(call.round)
      return undefined
    case 'current':
      return store.current()
  }
}
