// Ctrl-C in long work: the threads are stopped, and the operator is told what has become of it.

import { OperatorError } from '@muster/coordinator'

const exitCodes = { SIGINT: 130, SIGTERM: 143 }

/** @param sentence what is said when it is interrupted. */
export async function interruptible(sentence: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupt = new AbortController()
  const stop = (signal: keyof typeof exitCodes) => {
    process.exitCode = exitCodes[signal]
    interrupt.abort(new OperatorError(sentence))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    await work(interrupt.signal)
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error
    console.error((error as Error).message)
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
