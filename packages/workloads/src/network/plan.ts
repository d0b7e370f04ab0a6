// From a graph of layers to all that follows from it: the shape of every value, the tensors and where they lie in one
// flat vector of float32, and how each begins. A pure function; nothing is on a device yet.

import { inputSizeOf } from '../samples.ts'
import type { Graph, Layer, LayerNode, Padding, Pair } from './layer.ts'

/** A model that cannot be trained; the message names the layer and says why. */
export class ModelError extends Error {
  override name = 'ModelError'
}

export type Initial =
  | { readonly kind: 'constant'; readonly value: number }
  /** ±reach. */
  | { readonly kind: 'uniform'; readonly reach: number }
  | { readonly kind: 'normal'; readonly deviation: number }

export interface TensorLayout {
  readonly name: string
  readonly shape: readonly number[]
  /** Where the tensor begins in the flat vector, in numbers. */
  readonly offset: number
  readonly length: number
  readonly initial: Initial
}

export interface PlannedNode extends LayerNode {
  readonly inputShapes: readonly (readonly number[])[]
  readonly shape: readonly number[]
  /** Its tensors by name within the layer: index into the network's. */
  readonly tensors: Readonly<Record<string, number>>
}

export interface Network {
  readonly nodes: readonly PlannedNode[]
  /** In the order of the flat vector, without gaps. */
  readonly tensors: readonly TensorLayout[]
  readonly parameterCount: number
  readonly inputShape: readonly number[]
  readonly inputSize: number
  /** Numbers below this are what the input holds; null: any numbers. */
  readonly tokens: number | null
  readonly classes: number
  /** Classes to be foretold of one sample: 1, or one at each position. */
  readonly targets: number
}

interface OwnTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly initial: Initial
}

/** @throws ModelError that names the layer and what does not fit. */
export function planNetwork(graph: Graph, inputShape: readonly number[], classes: number): Network {
  if (graph.length === 0) throw new ModelError('a model needs at least one layer')
  const nodes: PlannedNode[] = []
  const tensors: TensorLayout[] = []
  let parameterCount = 0
  const names = new Set<string>()
  for (const [index, node] of graph.entries()) {
    const refuse = (why: string): never => {
      throw new ModelError(`layer "${node.name}" (${node.layer.layer}, number ${index + 1}): ${why}`)
    }
    if (names.has(node.name)) refuse('another layer has the same name')
    names.add(node.name)
    if (node.from.length === 0) refuse('it reads nothing')
    const inputShapes = node.from.map(from => {
      if (!(Number.isInteger(from) && from >= -1 && from < index))
        refuse(`it reads layer ${from}, which is not before it`)
      return from === -1 ? inputShape : nodes[from]!.shape
    })
    const { shape, own } = planLayer(node.layer, inputShapes, refuse)
    const indices: Record<string, number> = {}
    for (const { name, shape: extents, initial } of own) {
      const length = inputSizeOf(extents)
      indices[name] = tensors.length
      tensors.push({ name: `${node.name}/${name}`, shape: extents, offset: parameterCount, length, initial })
      parameterCount += length
    }
    nodes.push({ ...node, inputShapes, shape, tensors: indices })
  }
  const { shape, name } = nodes.at(-1)!
  const targets = shape.length === 2 ? shape[0]! : 1
  if (shape.length > 2 || shape.at(-1) !== classes)
    throw new ModelError(`layer "${name}", the last one, gives ${show(shape)}; the data has ${classes} classes`)
  if (parameterCount === 0) throw new ModelError('a model needs at least one layer that learns')
  return {
    nodes,
    tensors,
    parameterCount,
    inputShape,
    inputSize: inputSizeOf(inputShape),
    tokens: tokensRead(graph),
    classes,
    targets,
  }
}

/** What travels of a network: the rest follows from it, the input's shape and the classes. */
export const graphOf = ({ nodes }: Network): Graph => nodes.map(({ name, from, layer }) => ({ name, from, layer }))

/** An embedding of the input itself reads tokens. */
function tokensRead(graph: Graph): number | null {
  const embedding = graph.find(({ layer, from }) => layer.layer === 'embedding' && from[0] === -1)?.layer
  return embedding?.layer === 'embedding' ? embedding.inputDim : null
}

const show = (shape: readonly number[]): string => shape.join(' × ') || 'one number'

type Refuse = (why: string) => never

