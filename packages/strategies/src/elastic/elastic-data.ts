// Whose data: a pool that everybody holds (data overlap), and an equal part of the rest for each.

import { randomStream } from '@muster/numerics'
import type { PartitionIndex } from '@muster/vocabulary'
import { ownBlock, partitionsMax } from '../own-block.ts'

/**
 * The partitions of one worker, (r + (1 − r)/n) k of them. The pool is spread evenly over the data, as a random one would
 * be in the mean: data may lie in order of their labels.
 * @param overlap r, the pool's share of the k partitions
 */
export function partitionsOf(k: number, overlap: number, place: number, workers: number): PartitionIndex[] {
  const isShared = (j: PartitionIndex) => Math.floor((j + 1) * overlap) > Math.floor(j * overlap)
  const all = Array.from({ length: k }, (_, j) => j)
  const rest = all.filter(j => !isShared(j))
  const { from, length } = ownBlock(rest.length, place, workers)
  return [...all.filter(isShared), ...rest.slice(from, from + length)].sort((one, other) => one - other)
}

export interface Taken {
  readonly partitions: readonly PartitionIndex[]
  readonly cursor: number
}

/** The next steps' partitions: all of the worker's once before any twice, in an order drawn anew each time. */
export function takePartitions(
  held: readonly PartitionIndex[],
  { steps, perStep, place, cursor }: { steps: number; perStep: number; place: number; cursor: number },
): Taken {
  const run = Math.min(perStep, held.length, Math.max(1, Math.floor(partitionsMax / steps)))
  // What is left of an order that is too little for a step is left out, so that no step takes a partition twice.
  const runsInOrder = Math.floor(held.length / run)
  const partitions = Array.from({ length: steps }, (_, step) => {
    const at = cursor + step
    const order = randomStream('elastic-data', place, Math.floor(at / runsInOrder)).permutation(held.length)
    const from = (at % runsInOrder) * run
    return Array.from({ length: run }, (_, i) => held[order[from + i]!]!)
  }).flat()
  return { partitions, cursor: cursor + steps }
}
