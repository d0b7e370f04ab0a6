// Fractional repetition (Tandon et al. 2017, §3), for any number of workers and blocks of any size: workers form
// groups, each group owns a block of partitions, every member sums the whole block with coefficients 1, and the
// first answer of each group completes the sum. A = 1.

import { type EncodingRow, type GradientCode, judgeDecoding } from './code.ts'

/**
 * Sizes of ⌊n/r⌋ groups (at least one) that differ by at most one; the larger ones come last, where a caller
 * who sorts workers by speed has the slowest.
 */
export function groupSizes(workers: number, redundancy: number): number[] {
  const groups = Math.max(1, Math.floor(workers / redundancy))
  const size = Math.floor(workers / groups)
  const larger = workers - size * groups
  return Array.from({ length: groups }, (_, g) => (g >= groups - larger ? size + 1 : size))
}

/** The first `sizes[0]` items, the next `sizes[1]`, and so on. */
export function consecutive<Item>(items: readonly Item[], sizes: readonly number[]): Item[][] {
  let start = 0
  return sizes.map(size => {
    start += size
    return items.slice(start - size, start)
  })
}

/** Partitions 0, 1, … cut into consecutive blocks of these sizes. */
export const consecutiveBlocks = (sizes: readonly number[]): number[][] =>
  consecutive([...Array(sizes.reduce((sum, size) => sum + size, 0)).keys()], sizes)

/** Consecutive workers form the groups, consecutive partitions their blocks. */
export function fractionalRepetition(groups: readonly number[], blocks: readonly number[]): GradientCode {
  const partitions = blocks.reduce((sum, size) => sum + size, 0)
  const rows: EncodingRow[] = []
  const groupOf: number[] = []
  consecutiveBlocks(blocks).forEach((block, g) => {
    for (let i = 0; i < groups[g]!; i++) {
      rows.push({ partitions: block, weights: block.map(() => 1) })
      groupOf.push(g)
    }
  })
  return {
    workers: rows.length,
    partitions,
    tolerance: Math.min(...groups.filter((_, g) => blocks[g]! > 0)) - 1,
    rows,
    decode(responders) {
      const first = new Map<number, number>()
      for (const worker of responders) if (!first.has(groupOf[worker]!)) first.set(groupOf[worker]!, worker)
      if (blocks.some((size, g) => size > 0 && !first.has(g))) return undefined
      const terms = [...first.entries()]
        .filter(([g]) => blocks[g]! > 0)
        .map(([, worker]) => ({ worker, weight: 1 }))
        .sort((one, other) => one.worker - other.worker)
      return judgeDecoding(rows, partitions, terms)
    },
  }
}
