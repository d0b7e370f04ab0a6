// What a peer tells the coordinator, put together: iterations a few times a second, what somebody waits for at once. What
// happens while the coordinator is away is told when it is back, as far as it is kept.

import { limits } from '@muster/protocol'
import type { IterationTold, Milliseconds, PeerReport } from '@muster/vocabulary'

const tellEveryMs: Milliseconds = 200
const keptWhileAway = 256

export interface Reports {
  add(report: PeerReport): void
  /** Everything that waits is told now. */
  flush(): void
  online(isOnline: boolean): void
  close(): void
}

export function createReports(send: (report: PeerReport) => void): Reports {
  let told: IterationTold[] = []
  let isOnline = true
  let timer: ReturnType<typeof setTimeout> | null = null

  function stopTimer(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  function flush(): void {
    stopTimer()
    if (!isOnline) return
    const all = told
    told = []
    for (let i = 0; i < all.length; i += limits.iterationsToldMax)
      send({ type: 'iterations-told', told: all.slice(i, i + limits.iterationsToldMax) })
  }

  return {
    add(report) {
      if (report.type !== 'iterations-told') {
        if (isOnline) send(report)
        return
      }
      if (report.told.length === 0) {
        if (isOnline && told.length === 0) send(report)
        return
      }
      told.push(...report.told)
      if (told.length > keptWhileAway) told = told.slice(-keptWhileAway)
      if (told.length >= limits.iterationsToldMax && isOnline) flush()
      else timer ??= setTimeout(flush, tellEveryMs)
    },
    flush,
    online(isNow) {
      isOnline = isNow
      if (isNow) flush()
    },
    close: stopTimer,
  }
}
