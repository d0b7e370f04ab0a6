// The layers a network is made of, as plain JSON. Names and settings are those of Keras, so that its files can be read.
// Shapes are those of one sample; the batch comes before them.

export type Activation =
  | 'linear'
  | 'relu'
  | 'relu6'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'elu'
  | 'swish'
  /** The tanh approximation. */
  | 'gelu'

export type Padding = 'valid' | 'same'
/** Height, width. */
export type Pair = readonly [number, number]

export interface Dense {
  readonly layer: 'dense'
  readonly units: number
  readonly activation: Activation
  readonly useBias: boolean
}

export interface Conv2d {
  readonly layer: 'conv2d'
  readonly filters: number
  readonly kernelSize: Pair
  readonly strides: Pair
  readonly padding: Padding
  readonly activation: Activation
  readonly useBias: boolean
}

/** Each channel is convolved by itself, with `depthMultiplier` filters. */
export interface DepthwiseConv2d extends Omit<Conv2d, 'layer' | 'filters'> {
  readonly layer: 'depthwise-conv2d'
  readonly depthMultiplier: number
}

export interface Pooling2d {
  readonly layer: 'max-pooling2d' | 'average-pooling2d'
  readonly poolSize: Pair
  readonly strides: Pair
  readonly padding: Padding
}

export type Layer =
  | Dense
  | Conv2d
  | DepthwiseConv2d
  | Pooling2d
  | { readonly layer: 'global-average-pooling2d' | 'global-max-pooling2d' | 'flatten' | 'add' | 'multiply' }
  /** Along the last axis. */
  | { readonly layer: 'concatenate' }
  | { readonly layer: 'zero-padding2d'; readonly padding: readonly [Pair, Pair] }
  | { readonly layer: 'reshape'; readonly targetShape: readonly number[] }
  | { readonly layer: 'activation'; readonly activation: Activation }
  /** Sets inputs to zero with this chance while training, and scales the others up. */
  | { readonly layer: 'dropout'; readonly rate: number }
  /** Over the last axis, with a learnt scale and shift (Ba, Kiros and Hinton 2016). */
  | { readonly layer: 'layer-normalization'; readonly epsilon: number }
  | { readonly layer: 'rescaling'; readonly scale: number; readonly offset: number }
  /** Tokens to learnt vectors. */
  | { readonly layer: 'embedding'; readonly inputDim: number; readonly outputDim: number }
  /** Adds a learnt vector to each position. */
  | { readonly layer: 'position-embedding' }
  /** Multi-head attention of each position to itself and those before it (Vaswani et al. 2017), with its projections. */
  | { readonly layer: 'causal-attention'; readonly heads: number }

export type LayerKind = Layer['layer']

/** `from`: the nodes it reads, by index; -1 is the network's input. */
export interface LayerNode {
  readonly name: string
  readonly from: readonly number[]
  readonly layer: Layer
}

/** A network as a graph, each node after those it reads; the last one gives the logits. */
export type Graph = readonly LayerNode[]
