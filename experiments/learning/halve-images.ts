// Images at half their side, so that a convolution over them costs a quarter.

import type { Rows } from '@muster/workloads'

/** Each number the mean of 2 × 2, rounded; square, of an even side. In shared memory, as what is brought. */
export function halveImages({ count, inputSize, inputs, labels }: Rows, channels = 1): Rows {
  const side = Math.sqrt(inputSize / channels)
  if (side % 2 !== 0) throw new RangeError(`images of ${inputSize} numbers have no even side`)
  const half = side / 2
  const size = half * half * channels
  const line = side * channels
  const halved = new Uint8Array(new SharedArrayBuffer(count * size))
  let to = 0
  for (let i = 0; i < count; i++)
    for (let y = 0; y < half; y++)
      for (let x = 0; x < half; x++)
        for (let channel = 0; channel < channels; channel++) {
          const at = i * inputSize + 2 * y * line + 2 * x * channels + channel
          const sum = inputs[at]! + inputs[at + channels]! + inputs[at + line]! + inputs[at + line + channels]!
          halved[to++] = Math.round(sum / 4)
        }
  return { kind: 'rows', count, inputSize: size, inputs: halved, labels }
}
