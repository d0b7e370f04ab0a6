// Small changes of images while training, so that a network sees each in many ways. A function of (seed, round,
// partition, sample): whoever computes a partition sees the same.

import { randomStream } from '@muster/numerics'
import type { DrawKey } from './samples.ts'

export interface Augmentation {
  /** Mirror left and right, every second time. */
  readonly flip: boolean
  /** Move by up to so many pixels each way; what comes in is zero. */
  readonly shift: number
}

/**
 * Changes `inputs` in place.
 * @param inputs samples of `inputShape`, height × width or height × width × channels, one after the other
 * @param samples the index of each within its partition
 */
export function augment(
  inputs: Float32Array,
  inputShape: readonly number[],
  samples: ArrayLike<number>,
  { flip, shift }: Augmentation,
  { seed, round, partition }: DrawKey,
): void {
  const [height = 1, width = 1, channels = 1] = inputShape
  const size = height * width * channels
  const image = new Float32Array(size)
  for (let row = 0; row < samples.length; row++) {
    const stream = randomStream(seed, 'augment', round, partition, samples[row]!)
    const isFlipped = flip && stream.integer(2) === 1
    const down = shift === 0 ? 0 : stream.integer(2 * shift + 1) - shift
    const right = shift === 0 ? 0 : stream.integer(2 * shift + 1) - shift
    if (!isFlipped && down === 0 && right === 0) continue
    const target = inputs.subarray(row * size, (row + 1) * size)
    image.set(target)
    target.fill(0)
    for (let y = Math.max(0, down); y < Math.min(height, height + down); y++)
      for (let x = Math.max(0, right); x < Math.min(width, width + right); x++) {
        const column = isFlipped ? width - 1 - (x - right) : x - right
        const from = ((y - down) * width + column) * channels
        for (let c = 0; c < channels; c++) target[(y * width + x) * channels + c] = image[from + c]!
      }
  }
}
