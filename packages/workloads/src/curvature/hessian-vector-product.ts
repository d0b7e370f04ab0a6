// The Hessian of a network's loss times a vector, exactly, beside the gradient: forwards with tangents along v, and
// backwards with the tangents of the adjoints (Pearlmutter 1994, "Fast exact multiplication by the Hessian").
//
// By hand rather than by differentiating the gradient: the operations' own derivatives save what TensorFlow.js does not
// follow back, so that a second derivative of theirs is wrong without an error; of several kernels it has none at all.

import * as tf from '@tensorflow/tfjs'
import { cutFlat, joinFlat } from '../network/flat-tensors.ts'
import { causalMask } from '../network/forward.ts'
import type { GradientParts } from '../network/gradient.ts'
import type { Network } from '../network/plan.ts'
import { oneHotRows } from '../operations/one-hot.ts'
import type { Batch } from '../samples.ts'
import { alongSoftmax } from './attention.ts'
import { carryLayer } from './carry-layer.ts'
import { type Adjoint, addAdjoints, type Carried, type Dual } from './dual.ts'

/** No interface: tf.tidy would not hand one out. */
export type Curvature = {
  /** w × Σ ∇ℓ over the batch in layout order; parameterCount numbers. */
  readonly gradient: tf.Tensor1D
  /** w × Σ ℓ, one number. */
  readonly loss: tf.Tensor1D
  /** w × H v with H the Hessian of Σ ℓ over the batch; parameterCount numbers. */
  readonly product: tf.Tensor1D
}

/** Tensor by tensor. */
export type CurvatureParts = GradientParts & {
  /** w × H v, as the gradients. */
  readonly products: tf.Tensor[]
}

/**
 * `curvatureParts` along a flat vector, and flat. To be called within tf.tidy.
 * @param v parameterCount numbers
 * @throws RangeError for a vector of another length
 */
export function hessianVectorProduct(
  network: Network,
  parameters: readonly tf.Tensor[],
  batch: Batch,
  v: tf.Tensor1D,
  weight = 1,
): Curvature {
  if (v.size !== network.parameterCount)
    throw new RangeError(`this model has ${network.parameterCount} parameters, the vector ${v.size} numbers`)
  const { gradients, products, loss } = curvatureParts(network, parameters, batch, cutFlat(network, v), weight)
  return { gradient: joinFlat(gradients), loss, product: joinFlat(products) }
}

/**
 * To be called within tf.tidy. Where the loss has a kink (ReLU, a maximum), H is that of the piece it is on.
 * @param parameters one tensor for each of the network's, in their order
 * @param along v, in the same shapes
 * @param weight w
 */
export function curvatureParts(
  network: Network,
  parameters: readonly tf.Tensor[],
  batch: Batch,
  along: readonly tf.Tensor[],
  weight = 1,
): CurvatureParts {
  const own = network.tensors.map((_, i): Dual => ({ value: parameters[i]!, tangent: along[i]! }))
  const carried = forwards(network, own, batch)
  const { loss, adjoint } = lossAt(network, carried.at(-1)!.output, batch, weight / network.targets)
  const adjoints = adjoint === null ? [] : backwards(network, carried, adjoint)
  const parts = (part: 'value' | 'tangent') =>
    own.map(({ value }, i) => tf.reshape(adjoints[i]?.[part] ?? tf.zerosLike(value), value.shape))
  return { gradients: parts('value'), products: parts('tangent'), loss }
}

function forwards(network: Network, own: readonly Dual[], batch: Batch): Carried[] {
  const input: Dual = { value: tf.tensor(batch.inputs, [batch.size, ...network.inputShape]), tangent: null }
  const carried: Carried[] = []
  const masks = new Map<number, tf.Tensor2D>()
  const maskOf = (steps: number): tf.Tensor2D => {
    const mask = masks.get(steps) ?? tf.tensor2d(causalMask(steps), [steps, steps])
    masks.set(steps, mask)
    return mask
  }
  for (const [index, node] of network.nodes.entries()) {
    const given = node.from.map(from => (from === -1 ? input : carried[from]!.output))
    const tensor = (name: string) => own[node.tensors[name]!]!
    carried.push(carryLayer(node, given, tensor, { index, drawKey: batch.drawKey, maskOf }))
  }
  return carried
}

/** Softmax cross-entropy: z̄ = w (p − y),  z̄̇ = w p ∘ (ż − Σ p ∘ ż). */
function lossAt(
  { classes }: Network,
  { value, tangent }: Dual,
  batch: Batch,
  scale: number,
): { loss: tf.Tensor1D; adjoint: Adjoint | null } {
  const asGiven = (of: tf.Tensor) => tf.mul(tf.reshape(of, value.shape), scale)
  const oneHot = oneHotRows(tf.tensor1d(Int32Array.from(batch.labels), 'int32'), classes)
  const logProbabilities = tf.logSoftmax(tf.reshape(value, [-1, classes]))
  const sum = tf.neg(tf.sum(tf.mul(oneHot, logProbabilities)))
  const loss = tf.reshape(tf.mul(sum, scale), [1]) as tf.Tensor1D
  if (tangent === null) return { loss, adjoint: null }
  const p = tf.exp(logProbabilities)
  const along = alongSoftmax(p, tf.reshape(tangent, [-1, classes]))
  return { loss, adjoint: { value: asGiven(tf.sub(p, oneHot)), tangent: asGiven(along) } }
}

/** The adjoint of each of the network's tensors; absent where the loss does not depend on it. */
function backwards(network: Network, carried: readonly Carried[], last: Adjoint): (Adjoint | undefined)[] {
  const { nodes, tensors } = network
  const ofTensors: (Adjoint | undefined)[] = tensors.map(() => undefined)
  const ofNodes: (Adjoint | null)[] = nodes.map(() => null)
  ofNodes[nodes.length - 1] = last
  for (let index = nodes.length - 1; index >= 0; index--) {
    const adjoint = ofNodes[index]!
    if (adjoint === null) continue
    const { given, own } = carried[index]!.back(adjoint)
    for (const [name, of] of Object.entries(own)) ofTensors[nodes[index]!.tensors[name]!] = of
    for (const [i, from] of nodes[index]!.from.entries())
      if (given[i] != null) ofNodes[from] = addAdjoints(ofNodes[from]!, given[i])
  }
  return ofTensors
}
