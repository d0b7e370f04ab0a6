// Writes a network and its weights as TensorFlow.js' layers format, which tf.loadLayersModel reads and
// tensorflowjs_converter turns into Keras'. Assumes a little-endian machine, as every browser's and Node's is.

import { ModelError, type Network, type PlannedNode } from '../network/plan.ts'
import { readAll } from './json-fields.ts'
import { kerasConfig } from './keras-config.ts'

export interface WrittenModel {
  /** Content of model.json. */
  readonly json: LayersModelJson
  /** Content of weights.bin, the file that the manifest names. */
  readonly weights: Uint8Array<ArrayBuffer>
}

export interface LayersModelJson {
  readonly format: 'layers-model'
  readonly generatedBy: string
  readonly convertedBy: null
  readonly modelTopology: object
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly object[] }[]
  readonly userDefinedMetadata: Readonly<Record<string, string>>
}

/**
 * A softmax is put at the end, so that `predict` gives probabilities.
 * @throws ModelError that names each layer that Keras or TensorFlow.js does not know
 */
export function writeLayersModel(
  network: Network,
  parameters: Float32Array,
  { title }: { readonly title: string },
): WrittenModel {
  const { parameterCount } = network
  if (parameters.length !== parameterCount)
    throw new RangeError(`this model has ${parameterCount} parameters, not ${parameters.length}`)
  const json: LayersModelJson = {
    format: 'layers-model',
    generatedBy: 'Muster',
    convertedBy: null,
    modelTopology: {
      // Keras 3 finds the class by its module; Keras 2 and TensorFlow.js by its name.
      module: 'keras',
      class_name: 'Model',
      config: { name: modelName(title), ...functionalConfig(network) },
      keras_version: '2.15.0',
      backend: 'tensorflow',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights: weightEntries(network) }],
    userDefinedMetadata: { title },
  }
  return { json, weights: new Uint8Array(parameters.slice().buffer) }
}

/** Why `writeLayersModel` would refuse; null where it would not. */
export function whyNoLayersModel(network: Network): string | null {
  try {
    functionalConfig(network)
    return null
  } catch (error) {
    if (error instanceof ModelError) return error.message
    throw error
  }
}

function functionalConfig({ nodes, inputShape }: Network): object {
  const names = new Set(nodes.map(node => node.name))
  const inputName = unused('input', names)
  const softmaxName = unused('softmax', names)
  const read = new Set(nodes.flatMap(node => node.from))
  const layers = readAll([...nodes.entries()], ([index, node]) => {
    const refuse = (why: string): never => {
      throw new ModelError(`layer "${node.name}" (${node.layer.layer}): ${why}; safetensors hold the same weights.`)
    }
    if (!validName.test(node.name)) refuse('TensorFlow.js wants names of letters, digits, ".", "_" and "-"')
    if (index < nodes.length - 1 && !read.has(index)) refuse('no layer reads it')
    const { className, settings } = kerasConfig(node, refuse)
    return layerJson(
      node.name,
      className,
      settings,
      node.from.map(from => (from === -1 ? inputName : nodes[from]!.name)),
    )
  })
  const input = { batch_input_shape: [null, ...inputShape], sparse: false, ragged: false }
  return {
    layers: [
      layerJson(inputName, 'InputLayer', input, []),
      ...layers,
      layerJson(softmaxName, 'Activation', { activation: 'softmax' }, [nodes.at(-1)!.name]),
    ],
    input_layers: [[inputName, 0, 0]],
    output_layers: [[softmaxName, 0, 0]],
  }
}

function layerJson(name: string, className: string, settings: object, from: readonly string[]): object {
  return {
    class_name: className,
    name,
    config: { name, trainable: true, dtype: 'float32', ...settings },
    inbound_nodes: from.length === 0 ? [] : [from.map(source => [source, 0, 0, {}])],
  }
}

/** In the order of the flat vector. */
const weightEntries = ({ nodes, tensors }: Network) =>
  nodes.flatMap(node =>
    Object.entries(node.tensors).map(([own, index]) => ({
      name: `${node.name}/${weightWord(node, own)}`,
      shape: tensors[index]!.shape,
      dtype: 'float32',
    })),
  )

const weightWord = ({ layer }: PlannedNode, own: string): string =>
  layer.layer === 'depthwise-conv2d' && own === 'kernel' ? 'depthwise_kernel' : own

/** Letters, digits, dots, dashes, underscores; TensorFlow wants the first to be none of the marks. */
const validName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

const modelName = (title: string): string =>
  title.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[^A-Za-z0-9]+/, '') || 'model'

function unused(wanted: string, names: ReadonlySet<string>): string {
  let name = wanted
  for (let i = 1; names.has(name); i++) name = `${wanted}_${i}`
  return name
}
