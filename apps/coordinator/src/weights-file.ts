// The model as people take it away: safetensors, a tensor per layer, named and shaped; or TensorFlow.js' layers format.

import { encodeSafetensors } from '@muster/parameters'
import { writeLayersModel } from '@muster/workloads'
import type { OpenedRun } from './open-run.ts'

type Described = Pick<OpenedRun, 'file' | 'network' | 'classNames' | 'columns'>

export function weightsFile(opened: Described, parameters: Float32Array, round: number): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(
    opened.network.tensors.map(({ name, shape, offset, length }) => ({
      name,
      dtype: 'F32',
      shape,
      data: parameters.slice(offset, offset + length),
    })),
    aboutModel(opened, round),
  )
}

export interface LayersFiles {
  /** The content of `model.json`. */
  readonly model: Uint8Array
  /** How it names the file of weights, and what that holds. */
  readonly weightsName: string
  readonly weights: Uint8Array
}

/** @throws ModelError that names a layer which the format does not know. */
export function layersFiles(
  opened: Described,
  parameters: Float32Array,
  round: number,
  nameWeights: (weights: Uint8Array) => string = () => 'weights.bin',
): LayersFiles {
  const { json, weights } = writeLayersModel(opened.network, parameters, { title: opened.file.title })
  const weightsName = nameWeights(weights)
  const weightsManifest = json.weightsManifest.map(group => ({ ...group, paths: [weightsName] }))
  const model = { ...json, weightsManifest, userDefinedMetadata: aboutModel(opened, round) }
  return { model: new TextEncoder().encode(JSON.stringify(model)), weightsName, weights }
}

/** What whoever uses the model must know: what it was trained on, and how numbers were made of what was read. */
const aboutModel = ({ file, classNames, columns }: Described, round: number): Record<string, string> => ({
  title: file.title,
  dataset: file.dataset,
  model: JSON.stringify(file.model),
  rounds: `${round}`,
  classes: JSON.stringify(classNames),
  ...(columns === undefined ? {} : { columns: JSON.stringify(columns) }),
})
