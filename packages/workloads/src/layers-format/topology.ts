// Which layers a file holds and what each reads, whether Sequential or Functional, as Keras 2, Keras 3 or TensorFlow.js
// writes it. What the layers are is not looked at.

import { type Fields, fieldOf, fieldsOf, listOf, refuse, show, textOf } from './json-fields.ts'
import { inputLayerClass } from './keras-layer.ts'

export interface LayerEntry {
  readonly name: string
  readonly className: string
  /** Its config; the place names the layer. */
  readonly settings: Fields
  /** The whole of what is written of it. */
  readonly whole: Fields
}

export interface Topology {
  readonly place: string
  readonly layers: readonly LayerEntry[]
  /** The names it reads, the input's among them. @throws ModelError that names the layer */
  readonly readsOf: (entry: LayerEntry) => readonly string[]
  readonly inputName: string
  readonly inputShape: readonly number[]
  readonly outputName: string
}

/** @param model class_name and config */
export function readTopology(json: unknown, file: string, path: string): Topology {
  const within = (inner: string) => `${file}, ${path === '' ? '' : `${path}.`}${inner}`
  const model = fieldsOf(json, path === '' ? file : `${file}, ${path}`)
  const className = textOf(model, 'class_name')
  const isSequential = className === 'Sequential'
  if (!isSequential && className !== 'Functional' && className !== 'Model')
    refuse(model.place, `is a ${show(className)}; a Sequential or Functional model can be read`)
  const given = fieldOf(model, 'config')
  // Old files have the list of layers as the config.
  const config = fieldsOf(Array.isArray(given) ? { layers: given } : given, within('config'))
  const listPath = Array.isArray(given) ? 'config' : 'config.layers'
  const layers = listOf(fieldOf(config, 'layers'), within(listPath)).map((layer, i) =>
    readEntry(layer, file, within(`${listPath}[${i}]`)),
  )
  refuseTwins(layers)
  if (layers.length === 0) refuse(within(listPath), 'holds no layers')
  return isSequential ? sequential(layers, config) : functional(layers, config)
}

function readEntry(json: unknown, file: string, place: string): LayerEntry {
  const whole = fieldsOf(json, place)
  const className = textOf(whole, 'class_name')
  const config = fieldsOf(fieldOf(whole, 'config'), `${place}.config`)
  const name = textOf(fieldOf(whole, 'name') === null ? config : whole, 'name')
  return { name, className, whole, settings: { ...config, place: `${file}, layer ${show(name)} (${className})` } }
}

function refuseTwins(layers: readonly LayerEntry[]): void {
  const names = new Set<string>()
  for (const { name, settings } of layers) {
    if (names.has(name)) refuse(settings.place, 'another layer has the same name')
    names.add(name)
  }
}

/** Each reads the one before. */
function sequential(layers: readonly LayerEntry[], config: Fields): Topology {
  const first = layers[0]!
  const hasInput = first.className === inputLayerClass
  const own = layers.slice(hasInput ? 1 : 0)
  const inputName = hasInput ? first.name : ''
  const late = own.find(({ className }) => className === inputLayerClass)
  if (late !== undefined) refuse(late.settings.place, 'it is not the first layer')
  const before = new Map(own.map(({ name }, i) => [name, i === 0 ? inputName : own[i - 1]!.name]))
  const shape = batchShapeOf(first.settings) ?? fieldOf(config, 'build_input_shape')
  return {
    place: config.place,
    layers: own,
    readsOf: ({ name }) => [before.get(name)!],
    inputName,
    inputShape: sampleShape(shape, first.settings),
    outputName: own.at(-1)?.name ?? inputName,
  }
}

