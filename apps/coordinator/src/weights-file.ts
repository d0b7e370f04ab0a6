// The model as people take it away: safetensors, a tensor per layer, named and shaped.

import { encodeSafetensors } from '@muster/parameters'
import { inputSizeOf, type ModelSpec, modelLayout } from '@muster/workloads'
import type { OpenedRun } from './open-run.ts'

type Described = Pick<OpenedRun, 'file' | 'description'>

export function weightsFile(
  { file, description }: Described,
  parameters: Float32Array,
  round: number,
): Uint8Array<ArrayBuffer> {
  const inputs = inputSizeOf(description.dataset.inputShape)
  const { tensors } = modelLayout(file.model as ModelSpec, inputs, description.dataset.classes)
  return encodeSafetensors(
    tensors.map(({ name, shape, offset, length }) => ({
      name,
      dtype: 'F32',
      shape,
      data: parameters.slice(offset, offset + length),
    })),
    { title: file.title, dataset: file.dataset, model: JSON.stringify(file.model), rounds: `${round}` },
  )
}
