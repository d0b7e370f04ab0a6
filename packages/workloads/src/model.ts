// What a model is, as plain JSON, and how its tensors lie in one flat vector of float32.
// Must not hold: tensors on a device, or how a gradient is taken.

export type Activation = 'tanh' | 'relu' | 'gelu'

export type ModelSpec =
  | { readonly kind: 'softmax-regression' }
  | { readonly kind: 'mlp'; readonly hidden: readonly number[]; readonly activation: Activation }

export interface TensorLayout {
  readonly name: string
  readonly shape: readonly number[]
  /** Where the tensor begins in the flat vector, in numbers. */
  readonly offset: number
  readonly length: number
}

export interface ModelLayout {
  /** In the order of the flat vector, without gaps. */
  readonly tensors: readonly TensorLayout[]
  readonly parameterCount: number
}

/** Widths from input to logits: [784, 64, 10]. */
export function layerWidths(spec: ModelSpec, inputSize: number, classes: number): readonly number[] {
  const widths = [inputSize, ...(spec.kind === 'mlp' ? spec.hidden : []), classes]
  for (const width of widths)
    if (!Number.isSafeInteger(width) || width < 1)
      throw new RangeError(`a layer's width must be a whole positive number, not ${width}`)
  return widths
}

/** @throws RangeError when a width is no whole positive number. */
export function modelLayout(spec: ModelSpec, inputSize: number, classes: number): ModelLayout {
  const widths = layerWidths(spec, inputSize, classes)
  const tensors: TensorLayout[] = []
  let offset = 0
  const place = (name: string, shape: readonly number[]) => {
    const length = shape.reduce((product, extent) => product * extent, 1)
    tensors.push({ name, shape, offset, length })
    offset += length
  }
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    place(`dense${layer}/kernel`, [widths[layer]!, widths[layer + 1]!])
    place(`dense${layer}/bias`, [widths[layer + 1]!])
  }
  return { tensors, parameterCount: offset }
}
