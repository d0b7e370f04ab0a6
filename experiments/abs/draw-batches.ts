// Which samples of a partition a draw uses: those that a run of the house would use, with its passes kept, because many
// workers draw from the same pass.

import { type Rows, roundSamples } from '@muster/workloads'

/** Passes of a partition that are kept: workers are apart by no more. */
const passesKept = 4

export interface BatchDraw {
  readonly seed: number
  readonly batchPerPartition: number
  /** The partition's samples, each of them its own number. */
  readonly numbers: Rows
  readonly partition: number
}

/** The numbers of the samples of a draw; equal to what `roundSamples` draws. */
export function createBatchDraw({ seed, batchPerPartition, numbers, partition }: BatchDraw) {
  const size = numbers.count
  const settings = { seed, batchPerPartition: size, inputShape: [1], augmentation: null }
  const known = new Map<number, Float32Array>()
  /** A batch as large as the partition is one whole pass. */
  function passOf(pass: number): Float32Array {
    let order = known.get(pass)
    if (!order) {
      order = roundSamples(settings, numbers, pass, partition).inputs
      if (known.size >= passesKept) known.delete(known.keys().next().value!)
      known.set(pass, order)
    }
    return order
  }
  return (draw: number): Float32Array => {
    const first = draw * batchPerPartition
    return Float32Array.from({ length: batchPerPartition }, (_, i) => {
      const at = first + i
      return passOf(Math.floor(at / size))[at % size]!
    })
  }
}
