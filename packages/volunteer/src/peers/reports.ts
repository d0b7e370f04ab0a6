// What a peer tells the coordinator, put together: iterations a few times a second, what somebody waits for at once. What
// happens while the coordinator is away is told when it is back, as far as it is kept.

import { limits } from '@muster/protocol'
import type { IterationTold, Milliseconds, PeerReport } from '@muster/vocabulary'

const tellEveryMs: Milliseconds = 200
const keptWhileAway = 256
/** What is left of a control message for iterations: a row of many neighbours is long. */
const messageBytesMax = limits.controlMessageBytesMax - 1024

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
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | null = null

  function stopTimer(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  function flush(): void {
    stopTimer()
    if (!isOnline || isClosed) return
    const all = told
    told = []
    for (const message of messagesOf(all)) send({ type: 'iterations-told', told: message })
  }

  return {
    add(report) {
      if (isClosed) return
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
    close() {
      isClosed = true
      stopTimer()
    },
  }
}

/** In order, and none longer than the coordinator hears. */
function messagesOf(told: readonly IterationTold[]): IterationTold[][] {
  const messages: IterationTold[][] = []
  let bytes = 0
  for (const one of told) {
    // Names are ASCII, so characters are bytes.
    const size = JSON.stringify(one).length + 1
    const last = messages.at(-1)
    const hasRoom = last && last.length < limits.iterationsToldMax && bytes + size <= messageBytesMax
    if (hasRoom) last.push(one)
    else messages.push([one])
    bytes = hasRoom ? bytes + size : size
  }
  return messages
}
