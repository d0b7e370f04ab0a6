// The data set the project makes itself: stroke-drawn digits, a pure function of the seed. Hard for a linear model,
// easy for a small network, a few seconds to make, and nothing to download.

import { randomStream } from '@muster/numerics'
import type { Dataset, Rows } from '../samples.ts'
import { side, writeDigit } from './handwriting.ts'

export interface DigitsSettings {
  readonly seed?: number
  readonly trainCount?: number
  readonly testCount?: number
}

/** Training and test samples are drawn by different hands (independent streams). */
export function makeDigits({ seed = 1, trainCount = 20_000, testCount = 4_000 }: DigitsSettings = {}): Dataset<Rows> {
  const grain = drawGrain(seed)
  return {
    name: 'digits',
    title: 'Digits drawn by the project itself',
    inputShape: [side, side],
    classes: 10,
    classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
    train: drawSamples(seed, 'train', trainCount, grain),
    test: drawSamples(seed, 'test', testCount, grain),
  }
}

function drawSamples(seed: number, part: string, count: number, grain: Float32Array): Rows {
  const inputSize = side * side
  const inputs = new Uint8Array(count * inputSize)
  const labels = new Uint16Array(count)
  for (let i = 0; i < count; i++) {
    const stream = randomStream(seed, 'digits', part, i)
    labels[i] = stream.integer(10)
    writeDigit(labels[i]!, stream, grain, inputs, i * inputSize)
  }
  return { kind: 'rows', count, inputSize, inputs, labels }
}

/** Standard normal numbers; each sample takes its noise from somewhere in them, which is cheaper than fresh draws. */
function drawGrain(seed: number): Float32Array {
  const stream = randomStream(seed, 'digits', 'grain')
  return Float32Array.from({ length: 1 << 16 }, stream.normal)
}
