// An interval that is there only while it is wanted.

import type { Milliseconds } from '@muster/vocabulary'

export interface Beat {
  /** Null: no more. */
  every(ms: Milliseconds | null): void
}

export function createBeat(act: () => void): Beat {
  let everyMs: Milliseconds | null = null
  let timer: ReturnType<typeof setInterval> | undefined
  return {
    every(ms) {
      // What goes on as before is not begun anew: it would never come to its end.
      if (ms === everyMs) return
      clearInterval(timer)
      everyMs = ms
      timer = ms === null ? undefined : setInterval(act, ms)
    },
  }
}
