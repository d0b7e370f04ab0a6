// While lists move: who should do how much so that all have computed their last partition at the same time
// (water-filling over what they have done and how fast they are), and which moves bring that about.

import type { LeaseId, Milliseconds, WorkerId } from '@muster/vocabulary'

/** A worker's future in this round. */
export interface Line {
  readonly worker: WorkerId
  readonly lease: LeaseId | null
  /** Done, as far as is known, and so at least what it keeps. */
  readonly done: number
  /** From then on it does one partition after the other. */
  readonly from: Milliseconds
  readonly msPerPartition: Milliseconds
  /** Of its list now; a shortening under way: where it will end. */
  readonly length: number
  readonly isShortening: boolean
}

const doneAt = ({ done, from, msPerPartition }: Line, at: Milliseconds): number =>
  done + Math.max(0, at - from) / msPerPartition

/** When all of it can be done: the smallest T with Σ doneᵢ(T) ≥ total. Infinity where there is nobody. */
export function levelOf(lines: readonly Line[], total: number): Milliseconds {
  let left = total
  for (const { done } of lines) left -= done
  const byStart = [...lines].sort((one, other) => one.from - other.from)
  if (byStart.length === 0) return Number.POSITIVE_INFINITY
  if (left <= 0) return byStart[0]!.from
  // Σᵢ (T − fromᵢ) / mᵢ = left over those who begin before T.
  let rate = 0
  let begun = 0
  let level = Number.POSITIVE_INFINITY
  for (const { from, msPerPartition } of byStart) {
    if (from >= level) break
    rate += 1 / msPerPartition
    begun += from / msPerPartition
    level = (left + begun) / rate
  }
  return level
}

export interface Share {
  readonly line: Line
  /** What it does by the level; not a whole number. */
  readonly target: number
}

export const sharesOf = (lines: readonly Line[], level: Milliseconds): readonly Share[] =>
  lines.map(line => ({ line, target: doneAt(line, level) }))

/** Lists that are too long by more than this lateness are cut to their share. */
export function shorteningsOf(
  shares: readonly Share[],
  toleranceMs: Milliseconds,
): readonly { readonly lease: LeaseId; readonly to: number }[] {
  return shares.flatMap(({ line: { lease, length, isShortening, msPerPartition }, target }) => {
    const to = Math.ceil(target - 1e-6)
    if (lease === null || isShortening || to >= length) return []
    return (length - target) * msPerPartition > Math.max(toleranceMs, msPerPartition) ? [{ lease, to }] : []
  })
}

/** What is nobody's goes to those who are furthest below their share, so many to each. */
export function dealOf(
  shares: readonly Share[],
  pool: number,
): readonly { readonly line: Line; readonly count: number }[] {
  const able = shares.filter(({ line }) => !line.isShortening)
  const lacks = able.map(({ line, target }) => ({ line, lack: Math.max(0, target - line.length) }))
  const total = lacks.reduce((sum, { lack }) => sum + lack, 0)
  if (pool === 0 || able.length === 0) return []
  // Where shares were met already, the rest is dealt by speed.
  const parts =
    total > 0
      ? lacks.map(({ line, lack }) => ({ line, part: lack / total }))
      : able.map(({ line }) => ({
          line,
          part: 1 / line.msPerPartition / able.reduce((s, x) => s + 1 / x.line.msPerPartition, 0),
        }))
  return wholeShares(
    parts.map(({ part }) => part * pool),
    pool,
  ).map((count, i) => ({ line: parts[i]!.line, count }))
}

/** Rounds to whole numbers of the same sum: the largest remainders are rounded up. */
export function wholeShares(shares: readonly number[], total: number): readonly number[] {
  const counts = shares.map(Math.floor)
  const byRemainder = shares
    .map((share, i) => ({ i, remainder: share - counts[i]! }))
    .sort((one, other) => other.remainder - one.remainder || one.i - other.i)
  const left = total - counts.reduce((sum, count) => sum + count, 0)
  for (let turn = 0; turn < left; turn++) {
    const { i } = byRemainder[turn % byRemainder.length]!
    counts[i] = counts[i]! + 1
  }
  return counts
}
