// The coordinator's side of the vector thread: the same verbs, answered later. Also as plain calls in this thread, for
// tests that inspect a server from within one process.

import { Worker } from 'node:worker_threads'
import type { Checkpoints } from '@muster/storage'
import type { RoundNumber } from '@muster/vocabulary'
import {
  type Applied,
  type Combination,
  createVectorStore,
  type Held,
  type VectorStore,
  type VectorStoreStart,
} from './vector-store.ts'

export type VectorCall =
  | {
      readonly verb: 'hold'
      readonly handle: string
      readonly vector: Float32Array<ArrayBuffer>
      readonly wantsDistance: boolean
    }
  | { readonly verb: 'drop'; readonly handle: string }
  | { readonly verb: 'accumulate'; readonly round: RoundNumber; readonly handle: string; readonly from: number }
  | { readonly verb: 'apply'; readonly combination: Combination }
  | { readonly verb: 'save'; readonly round: number }
  | { readonly verb: 'current' }

type Answer = ReturnType<VectorStore['hold' | 'apply' | 'current']> | undefined

export interface VectorReply {
  readonly id: number
  readonly value?: Answer
  readonly error?: string
}

export interface VectorPlane {
  /** The vector is handed over: it must not be used afterwards. */
  hold(handle: string, vector: Float32Array<ArrayBuffer>, wantsDistance: boolean): Promise<Held>
  drop(handle: string): void
  accumulate(round: RoundNumber, handle: string, from: number): Promise<void>
  apply(combination: Combination): Promise<Applied>
  save(round: number): Promise<void>
  current(): Promise<{ readonly parameters: Float32Array<ArrayBuffer>; readonly hash: string }>
  close(): Promise<void>
}

export function startVectorThread(thread: URL, start: VectorStoreStart, dataFolder: string | null): VectorPlane {
  const worker = new Worker(thread, { workerData: { start, dataFolder } })
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  let calls = 0

  worker.on('message', ({ id, value, error }: VectorReply) => {
    const call = waiting.get(id)
    waiting.delete(id)
    if (error !== undefined) call?.reject(new Error(error))
    else call?.resolve(value as never)
  })
  const failAll = (error: Error) => {
    for (const call of waiting.values()) call.reject(error)
    waiting.clear()
  }
  worker.on('error', failAll)
  worker.on('exit', () => failAll(new Error('the vector thread has ended')))

  const ask = <Value>(call: VectorCall, transfer: ArrayBuffer[] = []): Promise<Value> =>
    new Promise((resolve, reject) => {
      const id = ++calls
      waiting.set(id, { resolve: resolve as (value: never) => void, reject })
      worker.postMessage({ id, call }, transfer)
    })

  return {
    hold: (handle, vector, wantsDistance) => ask({ verb: 'hold', handle, vector, wantsDistance }, [vector.buffer]),
    drop: handle => void ask({ verb: 'drop', handle }).catch(() => {}),
    accumulate: (round, handle, from) => ask({ verb: 'accumulate', round, handle, from }),
    apply: combination => ask({ verb: 'apply', combination }),
    save: round => ask({ verb: 'save', round }),
    current: () => ask({ verb: 'current' }),
    async close() {
      // What was asked for before is done first: the last checkpoint must be whole.
      await ask({ verb: 'current' }).catch(() => {})
      await worker.terminate()
    },
  }
}

export function vectorsInThisThread(start: VectorStoreStart, checkpoints: Checkpoints): VectorPlane {
  const store = createVectorStore(start, checkpoints)
  return {
    hold: async (handle, vector, wantsDistance) => store.hold(handle, vector, wantsDistance),
    drop: handle => store.drop(handle),
    accumulate: async (round, handle, from) => store.accumulate(round, handle, from),
    apply: async combination => store.apply(combination),
    save: async round => store.save(round),
    current: async () => store.current(),
    close: async () => {},
  }
}
