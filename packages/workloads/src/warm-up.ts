// Makes the device ready and measures it. The first batch compiles shaders, so it is kept out of the figure.

import type { GradientComputer } from './gradient-computer.ts'
import type { Network } from './network/plan.ts'
import type { Batch } from './samples.ts'

const untimedBatches = 2
const timedBatches = 5

export interface WarmUp {
  /** Median over a few batches, each waited for. */
  readonly msPerBatch: number
}

/**
 * Adds a few made-up batches of the run's shape. Needs loaded parameters, and leaves nothing behind.
 * @param now milliseconds, monotonic
 */
export async function warmUp(
  computer: GradientComputer,
  batchSize: number,
  now: () => number = () => performance.now(),
): Promise<WarmUp> {
  const batch = madeUpBatch(batchSize, computer.network)
  const sum = computer.newSum()
  try {
    for (let i = 0; i < untimedBatches; i++) await sum.add(batch)
    await sum.read()
    const taken: number[] = []
    for (let i = 0; i < timedBatches; i++) {
      const before = now()
      await sum.add(batch)
      taken.push(now() - before)
    }
    return { msPerBatch: taken.sort((a, b) => a - b)[timedBatches >> 1]! }
  } finally {
    sum.dispose()
  }
}

function madeUpBatch(size: number, { inputSize, targets, classes, tokens }: Network): Batch {
  const value = (i: number) => (tokens === null ? ((i * 37) % 256) / 255 : i % tokens)
  return {
    size,
    inputs: Float32Array.from({ length: size * inputSize }, (_, i) => value(i)),
    labels: Uint16Array.from({ length: size * targets }, (_, i) => i % classes),
    drawKey: { seed: 0, round: 0, partition: 0 },
  }
}
