// What one partition needs at least, counted by hand from the shapes: no measurement, no device.
//
// FLOPs: those of products alone, 2·m·n·k for m × k by k × n and 2·B·H′·W′·kh·kw·C·F for a convolution. Backwards the
// same once for the weights and once for the input; no input gradient where no parameter lies before. An embedding is a
// look-up and costs none. Attention looks at all pairs of positions, T × T, as everybody counts it; a kernel that leaves
// out what the mask hides would need half of that part.
//
// Dispatches, as if every kernel existed that one could write for one layer:
//   forward   one per layer, bias and activation fused; attention is three (to queries, keys and values; itself; back)
//   backward  dW, dx and db one each, the activation's derivative fused; one for a layer that learns nothing; none for
//             views and for what passes its derivative on; one addition for each further reader of a value
//   besides   one for the loss with its derivative, one to accumulate; no concatenation, gradients are written in place
//
// Bytes: inputs, labels and masks of dropout up, 4 for a number; gradient and loss down.

import type { Network } from '@muster/workloads'

export interface Floor {
  readonly flops: { readonly forward: number; readonly backward: number }
  readonly dispatches: number
  readonly bytesUp: number
  /** For one upload, however many partitions it sums up. */
  readonly bytesDown: number
}

interface Cost {
  readonly flopsForward: number
  readonly flopsBackward: number
  readonly forward: number
  readonly backward: number
}

type Node = Network['nodes'][number]

const bytesPerNumber = 4
const lossAndAccumulation = 2

export function floorOf(network: Network, batchSize: number): Floor {
  const learnt = learntNodes(network)
  const costs = network.nodes.map((node, i) => costOf(node, batchSize, hasLearntInput(node, learnt), i))
  const total = (of: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0)
  const masks = network.nodes.reduce((sum, { layer, shape }) => sum + (dropsOut(layer) ? sizeOf(shape) : 0), 0)
  return {
    flops: { forward: total(cost => cost.flopsForward), backward: total(cost => cost.flopsBackward) },
    dispatches:
      total(cost => cost.forward + cost.backward) + additionsOfDerivatives(network, learnt) + lossAndAccumulation,
    bytesUp: bytesPerNumber * batchSize * (network.inputSize + network.targets + masks),
    bytesDown: bytesPerNumber * (network.parameterCount + 1),
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1)
const dropsOut = (layer: Node['layer']): boolean => layer.layer === 'dropout' && layer.rate > 0

/** Whether a node's value depends on a parameter. */
function learntNodes({ nodes }: Network): boolean[] {
  const learnt: boolean[] = []
  for (const node of nodes) learnt.push(hasLearntInput(node, learnt) || Object.keys(node.tensors).length > 0)
  return learnt
}

const hasLearntInput = ({ from }: Node, learnt: readonly boolean[]): boolean =>
  from.some(index => index >= 0 && learnt[index]!)

/** A value that several nodes read gets as many derivatives, which must be added. */
function additionsOfDerivatives({ nodes }: Network, learnt: readonly boolean[]): number {
  const readers = nodes.map((_, i) => nodes.flatMap(({ from }) => from).filter(from => from === i).length)
  return readers.reduce((sum, count, i) => sum + (learnt[i] ? Math.max(0, count - 1) : 0), 0)
}

function costOf(node: Node, batchSize: number, isLearnt: boolean, index: number): Cost {
  const { layer, shape, inputShapes, tensors } = node
  const input = inputShapes[0]!
  const outputs = batchSize * sizeOf(shape)
  const last = input.at(-1) ?? 1
  /** A layer of one product: `products` FLOPs forward, and again for each derivative. */
  const learner = (products: number): Cost => ({
    flopsForward: products,
    flopsBackward: products * (isLearnt ? 2 : 1),
    forward: 1,
    backward: Object.keys(tensors).length + (isLearnt ? 1 : 0),
  })
  const plain = (forward: number, backward: number): Cost => ({
    flopsForward: 0,
    flopsBackward: 0,
    forward,
    backward: isLearnt ? backward : 0,
  })
  switch (layer.layer) {
    case 'dense':
      return learner(2 * outputs * last)
    case 'conv2d':
      return learner(2 * outputs * layer.kernelSize[0] * layer.kernelSize[1] * last)
    case 'depthwise-conv2d':
      return learner(2 * outputs * layer.kernelSize[0] * layer.kernelSize[1])
    case 'layer-normalization':
      return learner(0)
    case 'embedding':
      return learner(0)
    case 'position-embedding':
      return { flopsForward: 0, flopsBackward: 0, forward: 1, backward: 1 }
    case 'causal-attention': {
      const steps = shape[0]!
      const projections = 2 * outputs * last * 4
      const pairs = 2 * (2 * outputs * steps)
      return {
        flopsForward: projections + pairs,
        flopsBackward: 2 * (projections + pairs),
        forward: 3,
        backward: 3 + 1 + 3,
      }
    }
    case 'max-pooling2d':
    case 'average-pooling2d':
    case 'global-average-pooling2d':
    case 'global-max-pooling2d':
    case 'zero-padding2d':
    case 'activation':
    case 'rescaling':
      return plain(1, 1)
    case 'dropout':
      return dropsOut(layer) ? plain(1, 1) : plain(0, 0)
    case 'flatten':
    case 'reshape':
      return plain(0, 0)
    case 'add':
      return plain(node.from.length - 1, 0)
    case 'multiply':
      return plain(node.from.length - 1, node.from.length)
    case 'concatenate':
      return plain(1, node.from.length)
    default:
      throw new Error(`layer ${index} of kind "${(layer as { layer: string }).layer}" has no floor yet`)
  }
}
