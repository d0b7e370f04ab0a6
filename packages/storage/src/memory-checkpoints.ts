// Checkpoints in memory: the newest two of each run.

import type { RunId } from '@muster/vocabulary'
import { refuseUnfitRound, refuseUnfitRunId } from './rules.ts'
import type { Checkpoint, Checkpoints } from './storage.ts'

export function createMemoryCheckpoints(): Checkpoints {
  const newestFirst = new Map<RunId, readonly Checkpoint[]>()
  return {
    save(run, round, bytes) {
      refuseUnfitRound(round)
      refuseUnfitRunId(run)
      const previous = newestFirst.get(run)?.find(other => other.round < round)
      const saved = { round, bytes: Uint8Array.from(bytes) }
      newestFirst.set(run, previous ? [saved, previous] : [saved])
    },
    latest(run, validate = () => true) {
      refuseUnfitRunId(run)
      const stored = newestFirst.get(run) ?? []
      const index = stored.findIndex(({ bytes }) => validate(bytes))
      if (index < 0) return undefined
      newestFirst.set(run, stored.slice(index))
      const { round, bytes } = stored[index]!
      return { round, bytes: Uint8Array.from(bytes) }
    },
  }
}
