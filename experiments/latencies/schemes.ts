// When each scheme's round ends, from completion times alone: no engine, no messages, no code. An oracle for what the
// strategies do in the simulator, and the arithmetic of the paper.
//
//   C_i(m): when worker i has finished m of n tasks, `times[i][m]`;  [x]_(r): the r-th smallest of n

import type { CompletionTimes } from './time-models.ts'

/** [C(m)]_(r). */
const orderStatistic = (times: CompletionTimes, m: number, r: number): number =>
  Float64Array.from(times, worker => worker[m]!).sort()[r - 1]!

/** T_GC(s) = [C(s+1)]_(n−s): a gradient code that stands s stragglers. */
export const fixedCode = (times: CompletionTimes, s: number): number => orderStatistic(times, s + 1, times.length - s)

/** Every worker's one task. */
export const waitForAll = (times: CompletionTimes): number => fixedCode(times, 0)

/** T_NGC = min over s ≤ sMax of T_GC(s): nested codes stop at whichever tolerance suffices first. */
export const nestedCyclic = (times: CompletionTimes, sMax: number): number => Math.min(...fixedCodes(times, sMax))

/** T_GC(0) … T_GC(sMax). */
export const fixedCodes = (times: CompletionTimes, sMax: number): number[] =>
  Array.from({ length: sMax + 1 }, (_, s) => fixedCode(times, s))

/** T_FR(s), where s + 1 divides n: each group of s + 1 neighbours waits for its fastest to finish s + 1 tasks. */
export function fractionalRepetition(times: CompletionTimes, s: number): number {
  let slowest = 0
  for (let first = 0; first < times.length; first += s + 1) {
    const fastest = Math.min(...times.slice(first, first + s + 1).map(worker => worker[s + 1]!))
    slowest = Math.max(slowest, fastest)
  }
  return slowest
}

/**
 * Nested tree of n = 2^L workers, one per leaf, levels up to `deepest`: a block of 2^l leaves is there when one of its
 * workers has finished 2^l tasks, or both its halves are.
 */
export function nestedTree(times: CompletionTimes, deepest: number): number {
  const block = (first: number, level: number): number => {
    const size = 2 ** level
    const own =
      level > deepest
        ? Number.POSITIVE_INFINITY
        : Math.min(...times.slice(first, first + size).map(worker => worker[size]!))
    if (level === 0) return own
    return Math.min(own, Math.max(block(first, level - 1), block(first + size / 2, level - 1)))
  }
  return block(0, Math.log2(times.length))
}

/** Every partial gradient sent by itself, tasks in cyclic order: no code on this placement is faster. */
export function everyMessage(times: CompletionTimes, sMax: number): number {
  const n = times.length
  let slowest = 0
  for (let j = 0; j < n; j++) {
    let first = Number.POSITIVE_INFINITY
    for (let m = 0; m <= sMax; m++) first = Math.min(first, times[(j - m + n) % n]![m + 1]!)
    slowest = Math.max(slowest, first)
  }
  return slowest
}

/** Tasks each worker has finished by then. */
export const tasksDone = (times: CompletionTimes, by: number): number[] =>
  times.map(worker => worker.findLastIndex(time => time <= by))
