// The dashboard's live feed: everything there is on connecting, then rounds as they close and a snapshot now and then.

import { limits, type RoundRecord } from '@muster/protocol'
import type { Namespace } from 'socket.io'

/** A long run's history is thinned to about so many rounds; evaluated rounds always stay. */
const historyPoints = 4_000

export interface WatchFeed {
  changed(): void
  closed(record: RoundRecord): void
  stop(): void
}

export function serveWatchers(
  watch: Namespace,
  history: () => readonly RoundRecord[],
  snapshot: () => object,
): WatchFeed {
  let changedFrom = Infinity
  let timer: ReturnType<typeof setTimeout> | null = null

  const publish = () => {
    timer = null
    if (watch.sockets.size > 0) {
      // A record changes once more when its model has been evaluated: all from the oldest change on are sent.
      const records = history()
      const from = records.findLastIndex(({ round }) => round < changedFrom) + 1
      if (from < records.length) watch.emit('rounds', records.slice(from))
      watch.emit('snapshot', snapshot())
    }
    changedFrom = Infinity
  }
  const schedule = () => {
    timer ??= setTimeout(publish, 1000 / limits.snapshotsPerSecondMax)
  }

  watch.on('connection', socket => {
    const all = history()
    const step = Math.max(1, Math.ceil(all.length / historyPoints))
    socket.emit(
      'history',
      all.filter((record, i) => i % step === 0 || i === all.length - 1 || record.testAccuracy !== null),
    )
    socket.emit('snapshot', snapshot())
  })
  return {
    changed: schedule,
    closed(record) {
      changedFrom = Math.min(changedFrom, record.round)
      schedule()
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
    },
  }
}
