// Tasks on all cores. Which thread does which is chance; the answers come in the order of the inputs, so files do not
// show it.

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Spread } from './experiment.ts'

export interface Threads {
  readonly spread: Spread
  end(): Promise<void>
}

/** Between two lines of progress. */
const quietMs = 5000

export function startThreads(threadFile: URL, say: (line: string) => void): Threads {
  const threads: Worker[] = []
  return {
    async spread(task, inputs, what) {
      const wanted = Math.min(availableParallelism(), inputs.length)
      while (threads.length < wanted) threads.push(new Worker(threadFile))
      type Output = Awaited<ReturnType<typeof task.run>>
      const outputs: Output[] = new Array(inputs.length)
      let next = 0
      let done = 0
      let saidAt = Date.now()
      async function feed(thread: Worker): Promise<void> {
        while (next < inputs.length) {
          const i = next++
          outputs[i] = await answer<Output>(thread, { name: task.name, input: inputs[i] })
          done++
          if (Date.now() - saidAt < quietMs && done < inputs.length) continue
          saidAt = Date.now()
          say(`${what}: ${done} of ${inputs.length}`)
        }
      }
      await Promise.all(threads.slice(0, wanted).map(feed))
      return outputs
    },
    async end() {
      await Promise.all(threads.map(thread => thread.terminate()))
    },
  }
}

/** One question at a time: the next message is its answer. */
const answer = <Output>(thread: Worker, message: unknown): Promise<Output> =>
  new Promise((resolve, reject) => {
    const onMessage = (output: Output) => {
      thread.off('error', onError)
      resolve(output)
    }
    const onError = (error: unknown) => {
      thread.off('message', onMessage)
      reject(error)
    }
    thread.once('message', onMessage)
    thread.once('error', onError)
    thread.postMessage(message)
  })
