// What simulated workers take gradients of: any function of parameters, cut into partitions with batches of its own.

import type { PartitionIndex } from '@muster/vocabulary'

export interface Problem {
  /** d */
  readonly dimension: number
  readonly samplesPerPartition: number
  start(): Float32Array
  /**
   * Summed over the samples of one batch of a partition; pure.
   * @param draw which batch: the round, or with local steps a number of each step's own
   */
  gradient(
    parameters: Float32Array,
    draw: number,
    partition: PartitionIndex,
  ): { readonly gradient: Float32Array; readonly lossSum: number }
}
