// A share of the device: after each piece of work of c milliseconds the loop rests c·(1 − share)/share. Rests shorter
// than a timer can measure are saved up.

import type { Milliseconds } from '@muster/vocabulary'

const shortestRestMs = 4

export interface DutyCycle {
  /** Rests as long as is owed after so much work, and lets the event loop run in any case. */
  rest(workedMs: Milliseconds, share: number): Promise<void>
}

export function createDutyCycle(): DutyCycle {
  let owedMs = 0
  return {
    async rest(workedMs, share) {
      owedMs += (workedMs * (1 - share)) / share
      if (owedMs < shortestRestMs) return yieldToEvents()
      const startedAt = performance.now()
      await new Promise(resolve => setTimeout(resolve, owedMs))
      owedMs -= performance.now() - startedAt
    },
  }
}

/** A turn of the event loop, so that messages are heard between partitions. Timers are clamped, ports are not. */
function yieldToEvents(): Promise<void> {
  if ('setImmediate' in globalThis) {
    const immediate = (globalThis as unknown as { setImmediate(run: () => void): void }).setImmediate
    return new Promise(resolve => immediate(resolve))
  }
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
