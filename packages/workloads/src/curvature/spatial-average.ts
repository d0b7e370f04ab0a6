// AdaHessian's spatial averaging (Yao et al. 2021): weights that belong together get the mean of their |Dᵢ|, because
// one draw's estimate of each is noisy. The formula there takes the mean first; the published code, and this, |·| first.

import type { Network, TensorLayout } from '../network/plan.ts'

/**
 * The published code has two forms; what both leave alone, biases and scales, is |D|.
 * - `convolutions`: a convolution's kernel is averaged over its extent in space, by input and output channel. What the
 *   authors use for images.
 * - `convolutions-and-rows`: 2-D weights too, over rows as PyTorch keeps them: the inputs of one output, the numbers of
 *   one token. What they use elsewhere, with rows in blocks of `blockLength`.
 */
export type SpatialAveraging = 'convolutions' | 'convolutions-and-rows'

/**
 * |D| averaged, in layout order.
 * @param diagonal parameterCount numbers: an estimate of diag(H), or of several
 * @param blockLength consecutive numbers of a row that are averaged together; absent: all of it
 * @throws RangeError where a row does not divide into blocks, or the diagonal is of another length
 */
export function spatialAverage(
  { tensors, parameterCount }: Pick<Network, 'tensors' | 'parameterCount'>,
  diagonal: ArrayLike<number>,
  form: SpatialAveraging,
  blockLength?: number,
): Float32Array {
  if (diagonal.length !== parameterCount)
    throw new RangeError(`this model has ${parameterCount} parameters, the diagonal ${diagonal.length} numbers`)
  const averaged = Float32Array.from(diagonal, Math.abs)
  for (const tensor of tensors) {
    const groups = groupsOf(tensor, form, blockLength)
    if (groups !== null) averageWithin(averaged, groups)
  }
  return averaged
}

/** Numbers a, a + stride, … of `size` each, for every a of `starts`. */
interface Groups {
  readonly starts: readonly number[]
  readonly stride: number
  readonly size: number
}

/** The axes of a tensor that its mean is taken over; none: it is left alone. */
export function averagedAxes({ name, shape }: TensorLayout, form: SpatialAveraging): readonly number[] {
  // Kernels are kh × kw × C × F.
  if (shape.length === 4) return [0, 1]
  if (form !== 'convolutions-and-rows' || shape.length !== 2) return []
  // Dense kernels are in × out, PyTorch's out × in; its tables of vectors are as they are here.
  return name.endsWith('/embeddings') ? [1] : [0]
}

function groupsOf(tensor: TensorLayout, form: SpatialAveraging, blockLength?: number): Groups | null {
  const { name, shape, offset, length } = tensor
  const [axis, ...more] = averagedAxes(tensor, form)
  if (axis === undefined) return null
  if (more.length > 0) {
    // What belongs together lies C·F apart.
    const stride = shape[2]! * shape[3]!
    return { starts: upTo(stride, 1, offset), stride, size: shape[0]! * shape[1]! }
  }
  const [first, second] = shape as [number, number]
  const isTable = axis === 1
  const row = isTable ? second : first
  const size = blockLength ?? row
  if (!(Number.isInteger(size) && size >= 1 && row % size === 0))
    throw new RangeError(`${name} has rows of ${row} numbers, which do not divide into blocks of ${size}`)
  if (isTable) return { starts: upTo(length, size, offset), stride: 1, size }
  const starts = upTo(first, size, 0).flatMap(from => upTo(second, 1, offset + from * second))
  return { starts, stride: second, size }
}

const upTo = (end: number, step: number, offset: number): number[] =>
  Array.from({ length: end / step }, (_, i) => offset + i * step)

function averageWithin(values: Float32Array, { starts, stride, size }: Groups): void {
  for (const start of starts) {
    let sum = 0
    for (let k = 0; k < size; k++) sum += values[start + k * stride]!
    for (let k = 0; k < size; k++) values[start + k * stride] = sum / size
  }
}
