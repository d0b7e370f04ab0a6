// Images as what they are mostly not: of each sample only the pixels that are not zero, so that nothing is computed for
// empty paper.

import type { Rows } from '@muster/workloads'

export interface SparseRows {
  readonly count: number
  readonly inputSize: number
  /** Where the entries of sample i begin; those of the last end at the last number. */
  readonly starts: Uint32Array
  readonly columns: Uint16Array
  /** 0..1 */
  readonly values: Float32Array
  readonly labels: Uint16Array
}

export function sparseRows({ count, inputSize, inputs, labels }: Omit<Rows, 'kind'>): SparseRows {
  const starts = new Uint32Array(count + 1)
  let length = 0
  for (let p = 0; p < count * inputSize; p++) if (inputs[p] !== 0) length++
  const columns = new Uint16Array(length)
  const values = new Float32Array(length)
  const scale = inputs instanceof Uint8Array ? 1 / 255 : 1
  let at = 0
  for (let i = 0; i < count; i++) {
    for (let column = 0; column < inputSize; column++) {
      const value = inputs[i * inputSize + column]!
      if (value === 0) continue
      columns[at] = column
      values[at++] = value * scale
    }
    starts[i + 1] = at
  }
  return { count, inputSize, starts, columns, values, labels }
}
