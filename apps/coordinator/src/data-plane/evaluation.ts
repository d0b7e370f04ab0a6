// How good a model version is on the test set, computed apart from the event loop. One evaluation at a time; while one
// runs, only the newest asked for is kept.

import { Worker } from 'node:worker_threads'
import type { Evaluation, Network } from '@muster/workloads'

export interface EvaluationStart {
  readonly network: Network
  /** The encoded test samples. */
  readonly test: Uint8Array
  /** Of a text model: what the text that it writes follows. */
  readonly promptToken: number | null
}

export interface Evaluator {
  /** Answers undefined when a newer request overtook this one. */
  evaluate(parameters: Float32Array): Promise<Evaluation | undefined>
  close(): Promise<void>
}

export function startEvaluationThread(thread: URL, start: EvaluationStart): Evaluator {
  const worker = new Worker(thread, { workerData: start })
  let broken: Error | null = null
  // A thread that ends before it is asked must not take the coordinator with it: the run goes on unevaluated.
  worker.on('error', error => {
    broken = error as Error
  })
  return latestOnly(
    parameters =>
      new Promise((resolve, reject) => {
        if (broken !== null) return reject(broken)
        const settle = (finish: () => void) => {
          worker.off('message', onMessage)
          worker.off('error', onError)
          worker.off('exit', onExit)
          finish()
        }
        const onMessage = (reply: Evaluation | { error: string }) =>
          settle(() => ('error' in reply ? reject(new Error(reply.error)) : resolve(reply)))
        const onError = (error: Error) => settle(() => reject(error))
        const onExit = () => settle(() => reject(new Error('the evaluation thread has ended')))
        worker.on('message', onMessage)
        worker.on('error', onError)
        worker.on('exit', onExit)
        worker.postMessage(parameters)
      }),
    async () => void (await worker.terminate()),
  )
}

export function latestOnly(
  evaluate: (parameters: Float32Array) => Promise<Evaluation>,
  close: () => Promise<void>,
): Evaluator {
  let running: Promise<unknown> | null = null
  let next: {
    parameters: Float32Array
    resolve(value: Evaluation | undefined): void
    reject(error: unknown): void
  } | null = null

  const start = (): void => {
    if (running !== null || next === null) return
    const { parameters, resolve, reject } = next
    next = null
    running = evaluate(parameters)
      .then(resolve, reject)
      .finally(() => {
        running = null
        start()
      })
  }
  return {
    evaluate: parameters =>
      new Promise((resolve, reject) => {
        next?.resolve(undefined)
        next = { parameters, resolve, reject }
        start()
      }),
    close,
  }
}
