// What a model is in an operator's words, and the graph of layers it stands for.

import type { Activation, Graph, Layer, LayerNode } from './network/layer.ts'
import { ModelError, type Network, planNetwork } from './network/plan.ts'
import { inputSizeOf } from './samples.ts'

export type ModelSpec =
  | { readonly kind: 'softmax-regression' }
  | { readonly kind: 'mlp'; readonly hidden: readonly number[]; readonly activation: Activation }
  /** One layer after the other; a dense layer to the classes of the data ends it. */
  | { readonly kind: 'stack'; readonly layers: readonly Layer[] }
  | {
      readonly kind: 'transformer'
      readonly blocks: number
      readonly heads: number
      /** Numbers at each position. */
      readonly width: number
      /** Tokens it reads at once. */
      readonly window: number
      readonly dropout: number
    }
  /** Read from a file; it has an input shape of its own and ends in the logits. */
  | { readonly kind: 'graph'; readonly nodes: Graph; readonly inputShape: readonly number[] }

/** Of what a model is fed. `inputShape` is empty for a text: the model's window decides. */
export interface DataShape {
  readonly inputShape: readonly number[]
  readonly classes: number
}

/** Tokens a model reads at once; null where it reads rows. */
export const windowOf = (spec: ModelSpec): number | null => (spec.kind === 'transformer' ? spec.window : null)

/** @throws ModelError that names the layer and what does not fit. */
export function networkOf(spec: ModelSpec, data: DataShape): Network {
  const window = windowOf(spec)
  const isText = data.inputShape.length === 0
  if (isText && window === null)
    throw new ModelError(`the data is a text, which a model of kind "${spec.kind}" does not read; "transformer" does`)
  if (!isText && window !== null)
    throw new ModelError('the data has rows, and a model of kind "transformer" reads a text')
  const inputShape = inputShapeOf(spec, data)
  const network = planNetwork(graphFor(spec, inputShape, data.classes), inputShape, data.classes)
  if (!isText && network.targets > 1)
    throw new ModelError(
      `the model gives classes at ${network.targets} positions, the data has one class for each sample; flatten before the last layer`,
    )
  const { name, layer } = network.nodes.at(-1)!
  if ('activation' in layer && layer.activation !== 'linear')
    throw new ModelError(
      `layer "${name}", the last one, ends in ${layer.activation}; the loss works on logits, so it must end in nothing or a softmax`,
    )
  return network
}

/** A model may read the data's numbers in another shape, if they are as many. */
function inputShapeOf(spec: ModelSpec, { inputShape }: DataShape): readonly number[] {
  if (spec.kind === 'transformer') return [spec.window]
  if (spec.kind !== 'graph') return inputShape
  if (inputSizeOf(spec.inputShape) !== inputSizeOf(inputShape))
    throw new ModelError(
      `the model reads ${spec.inputShape.join(' × ')} numbers, a sample of the data has ${inputShape.join(' × ')}`,
    )
  return spec.inputShape
}

function graphFor(spec: ModelSpec, inputShape: readonly number[], classes: number): Graph {
  switch (spec.kind) {
    case 'softmax-regression':
      return chain([...flattened(inputShape), dense(classes)])
    case 'mlp': {
      const hidden = spec.hidden.map(units => dense(units, spec.activation))
      return chain([...flattened(inputShape), ...hidden, dense(classes)])
    }
    case 'stack':
      return stackGraph(spec.layers, inputShape, classes)
    case 'transformer':
      return transformerGraph(spec, classes)
    case 'graph':
      return spec.nodes
  }
}

const dense = (units: number, activation: Activation = 'linear'): Layer => ({
  layer: 'dense',
  units,
  activation,
  useBias: true,
})

const flattened = (shape: readonly number[]): Layer[] => (shape.length === 1 ? [] : [{ layer: 'flatten' }])

/** Each reads the one before it; names count the layers of a kind: dense0, dense1, ... */
function chain(layers: readonly Layer[]): Graph {
  const counts = new Map<string, number>()
  return layers.map((layer, i): LayerNode => {
    const kind = layer.layer
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    return { name: `${kind}${count}`, from: [i - 1], layer }
  })
}

/** Grey images get a channel where the first layer wants one; what is no vector in the end is flattened. */
function stackGraph(layers: readonly Layer[], inputShape: readonly number[], classes: number): Graph {
  const isGrey = inputShape.length === 2
  const first: Layer[] = isGrey ? [{ layer: 'reshape', targetShape: [...inputShape, 1] }] : []
  const body = [...first, ...layers]
  const isFlat = (flat: boolean, { layer }: Layer): boolean => {
    if (layer === 'flatten' || layer.startsWith('global-')) return true
    if (layer === 'reshape' || layer === 'embedding') return false
    return flat
  }
  const ends: Layer[] = body.reduce(isFlat, inputShape.length === 1) ? [] : [{ layer: 'flatten' }]
  return chain([...body, ...ends, dense(classes)])
}

/**
 * A decoder of the GPT-2 kind (Radford et al. 2019): normalisation before each part, residual sums around it, a hidden
 * layer of four times the width.
 */
function transformerGraph(
  { blocks, heads, width, dropout }: Extract<ModelSpec, { kind: 'transformer' }>,
  classes: number,
): Graph {
  const nodes: LayerNode[] = []
  const add = (name: string, layer: Layer, ...from: number[]): number => nodes.push({ name, from, layer }) - 1
  const dropped = (name: string, from: number) =>
    dropout > 0 ? add(name, { layer: 'dropout', rate: dropout }, from) : from
  const normal: Layer = { layer: 'layer-normalization', epsilon: 1e-5 }
  const tokens = add('tokens', { layer: 'embedding', inputDim: classes, outputDim: width }, -1)
  let x = dropped('drop', add('positions', { layer: 'position-embedding' }, tokens))
  for (let b = 0; b < blocks; b++) {
    const name = (part: string) => `block${b}-${part}`
    const attended = add(
      name('attention'),
      { layer: 'causal-attention', heads },
      add(name('norm-attention'), normal, x),
    )
    x = add(name('add-attention'), { layer: 'add' }, x, dropped(name('drop-attention'), attended))
    const hidden = add(name('hidden'), dense(4 * width, 'gelu'), add(name('norm-hidden'), normal, x))
    const out = add(name('out'), dense(width), hidden)
    x = add(name('add-out'), { layer: 'add' }, x, dropped(name('drop-out'), out))
  }
  add('logits', dense(classes), add('norm', normal, x))
  return nodes
}
