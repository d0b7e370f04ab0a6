// An optimiser's state as tensors of a checkpoint, exactly: float64 slots and a 64-bit step count.

import type { OptimiserState } from './optimiser.ts'
import { SafetensorsError, type Tensor } from './safetensors.ts'

const prefix = 'optimiser.'
const stepName = `${prefix}step`

/** One tensor for the step count (I64, shape []) and one per slot (F64, shape [d]), named `optimiser.<slot>`. */
export function optimiserTensors(state: OptimiserState): Tensor[] {
  const slots = Object.entries(state.slots).map(
    ([name, data]): Tensor => ({ name: prefix + name, dtype: 'F64', shape: [data.length], data }),
  )
  return [{ name: stepName, dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(state.step)) }, ...slots]
}

/** Tensors of other names are passed over. @throws SafetensorsError when the step count is missing or a slot is not F64. */
export function optimiserStateFrom(tensors: readonly Tensor[]): OptimiserState {
  const step = tensors.find(({ name }) => name === stepName)?.data
  if (!(step instanceof BigInt64Array) || step.length !== 1 || step[0]! < 0n)
    throw new SafetensorsError(`${stepName} must be one I64 number that is not negative`)
  const slots = tensors
    .filter(({ name }) => name.startsWith(prefix) && name !== stepName)
    .map(({ name, data }): [string, Float64Array] => {
      if (!(data instanceof Float64Array)) throw new SafetensorsError(`${name} must be F64`)
      return [name.slice(prefix.length), data]
    })
  return { step: Number(step[0]), slots: Object.fromEntries(slots) }
}
