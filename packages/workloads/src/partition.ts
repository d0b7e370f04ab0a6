// How a data set is cut into partitions, and which samples of a partition a round uses.
// Both are pure functions, so that whoever computes a partition computes the same sum.

import { randomStream } from '@muster/numerics'
import { type Augmentation, augment } from './augment.ts'
import { type Batch, type Samples, takeBatch } from './samples.ts'

export interface PartitionRange {
  readonly from: number
  /** The first sample that belongs to the next partition. */
  readonly to: number
}

/** Partition j of `partitions` contiguous ones; their sizes differ by at most one. */
export function partitionRange(sampleCount: number, partitions: number, j: number): PartitionRange {
  if (!(partitions >= 1 && partitions <= sampleCount))
    throw new RangeError(`${sampleCount} samples cannot be cut into ${partitions} partitions`)
  if (!(j >= 0 && j < partitions)) throw new RangeError(`there is no partition ${j} of ${partitions}`)
  return {
    from: Math.floor((sampleCount * j) / partitions),
    to: Math.floor((sampleCount * (j + 1)) / partitions),
  }
}

/**
 * The `batchSize` sample indices (within the partition) of a round, counted from 0. Pass p visits the partition in
 * its own random order; rounds take successive slices of pass after pass, so every pass sees each sample once.
 */
export function roundBatch(
  seed: number,
  round: number,
  partition: number,
  partitionSize: number,
  batchSize: number,
): Uint32Array {
  if (!(partitionSize >= 1)) throw new RangeError(`a partition of ${partitionSize} samples has no batch`)
  const indices = new Uint32Array(batchSize)
  const first = round * batchSize
  let filled = 0
  while (filled < batchSize) {
    const pass = Math.floor((first + filled) / partitionSize)
    const start = (first + filled) % partitionSize
    const order = randomStream(seed, 'batch', partition, pass).permutation(partitionSize)
    const slice = order.subarray(start, Math.min(partitionSize, start + batchSize - filled))
    indices.set(slice, filled)
    filled += slice.length
  }
  return indices
}

export interface RoundSettings {
  readonly seed: number
  /** Samples of each partition in a round. */
  readonly batchPerPartition: number
  /** Of one sample. */
  readonly inputShape: readonly number[]
  readonly augmentation: Augmentation | null
}

/** The batch of a partition in a round, as every model is fed: drawn, changed, and marked for random layers. */
export function roundSamples(settings: RoundSettings, samples: Samples, round: number, partition: number): Batch {
  const { seed, batchPerPartition, inputShape, augmentation } = settings
  const indices = roundBatch(seed, round, partition, samples.count, batchPerPartition)
  const drawKey = { seed, round, partition }
  const batch = takeBatch(samples, indices)
  if (augmentation !== null) augment(batch.inputs, inputShape, indices, augmentation, drawKey)
  return { ...batch, drawKey }
}
