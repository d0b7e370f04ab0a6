// Reads a model of TensorFlow.js's layers format or of Keras' to_json: the graph, the shape of a sample, the classes,
// and which weight of the file is which tensor.

import type { Graph, Layer, LayerNode } from '../network/layer.ts'
import { ModelError, type PlannedNode, planNetwork } from '../network/plan.ts'
import { fieldOf, fieldsOf, readAll, refuse, show } from './json-fields.ts'
import { readKerasLayer } from './keras-layer.ts'
import { type FoundLayer, orderLayers } from './order-layers.ts'
import { readTopology, type Topology } from './topology.ts'
import { type KerasWeight, matchWeights, type WeightName } from './weight-names.ts'
import { parseManifest, type WeightsGroup } from './weights-manifest.ts'

export interface LayersModel {
  /** A softmax at the end is taken off: the last node gives the logits. */
  readonly nodes: Graph
  /** Of one sample. */
  readonly inputShape: readonly number[]
  readonly classes: number
  /** In the order of the network's tensors. */
  readonly weights: readonly WeightName[]
  readonly manifest: readonly WeightsGroup[] | null
}

/**
 * @param file what a refusal begins with
 * @throws ModelError and nothing else, whatever the JSON; where layers are refused, it tells of all of them
 */
export function readLayersModel(json: unknown, file: string): LayersModel {
  const { topology, manifest } = unwrap(json, file)
  const found = readAll(topology.layers, (entry): FoundLayer => {
    const origin = { registeredName: fieldOf(entry.whole, 'registered_name'), module: fieldOf(entry.whole, 'module') }
    const read = readKerasLayer(entry.className, entry.settings, origin)
    return { entry, read, from: topology.readsOf(entry) }
  })
  const ordered = orderLayers(found, topology)
  const nodes = nodesOf(ordered, topology.inputName)
  const planned = plan(nodes, topology.inputShape, file)
  refuseOtherAxes(ordered, planned)
  const classes = classesOf(planned, file)
  const weights = weightsOf(ordered, planned)
  const problems: string[] = []
  const names = matchWeights(weights, manifest, sentence => problems.push(`${file}, weightsManifest: ${sentence}.`))
  if (problems.length > 0) throw new ModelError(problems.join('\n'))
  return { nodes, inputShape: topology.inputShape, classes, weights: names, manifest }
}

/** The model may stand alone, as to_json writes it, or in "modelTopology", or in "model_config" of either. */
function unwrap(json: unknown, file: string): { topology: Topology; manifest: readonly WeightsGroup[] | null } {
  const outer = fieldsOf(json, file)
  const format = fieldOf(outer, 'format')
  if (format === 'graph-model')
    refuse(file, 'is a graph model; convert it with --output_format tfjs_layers_model, which keeps its layers')
  if (format !== null && format !== 'layers-model')
    refuse(file, `its "format" is ${show(format)}; "layers-model" is read`)
  const path: string[] = []
  let model: unknown = json
  for (const [key, name] of [
    ['model_topology', 'modelTopology'],
    ['model_config', 'model_config'],
  ] as const) {
    const inner = fieldOf(fieldsOf(model, [file, path.join('.')].filter(Boolean).join(', ')), key)
    if (inner === null) continue
    model = inner
    path.push(name)
  }
  const written = fieldOf(outer, 'weights_manifest')
  return {
    topology: readTopology(model, file, path.join('.')),
    manifest: written === null ? null : parseManifest(written, `${file}, weightsManifest`),
  }
}

function nodesOf(ordered: readonly FoundLayer[], inputName: string): Graph {
  const nodes: LayerNode[] = []
  // What a layer's readers read: the last of its nodes.
  const indices = new Map([[inputName, -1]])
  for (const { entry, read, from } of ordered) {
    let sources = from.map(name => indices.get(name)!)
    for (const { suffix, layer } of read.parts) {
      if (layer.layer === 'embedding' && sources[0] !== -1)
        refuse(entry.settings.place, "it reads another layer; an Embedding reads the model's own input")
      nodes.push({ name: entry.name + suffix, from: sources, layer })
      sources = [nodes.length - 1]
    }
    indices.set(entry.name, sources[0]!)
  }
  return nodes
}

/** With their shapes. The planner wants to know the classes beforehand, so a layer of one class is put at the end. */
function plan(nodes: Graph, inputShape: readonly number[], file: string): readonly PlannedNode[] {
  const longest = nodes.reduce((most, { name }) => Math.max(most, name.length), 0)
  const name = (number: number) => ' '.repeat(longest + number)
  const dense: Layer = { layer: 'dense', units: 1, activation: 'linear', useBias: false }
  const end: Graph = [
    { name: name(1), from: [nodes.length - 1], layer: { layer: 'flatten' } },
    { name: name(2), from: [nodes.length], layer: dense },
  ]
  try {
    return planNetwork([...nodes, ...end], inputShape, 1).nodes.slice(0, -2)
  } catch (error) {
    throw error instanceof ModelError ? new ModelError(`${file}, ${error.message}.`) : error
  }
}

/** Axes are counted with the batch, so the last one's number is the rank of a sample. */
function refuseOtherAxes(ordered: readonly FoundLayer[], planned: readonly PlannedNode[]): void {
  let at = 0
  readAll(ordered, ({ entry, read: { parts, axis } }) => {
    // A softmax has no node: it works on what the last one gives.
    const rank = (parts.length === 0 ? planned.at(-1)?.shape : planned[at]!.inputShapes[0])?.length
    at += parts.length
    if (axis !== null && axis !== -1 && axis !== rank)
      refuse(entry.settings.place, `its "axis" is ${axis}; the last one, -1, is supported`)
  })
}

function classesOf(planned: readonly PlannedNode[], file: string): number {
  const last = planned.at(-1)
  if (last === undefined || planned.every(({ tensors }) => Object.keys(tensors).length === 0))
    return refuse(file, 'has no layer that learns')
  const place = `${file}, layer ${show(last.name)}`
  const { shape } = last
  const classes = shape.at(-1) ?? 1
  if (shape.length > 2)
    refuse(place, `the model gives ${shape.join(' × ')}; a number for each class is needed, so end it with Dense`)
  if (classes < 2)
    refuse(place, 'the model gives one number; a number for each class is needed, so give the last layer two or more')
  return classes
}

/** In the order of the network's tensors, which is that of Keras within a layer. */
function weightsOf(ordered: readonly FoundLayer[], planned: readonly PlannedNode[]): readonly KerasWeight[] {
  let at = 0
  return ordered.flatMap(({ entry, read }) => {
    const own = read.parts.flatMap(({ kernel }) => {
      const { name, tensors } = planned[at++]!
      return Object.keys(tensors).map(tensor => ({
        name: `${name}/${tensor}`,
        layer: entry.name,
        word: tensor === 'kernel' ? kernel : tensor,
      }))
    })
    return own.map((weight, index) => ({ ...weight, index }))
  })
}