function functional(layers: readonly LayerEntry[], config: Fields): Topology {
  const isInput = ({ className }: LayerEntry) => className === inputLayerClass
  const inputs = layers.filter(isInput)
  if (inputs.length !== 1)
    refuse(config.place, `has ${inputs.length} inputs${listed(inputs.map(({ name }) => name))}; one is supported`)
  const outputs = references(fieldOf(config, 'output_layers'), `${config.place}.output_layers`)
  if (outputs.length !== 1) refuse(config.place, `has ${outputs.length} outputs${listed(outputs)}; one is supported`)
  const input = inputs[0]!
  return {
    place: config.place,
    layers: layers.filter(entry => !isInput(entry)),
    readsOf: inbound,
    inputName: input.name,
    inputShape: sampleShape(batchShapeOf(input.settings), input.settings),
    outputName: outputs[0]!,
  }
}

const listed = (names: readonly string[]): string => (names.length === 0 ? '' : ` (${names.join(', ')})`)

/** Keras 2 and TensorFlow.js, and Keras 3. */
const batchShapeOf = (settings: Fields): unknown =>
  fieldOf(settings, 'batch_input_shape') ?? fieldOf(settings, 'batch_shape')

/** Without the batch. */
function sampleShape(value: unknown, { place, values }: Fields): readonly number[] {
  if (values.get('ragged') === true || values.get('sparse') === true)
    refuse(place, 'ragged and sparse values are not supported; all samples have one shape')
  if (value === null) refuse(place, 'the shape of the samples is not written; give the model an input shape')
  const [, ...shape] = listOf(value, `${place}, input shape`)
  if (shape.length === 0) refuse(place, 'a sample is one number; give it the shape [1]')
  return shape.map((extent): number =>
    typeof extent === 'number' && Number.isSafeInteger(extent) && extent >= 1
      ? extent
      : refuse(place, `the shape of a sample is ${show(shape)}; whole extents are needed, none left open`),
  )
}

function inbound({ whole, settings: { place } }: LayerEntry): readonly string[] {
  const calls = listOf(fieldOf(whole, 'inbound_nodes'), `${place}, inbound_nodes`)
  if (calls.length === 0) refuse(place, 'it reads nothing')
  if (calls.length > 1)
    refuse(place, `it is applied ${calls.length} times; layers that share their weights are not supported`)
  const [call] = calls
  if (Array.isArray(call)) return references(call, place)
  // Keras 3: {args: [tensor]} or {args: [[tensor, tensor]]}.
  const fields = fieldsOf(call, `${place}, inbound_nodes[0]`)
  refuseArguments(fieldOf(fields, 'kwargs'), place)
  const args = listOf(fieldOf(fields, 'args'), `${fields.place}.args`)
  if (args.length !== 1) refuse(place, `it is called with ${args.length} arguments; one is supported`)
  return (Array.isArray(args[0]) ? args[0] : args).map(tensor => {
    const { values } = fieldsOf(tensor, `${fields.place}.args`)
    const { values: config } = fieldsOf(values.get('config'), `${fields.place}.args, config`)
    return reference(config.get('keras_history'), place)
  })
}

/** One [name, node, tensor] or a list of them. */
function references(value: unknown, place: string): readonly string[] {
  const list = listOf(value, place)
  return (typeof list[0] === 'string' ? [list] : list).map(one => reference(one, place))
}

function reference(value: unknown, place: string): string {
  const [name, node = 0, tensor = 0, given = null] = listOf(value, `${place}, a reference to a layer`)
  if (typeof name !== 'string')
    return refuse(place, `a reference to a layer begins with ${show(name)}, not with its name`)
  if (node !== 0)
    refuse(
      place,
      `it reads ${show(name)} as it is applied once more; layers that share their weights are not supported`,
    )
  if (tensor !== 0) refuse(place, `it reads another than the first result of ${show(name)}, which is not supported`)
  refuseArguments(given, place)
  return name
}

/** With what the layer is called besides its input: a mask, whether to train. */
function refuseArguments(value: unknown, place: string): void {
  if (value === null) return
  const set = [...fieldsOf(value, `${place}, arguments`).values].find(([, own]) => own !== null)
  if (set !== undefined) refuse(place, `it is called with "${set[0]}", which is not supported`)
}
