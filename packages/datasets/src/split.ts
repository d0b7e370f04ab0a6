// Which samples train and which test.

import { randomStream } from '@muster/numerics'
import { DatasetError } from './dataset-error.ts'
import { defaults, type ReadOptions } from './options.ts'

export interface Split {
  /** Numbers of samples, in random order: neighbours in a file are often of one class. */
  readonly train: Uint32Array
  readonly test: Uint32Array
}

const sampleLimit = 50_000_000

/** A part for testing by chance, at least one sample for either side. */
export function splitByChance(count: number, options: ReadOptions): Split {
  const { testShare, seed } = { ...defaults, ...options }
  if (count < 2)
    throw new DatasetError(`There is ${count} sample; at least one to train and one to test with are needed.`)
  checkCount(count)
  const order = randomStream(seed, 'split').permutation(count)
  const testCount = Math.min(Math.max(Math.round(count * testShare), 1), count - 1)
  return { test: order.subarray(0, testCount), train: order.subarray(testCount) }
}

/** What was brought in two parts stays so: the first `trainCount` train, the others test. */
export function splitAsGiven(trainCount: number, testCount: number, options: ReadOptions): Split {
  if (trainCount === 0 || testCount === 0)
    throw new DatasetError(
      `There are ${trainCount} training and ${testCount} test samples; at least one of either is needed.`,
    )
  checkCount(trainCount + testCount)
  const { seed } = { ...defaults, ...options }
  return {
    train: randomStream(seed, 'split').permutation(trainCount),
    test: Uint32Array.from({ length: testCount }, (_, i) => trainCount + i),
  }
}

/** Rows of `size` numbers, picked in that order. */
export function pickRows<Numbers extends Uint8Array | Float32Array>(
  from: Numbers,
  size: number,
  rows: Uint32Array,
): Numbers {
  // What is read from a file may be a Buffer, whose constructor is another matter.
  const length = rows.length * size
  const picked = (from instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length)) as Numbers
  for (const [to, row] of rows.entries()) picked.set(from.subarray(row * size, (row + 1) * size), to * size)
  return picked
}

export const pickLabels = (labels: Uint16Array, rows: Uint32Array): Uint16Array =>
  Uint16Array.from(rows, row => labels[row]!)

function checkCount(count: number): void {
  if (count > sampleLimit)
    throw new DatasetError(
      `There are ${count.toLocaleString('en')} samples; allowed: at most ${sampleLimit.toLocaleString('en')}.`,
    )
}