function planLayer(
  layer: Layer,
  inputShapes: readonly (readonly number[])[],
  refuse: Refuse,
): { shape: readonly number[]; own: readonly OwnTensor[] } {
  const [input = []] = inputShapes
  const last = input.at(-1) ?? 1
  const plain = (shape: readonly number[], own: readonly OwnTensor[] = []) => ({ shape, own })
  const isMerge = layer.layer === 'add' || layer.layer === 'multiply' || layer.layer === 'concatenate'
  if (isMerge ? inputShapes.length < 2 : inputShapes.length !== 1)
    refuse(`it reads ${inputShapes.length} values, ${isMerge ? 'at least 2 are' : '1 is'} needed`)
  switch (layer.layer) {
    case 'dense': {
      whole('units', layer.units, refuse)
      if (input.length === 0) refuse('it reads one number only')
      const kernel = glorotOrHe(layer.activation, last, layer.units)
      return plain(
        [...input.slice(0, -1), layer.units],
        withBias(layer, { name: 'kernel', shape: [last, layer.units], initial: kernel }, layer.units),
      )
    }
    case 'conv2d': {
      whole('filters', layer.filters, refuse)
      const [height, width, channels] = image(input, refuse)
      const [kh, kw] = pair('kernelSize', layer.kernelSize, refuse)
      const shape = [...slide([height, width], layer.kernelSize, layer.strides, layer.padding, refuse), layer.filters]
      const initial = glorotOrHe(layer.activation, kh * kw * channels, kh * kw * layer.filters)
      const kernel = { name: 'kernel', shape: [kh, kw, channels, layer.filters], initial }
      return plain(shape, withBias(layer, kernel, layer.filters))
    }
    case 'depthwise-conv2d': {
      const multiplier = whole('depthMultiplier', layer.depthMultiplier, refuse)
      const [height, width, channels] = image(input, refuse)
      const [kh, kw] = pair('kernelSize', layer.kernelSize, refuse)
      const shape = [
        ...slide([height, width], layer.kernelSize, layer.strides, layer.padding, refuse),
        channels * multiplier,
      ]
      const initial = glorotOrHe(layer.activation, kh * kw, kh * kw * multiplier)
      const kernel = { name: 'kernel', shape: [kh, kw, channels, multiplier], initial }
      return plain(shape, withBias(layer, kernel, channels * multiplier))
    }
    case 'max-pooling2d':
    case 'average-pooling2d': {
      const [height, width, channels] = image(input, refuse)
      pair('poolSize', layer.poolSize, refuse)
      return plain([...slide([height, width], layer.poolSize, layer.strides, layer.padding, refuse), channels])
    }
    case 'global-average-pooling2d':
    case 'global-max-pooling2d':
      return plain([image(input, refuse)[2]])
    case 'zero-padding2d': {
      const [height, width, channels] = image(input, refuse)
      const [[top, bottom], [left, right]] = layer.padding
      if (![top, bottom, left, right].every(count => Number.isSafeInteger(count) && count >= 0))
        refuse(`its padding is ${JSON.stringify(layer.padding)}; whole numbers from 0 on are allowed`)
      return plain([height + top + bottom, width + left + right, channels])
    }
    case 'flatten':
      return plain([inputSizeOf(input)])
    case 'reshape': {
      const shape = fillIn(layer.targetShape, inputSizeOf(input))
      if (shape === null) refuse(`${show(input)} cannot be given the shape ${show(layer.targetShape)}`)
      return plain(shape ?? [])
    }
    case 'activation':
    case 'rescaling':
      return plain(input)
    case 'dropout':
      if (!(layer.rate >= 0 && layer.rate < 1)) refuse(`its rate is ${layer.rate}; at least 0 and below 1 is allowed`)
      return plain(input)
    case 'layer-normalization':
      if (!(layer.epsilon > 0)) refuse(`its epsilon is ${layer.epsilon}; it must be above 0`)
      return plain(input, [
        { name: 'gamma', shape: [last], initial: { kind: 'constant', value: 1 } },
        { name: 'beta', shape: [last], initial: zeros },
      ])
    case 'embedding':
      whole('inputDim', layer.inputDim, refuse)
      whole('outputDim', layer.outputDim, refuse)
      return plain(
        [...input, layer.outputDim],
        [{ name: 'embeddings', shape: [layer.inputDim, layer.outputDim], initial: small }],
      )
    case 'position-embedding':
      if (input.length !== 2) refuse(`it reads ${show(input)}, not a vector at each position`)
      return plain(input, [{ name: 'embeddings', shape: input, initial: small }])
    case 'causal-attention': {
      if (input.length !== 2) refuse(`it reads ${show(input)}, not a vector at each position`)
      whole('heads', layer.heads, refuse)
      if (last % layer.heads !== 0) refuse(`its ${last} numbers cannot be shared among ${layer.heads} heads`)
      const kernel = (name: string, width: number): OwnTensor[] => [
        { name: `${name}-kernel`, shape: [last, width], initial: glorotOrHe('linear', last, last) },
        { name: `${name}-bias`, shape: [width], initial: zeros },
      ]
      return plain(input, [...kernel('query-key-value', 3 * last), ...kernel('projection', last)])
    }
    case 'add':
    case 'multiply':
      for (const other of inputShapes)
        if (other.join() !== input.join()) refuse(`it reads ${show(input)} and ${show(other)}; they must be alike`)
      return plain(input)
    case 'concatenate': {
      const lead = (shape: readonly number[]) => shape.slice(0, -1).join()
      for (const other of inputShapes)
        if (other.length === 0 || lead(other) !== lead(input))
          refuse(`it reads ${show(input)} and ${show(other)}; they may differ in the last extent only`)
      return plain([...input.slice(0, -1), inputShapes.reduce((sum, shape) => sum + shape.at(-1)!, 0)])
    }
    default:
      return refuse(`"${(layer as { layer: string }).layer}" is no layer that is known here`)
  }
}

