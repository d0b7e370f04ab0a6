// How much redundancy is worth its price: every past round is replayed under each group size, and the one that would
// have cost least lately is taken. Neither a count of stragglers nor a threshold decides: one straggler may cost more
// than doubling everybody's work, or much less.

import type { Milliseconds, RoundNumber, WorkerId } from '@muster/vocabulary'
import { replayRound, type SeenWorker } from './replay.ts'

export interface PastRound {
  readonly round: RoundNumber
  /** Who straggled. */
  readonly stragglers: readonly WorkerId[]
  /** The redundancy in force. */
  readonly chosen: number
  readonly tookMs: Milliseconds
  /** What it would have taken with groups of 1, 2, …; empty where the policy does not ask, or nothing can be said. */
  readonly replayedMs: readonly Milliseconds[]
}

export type History = readonly PastRound[]

/** How many rounds are remembered. */
export const historyRounds = 20
/** A round counts so much of the one after it: what matters is how tabs behave now. */
const decay = 0.85
/** Redundancy must gain so much: replays are estimates, and copies cost volunteers their energy. */
const gainMin = 0.03
/** Groups up to this size are replayed. */
const replayedMax = 6

/** Empty where all were lost: whatever the redundancy, only a newcomer could end the round. */
export const replayAll = (workers: readonly SeenWorker[], partitions: number): Milliseconds[] =>
  workers.every(({ lostMs }) => lostMs < Infinity)
    ? []
    : Array.from({ length: Math.min(replayedMax, workers.length) }, (_, i) => replayRound(workers, partitions, i + 1))

/** The smallest redundancy under which the last rounds would have taken little more than the least. */
export function chooseRedundancy(history: History): number {
  const replayed = history.filter(({ replayedMs }) => replayedMs.length > 0)
  if (replayed.length === 0) return 1
  const candidates = Math.min(...replayed.map(({ replayedMs }) => replayedMs.length))
  const costs = Array.from({ length: candidates }, (_, i) => costOf(replayed, i))
  const least = Math.min(...costs)
  return 1 + costs.findIndex(cost => cost <= (1 + gainMin) * least)
}

/** Where a redundancy was in force its rounds need no estimate. */
const costOf = (history: History, i: number): number =>
  history.reduce((sum, { chosen, tookMs, replayedMs }, index) => {
    const ms = chosen === i + 1 ? tookMs : replayedMs[i]!
    return sum + decay ** (history.length - 1 - index) * ms
  }, 0)
