// Tasks on all cores: a few threads that each take the next task when they have done one.

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

export type TaskReply<Result> = { readonly result: Result } | { readonly error: string }

export interface TaskSettings<Task, Result> {
  /** What a thread runs: it answers every task with one TaskReply. */
  readonly thread: URL
  /** Given to every thread once. */
  readonly shared?: unknown
  /** In the order in which they are begun: the longest first, so that no core waits long at the end. */
  readonly tasks: readonly Task[]
  readonly threads?: number
  readonly onDone?: (task: Task, result: Result) => void
  /** Stops all threads where they are. */
  readonly signal?: AbortSignal
}

/** @returns the results in the order of tasks; rejects with the first error, or when it is aborted. */
export async function runTasks<Task, Result>(settings: TaskSettings<Task, Result>): Promise<readonly Result[]> {
  const { thread, shared, tasks, threads = availableParallelism(), onDone, signal } = settings
  signal?.throwIfAborted()
  const results: Result[] = new Array(tasks.length)
  const workers = Array.from(
    { length: Math.min(threads, tasks.length) },
    () => new Worker(thread, { workerData: shared }),
  )
  let next = 0
  try {
    await new Promise<void>((resolve, reject) => {
      let open = tasks.length
      if (open === 0) resolve()
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      for (const worker of workers) {
        let current = -1
        const begin = () => {
          if (next >= tasks.length) return
          current = next++
          worker.postMessage(tasks[current])
        }
        worker.on('message', (reply: TaskReply<Result>) => {
          if ('error' in reply) return reject(new Error(`${JSON.stringify(tasks[current])}: ${reply.error}`))
          results[current] = reply.result
          onDone?.(tasks[current]!, reply.result)
          open--
          if (open === 0) resolve()
          else begin()
        })
        worker.on('error', reject)
        worker.on('exit', code => reject(new Error(`a thread ended by itself with code ${code}`)))
        begin()
      }
    })
    return results
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()))
  }
}
