// The flat vector of a model's weights from the files its manifest names.

import { ModelError, type Network } from '../network/plan.ts'
import { inputSizeOf } from '../samples.ts'
import { flatWeights, type NamedTensor } from './flat-weights.ts'
import { refuse } from './json-fields.ts'
import type { LayersModel } from './read-layers-model.ts'
import { bytesOfDtype, decodeNumbers, isWeightDtype } from './weight-numbers.ts'
import type { WeightEntry, WeightsGroup } from './weights-manifest.ts'

/**
 * float32, also quantised to float16, uint16 or uint8; other dtypes are refused.
 * @param files the bytes by the manifest's paths
 * @throws ModelError that names the file, and the tensor and byte where bytes are too few or too many
 */
export function readLayersWeights(
  model: LayersModel,
  network: Network,
  files: ReadonlyMap<string, Uint8Array>,
): Float32Array {
  const { manifest } = model
  if (manifest === null) throw new ModelError('this model was written without weights: it has no "weightsManifest".')
  const ours = new Map(model.weights.map(({ name, fileName }) => [fileName, name]))
  const tensors = manifest.flatMap(group => readGroup(group, files, ours))
  return flatWeights(network, tensors, manifest.flatMap(({ paths }) => paths).join(' + '))
}

function readGroup(
  { paths, weights }: WeightsGroup,
  files: ReadonlyMap<string, Uint8Array>,
  ours: ReadonlyMap<string, string>,
): NamedTensor[] {
  const where = paths.join(' + ')
  const bytes = endToEnd(paths.map(path => files.get(path) ?? refuse(path, 'this file of weights is missing')))
  const tensors: NamedTensor[] = []
  let at = 0
  for (const weight of weights) {
    const place = `${where}, tensor "${weight.name}"`
    const end = at + inputSizeOf(weight.shape) * bytesOfDtype(storedDtype(weight, place))
    if (end > bytes.length)
      refuse(
        place,
        `it lies at bytes ${at} to ${end}, and there are ${bytes.length} bytes: ${end - bytes.length} too few`,
      )
    const name = ours.get(weight.name)
    if (name !== undefined && !weight.isOptimizer)
      tensors.push({ name, shape: weight.shape, data: numbersOf(weight, bytes.subarray(at, end), place) })
    at = end
  }
  if (at !== bytes.length) {
    const last = weights.at(-1)
    const after = last === undefined ? '' : ` of tensor "${last.name}", the last one`
    refuse(where, `it ends at byte ${at}${after}, and there are ${bytes.length} bytes: ${bytes.length - at} too many`)
  }
  return tensors
}

function endToEnd(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function storedDtype({ dtype, quantization }: WeightEntry, place: string) {
  const stored = quantization?.dtype ?? dtype
  return isWeightDtype(stored) ? stored : refuse(place, `its dtype "${stored}" is not known; float32 is needed`)
}

function numbersOf(weight: WeightEntry, bytes: Uint8Array, place: string): Float32Array {
  const { dtype, quantization } = weight
  if (dtype !== 'float32') refuse(place, `its dtype is "${dtype}"; float32 is needed`)
  const stored = storedDtype(weight, place)
  if (stored === 'int32' || stored === 'bool') refuse(place, `its dtype is "${stored}"; float32 is needed`)
  const numbers = decodeNumbers(stored, bytes)
  if (quantization === null || stored === 'float16' || stored === 'float32') return numbers
  return numbers.map(value => value * quantization.scale + quantization.min)
}
