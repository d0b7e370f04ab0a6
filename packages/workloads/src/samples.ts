// Labelled samples as bytes, and a batch of them as the numbers a model is fed.

export interface Samples {
  readonly count: number
  readonly inputSize: number
  /** count × inputSize, row by row, 0..255. */
  readonly inputs: Uint8Array
  /** One class per sample. */
  readonly labels: Uint8Array
}

export interface Dataset {
  readonly name: string
  readonly title: string
  /** E.g. [28, 28]; its product is the samples' inputSize. */
  readonly inputShape: readonly number[]
  readonly classes: number
  readonly classNames: readonly string[]
  readonly train: Samples
  readonly test: Samples
}

/** Numbers of one sample of this shape. */
export const inputSizeOf = (inputShape: readonly number[]): number =>
  inputShape.reduce((product, extent) => product * extent, 1)

export interface Batch {
  readonly size: number
  /** size × inputSize, in [0, 1]. */
  readonly inputs: Float32Array
  readonly labels: Uint8Array
}

const scale = 1 / 255

/** The samples at `indices`, in that order, their bytes scaled by 1/255. */
export function takeBatch(samples: Samples, indices: ArrayLike<number>): Batch {
  const { inputSize, count } = samples
  const size = indices.length
  const inputs = new Float32Array(size * inputSize)
  const labels = new Uint8Array(size)
  for (let row = 0; row < size; row++) {
    const index = indices[row]!
    if (!(index >= 0 && index < count)) throw new RangeError(`sample ${index} asked of ${count} samples`)
    const from = index * inputSize
    const to = row * inputSize
    for (let i = 0; i < inputSize; i++) inputs[to + i] = samples.inputs[from + i]! * scale
    labels[row] = samples.labels[index]!
  }
  return { size, inputs, labels }
}

/** Samples `from` up to but without `to`; shares the bytes. */
export function sliceSamples(samples: Samples, from: number, to: number): Samples {
  return {
    count: to - from,
    inputSize: samples.inputSize,
    inputs: samples.inputs.subarray(from * samples.inputSize, to * samples.inputSize),
    labels: samples.labels.subarray(from, to),
  }
}
