// Images at half their side, so that a convolution over them costs a quarter.

import type { Rows } from '@muster/workloads'

/** Each pixel the mean of 2 × 2, rounded; grey, square, of an even side. In shared memory, as what is brought. */
export function halveImages({ count, inputSize, inputs, labels }: Rows): Rows {
  const side = Math.sqrt(inputSize)
  if (side % 2 !== 0) throw new RangeError(`images of ${inputSize} numbers have no even side`)
  const half = side / 2
  const size = half * half
  const halved = new Uint8Array(new SharedArrayBuffer(count * size))
  for (let i = 0; i < count; i++)
    for (let y = 0; y < half; y++)
      for (let x = 0; x < half; x++) {
        const at = i * inputSize + 2 * y * side + 2 * x
        const sum = inputs[at]! + inputs[at + 1]! + inputs[at + side]! + inputs[at + side + 1]!
        halved[i * size + y * half + x] = Math.round(sum / 4)
      }
  return { kind: 'rows', count, inputSize: size, inputs: halved, labels }
}
