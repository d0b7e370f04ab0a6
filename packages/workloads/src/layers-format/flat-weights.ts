// Named tensors to the flat vector of a network.

import { ModelError, type Network } from '../network/plan.ts'
import { inputSizeOf } from '../samples.ts'

export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** Float32Array or Float64Array; others are refused. */
  readonly data: ArrayBufferView
}

/**
 * @param where what a refusal begins with
 * @throws ModelError that names each tensor that is missing, unknown or of another shape
 */
export function flatWeights(network: Network, tensors: readonly NamedTensor[], where: string): Float32Array {
  const problems: string[] = []
  const flat = new Float32Array(network.parameterCount)
  const own = new Map(network.tensors.map(layout => [layout.name, layout]))
  const seen = new Set<string>()
  for (const { name, shape, data } of tensors) {
    const layout = own.get(name)
    if (layout === undefined) problems.push(`tensor "${name}" of ${show(shape)} is none of this model's`)
    else if (seen.has(name)) problems.push(`tensor "${name}" is there twice`)
    else if (shape.join() !== layout.shape.join())
      problems.push(`tensor "${name}" is ${show(shape)}, ${show(layout.shape)} is needed`)
    else if (!(data instanceof Float32Array || data instanceof Float64Array))
      problems.push(`tensor "${name}" is held in a ${data.constructor.name}; numbers of float32 are needed`)
    else if (data.length !== inputSizeOf(shape))
      problems.push(`tensor "${name}" of ${show(shape)} has ${data.length} numbers`)
    else flat.set(data, layout.offset)
    seen.add(name)
  }
  for (const { name, shape } of network.tensors)
    if (!seen.has(name)) problems.push(`tensor "${name}" of ${show(shape)} is missing`)
  if (problems.length > 0) throw new ModelError(listProblems(where, problems))
  return flat
}

const problemsMax = 10

function listProblems(where: string, problems: readonly string[]): string {
  const more = problems.length - problemsMax
  const lines = problems.slice(0, problemsMax).map(problem => `${where}: ${problem}.`)
  return [...lines, ...(more > 0 ? [`${where}: and ${more} more.`] : [])].join('\n')
}

const show = (shape: readonly number[]): string => shape.join(' × ') || 'one number'
