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
  /** For local optimisers that go by it. */
  readonly curvature?: Curvature
}

export interface Curvature {
  /** The gradient, and beside it H z of the same sum along a z of independent ±1 that is a function of `probe`. */
  (
    parameters: Float32Array,
    draw: number,
    partition: PartitionIndex,
    probe: number,
  ): { readonly gradient: Float32Array; readonly lossSum: number; readonly product: Float32Array }
  /** |D| of a mean product H z, averaged in space. */
  averaged(product: Float64Array): Float64Array
}
