// Labelled samples as they are kept, and a batch of them as the numbers a model is fed.

/** Independent samples, one class each. */
export interface Rows {
  readonly kind: 'rows'
  readonly count: number
  readonly inputSize: number
  /** count × inputSize, row by row: bytes, fed to the model as 0..1, or floats, fed as they are. */
  readonly inputs: Uint8Array | Float32Array
  /** One class per sample. */
  readonly labels: Uint16Array
}

/** A text as tokens. What a sample of it is, the model's window decides. */
export interface Text {
  readonly kind: 'text'
  readonly tokens: Uint16Array
}

/** A text cut for a model: sample i reads tokens i·stride up to i·stride + inputSize, and each one's successor is its target. */
export interface Windows {
  readonly kind: 'windows'
  readonly count: number
  /** Tokens a sample reads. */
  readonly inputSize: number
  /** Tokens between the beginnings of two samples. */
  readonly stride: number
  readonly tokens: Uint16Array
}

/** What a data set holds. */
export type Content = Rows | Text
/** What is computed on. */
export type Samples = Rows | Windows

export interface Dataset<Held extends Content = Content> {
  readonly name: string
  readonly title: string
  /** Of one sample of rows, e.g. [28, 28] or [32, 32, 3]; empty for a text. */
  readonly inputShape: readonly number[]
  /** Classes of rows, tokens of a text. */
  readonly classes: number
  /** What each class is called; of a text, the character each token stands for. */
  readonly classNames: readonly string[]
  /** How the numbers of rows came from what was read, for those who use the model later; absent for bytes. */
  readonly columns?: readonly Column[]
  readonly train: Held
  readonly test: Held
}

/** A number is fed as (value − mean) / deviation, a category as one input per value, 0 or 1. */
export type Column =
  | { readonly name: string; readonly mean: number; readonly deviation: number }
  | { readonly name: string; readonly values: readonly string[] }

/** Numbers of one sample of this shape. */
export const inputSizeOf = (inputShape: readonly number[]): number =>
  inputShape.reduce((product, extent) => product * extent, 1)

/** Whose random layers a batch is drawn for: whoever computes a partition draws the same. */
export interface DrawKey {
  readonly seed: number
  readonly round: number
  readonly partition: number
  /** Samples of the partition's batch that come before these: of a piece; 0 unless said. */
  readonly firstSample?: number
}

export interface Batch {
  readonly size: number
  /** size × inputSize; tokens as their numbers. */
  readonly inputs: Float32Array
  /** size × targets of a sample: one class each, or the successor of each token. */
  readonly labels: Uint16Array
  /** Absent: random layers let everything through, as in evaluation. */
  readonly drawKey?: DrawKey
}

const scale = 1 / 255

/**
 * The windows of `inputSize` tokens that begin every `stride` tokens.
 * @throws RangeError when the text is too short for one.
 */
export function windowsOf({ tokens }: Text, inputSize: number, stride = 1): Windows {
  const count = Math.floor((tokens.length - 1 - inputSize) / stride) + 1
  if (count < 1) throw new RangeError(`a text of ${tokens.length} tokens has no window of ${inputSize} and a successor`)
  const whole = { kind: 'windows', count, inputSize, stride, tokens } as const
  // Tokens that no window reaches are left out.
  return sliceSamples(whole, 0, count)
}

/** The samples at `indices`, in that order. @throws RangeError for an index that is none. */
export function takeBatch(samples: Samples, indices: ArrayLike<number>): Batch {
  const { inputSize, count } = samples
  const size = indices.length
  const inputs = new Float32Array(size * inputSize)
  const labels = new Uint16Array(samples.kind === 'rows' ? size : size * inputSize)
  for (let row = 0; row < size; row++) {
    const index = indices[row]!
    if (!(index >= 0 && index < count)) throw new RangeError(`sample ${index} asked of ${count} samples`)
    const to = row * inputSize
    if (samples.kind === 'windows') {
      const from = index * samples.stride
      inputs.set(samples.tokens.subarray(from, from + inputSize), to)
      labels.set(samples.tokens.subarray(from + 1, from + 1 + inputSize), to)
    } else {
      const from = index * inputSize
      if (samples.inputs instanceof Float32Array) inputs.set(samples.inputs.subarray(from, from + inputSize), to)
      else for (let i = 0; i < inputSize; i++) inputs[to + i] = samples.inputs[from + i]! * scale
      labels[row] = samples.labels[index]!
    }
  }
  return { size, inputs, labels }
}

/** Samples `from` up to but without `to`; shares the bytes. */
export function sliceSamples<Kind extends Samples>(samples: Kind, from: number, to: number): Kind
export function sliceSamples(samples: Samples, from: number, to: number): Samples {
  const { inputSize } = samples
  if (samples.kind === 'rows')
    return {
      ...samples,
      count: to - from,
      inputs: samples.inputs.subarray(from * inputSize, to * inputSize),
      labels: samples.labels.subarray(from, to),
    }
  const { stride, tokens } = samples
  return { ...samples, count: to - from, tokens: tokens.subarray(from * stride, (to - 1) * stride + inputSize + 1) }
}