const zeros: Initial = { kind: 'constant', value: 0 }
const small: Initial = { kind: 'normal', deviation: 0.02 }

/** He et al. 2015 in front of what cuts off at zero, Glorot and Bengio 2010 elsewhere. */
function glorotOrHe(activation: string, fanIn: number, fanOut: number): Initial {
  return ['relu', 'relu6', 'gelu', 'elu', 'swish'].includes(activation)
    ? { kind: 'normal', deviation: Math.sqrt(2 / fanIn) }
    : { kind: 'uniform', reach: Math.sqrt(6 / (fanIn + fanOut)) }
}

const withBias = ({ useBias }: { readonly useBias: boolean }, kernel: OwnTensor, width: number): OwnTensor[] =>
  useBias ? [kernel, { name: 'bias', shape: [width], initial: zeros }] : [kernel]

function whole(setting: string, value: number, refuse: Refuse): number {
  if (!Number.isSafeInteger(value) || value < 1) refuse(`its ${setting} is ${value}; a whole positive number is needed`)
  return value
}

function pair(setting: string, value: Pair, refuse: Refuse): Pair {
  for (const extent of value) whole(setting, extent, refuse)
  return value
}

function image(shape: readonly number[], refuse: Refuse): [number, number, number] {
  if (shape.length !== 3) refuse(`it reads ${show(shape)}, not an image of height × width × channels`)
  return [shape[0]!, shape[1]!, shape[2]!]
}

function slide(extents: Pair, window: Pair, strides: Pair, padding: Padding, refuse: Refuse): Pair {
  pair('strides', strides, refuse)
  const along = (axis: 0 | 1) => {
    const count = slidingSteps(extents[axis], window[axis], strides[axis], padding)
    if (count < 1) refuse(`a window of ${window.join(' × ')} does not fit into ${extents.join(' × ')}`)
    return count
  }
  return [along(0), along(1)]
}

/** Positions of a window along one axis. */
export const slidingSteps = (extent: number, window: number, stride: number, padding: Padding): number =>
  padding === 'same' ? Math.ceil(extent / stride) : Math.floor((extent - window) / stride) + 1

/** Zeros before and after along one axis; with 'same', the odd one comes after. */
export function paddingAlong(extent: number, window: number, stride: number, padding: Padding): Pair {
  if (padding === 'valid') return [0, 0]
  const missing = Math.max(0, (slidingSteps(extent, window, stride, padding) - 1) * stride + window - extent)
  return [missing >> 1, missing - (missing >> 1)]
}

/** One extent may be -1: what is left. */
function fillIn(shape: readonly number[], size: number): number[] | null {
  const open = shape.filter(extent => extent === -1).length
  const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1)
  const isWhole = shape.every(extent => extent === -1 || (Number.isSafeInteger(extent) && extent >= 1))
  if (!isWhole || open > 1 || (open === 1 ? size % known !== 0 : known !== size)) return null
  return shape.map(extent => (extent === -1 ? size / known : extent))
}
