// What a lease adds its batches to, whatever it is: all that is asked of it is to take a batch and to be read.

import type { Batch, GradientRange, GradientSum, LocalWalk } from '@muster/workloads'

export interface RunningReading {
  /** What is sent: a sum of gradients, of directions, or parameters. */
  readonly vector: Float32Array
  readonly lossSum: number
  readonly samples: number
}

export interface Running {
  add(batch: Batch): Promise<void>
  /** As it stands now, whatever is added later. */
  read(): Promise<RunningReading>
  /** Where it can be kept as it is while it goes on. */
  copy?(): Running
  /** Where it can be sent in tiles: coordinates [from, to) as they are now. */
  takeRange?(from: number, to: number): GradientRange
  dispose(): void
}

export const runningSum = (sum: GradientSum): Running => ({
  ...runningWalk(sum),
  copy: () => runningSum(sum.copy()),
  takeRange: (from, to) => sum.takeRange(from, to),
})

export const runningWalk = (walk: Pick<LocalWalk, 'add' | 'read' | 'dispose'>): Running => ({
  add: batch => walk.add(batch),
  async read() {
    const { gradient, lossSum, samples } = await walk.read()
    return { vector: gradient, lossSum, samples }
  },
  dispose: () => walk.dispose(),
})
