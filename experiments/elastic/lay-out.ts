// Which sample lies in which partition. The strategy hands out partitions: a pool of them, spread evenly, to everybody, and
// an equal stretch of the others to each worker. Here the samples are laid so that this makes the split that is wanted.

import { randomStream } from '@muster/numerics'
import { partitionRange } from '@muster/workloads'
import { partitions, type Split } from './setting.ts'

export interface LayOut {
  readonly split: Split
  /** r */
  readonly overlap: number
  readonly workers: number
  readonly labels: ArrayLike<number>
}

/** As the strategy has it. */
export const isPooled = (overlap: number, partition: number): boolean =>
  Math.floor((partition + 1) * overlap) > Math.floor(partition * overlap)

/**
 * Indices of samples by partition. Samples come shuffled, so i.i.d. they stay in their order, and of a split by label the
 * pool takes the first: any of all labels. The rest goes to the workers in the order of its labels; what one worker has of
 * its own is shuffled, so that each of its batches shows all of its labels.
 */
export function layOut({ split, overlap, workers, labels }: LayOut): Uint32Array[] {
  const count = labels.length
  const places = Array.from({ length: partitions }, (_, j) => j)
  const isSorted = split === 'sorted'
  const pool = isSorted ? places.filter(j => isPooled(overlap, j)) : []
  const own = places.filter(j => !pool.includes(j))
  const pooled = Math.round((count * pool.length) / partitions)
  const all = Uint32Array.from({ length: count }, (_, i) => i)
  const rest = all.slice(pooled)
  const laid: Uint32Array[] = new Array(partitions)
  const fill = (samples: Uint32Array, into: readonly number[]) =>
    into.forEach((place, i) => {
      const { from, to } = partitionRange(samples.length, into.length, i)
      laid[place] = samples.subarray(from, to)
    })
  if (pool.length > 0) fill(all.subarray(0, pooled), pool)
  if (isSorted) {
    rest.sort((one, other) => labels[one]! - labels[other]! || one - other)
    for (let worker = 0; worker < workers; worker++) {
      const { from, to } = partitionRange(rest.length, workers, worker)
      shuffle(rest.subarray(from, to), worker)
    }
  }
  fill(rest, own)
  return laid
}

function shuffle(samples: Uint32Array, worker: number): void {
  const order = randomStream('elastic', 'lay-out', worker).permutation(samples.length)
  samples.set(Array.from(order, i => samples[i]!))
}
