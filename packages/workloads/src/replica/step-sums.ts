// What a step gathers from its samples: their gradients and, for AdaHessian, the Hessian's product with the step's z.

import type { LocalOptimiser } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'
import { differenceParts } from '../curvature/difference-product.ts'
import { curvatureParts } from '../curvature/hessian-vector-product.ts'
import { whyNotSmooth } from '../curvature/why-not-smooth.ts'
import { type GradientParts, gradientParts } from '../network/gradient.ts'
import type { Network } from '../network/plan.ts'
import type { Batch } from '../samples.ts'

/** Where a step takes its gradients, tensor by tensor. No interface, here and below: tf.tidy would not hand one out. */
export type Place = {
  readonly parameters: tf.Tensor[]
  /** Of ±1; absent where no curvature is asked for. */
  readonly z: tf.Tensor[] | undefined
}

/** H z of Σ ℓ beside the gradient; absent as `z`. */
export type StepSums = GradientParts & { readonly products: tf.Tensor[] | undefined }

/** Of one batch, at a place; to be called within tf.tidy. */
export type TakeSums = (place: Place, batch: Batch) => StepSums

/** @throws RangeError where differences are asked of a network that is not smooth */
export function sumsBy(network: Network, product: LocalOptimiser['product']): TakeSums {
  const whyNot = product === 'central-differences' ? whyNotSmooth(network) : null
  if (whyNot !== null) throw new RangeError(`differences of gradients say nothing here: ${whyNot}`)
  const along = product === 'exact' ? curvatureParts : differenceParts
  return ({ parameters, z }, batch) =>
    z === undefined
      ? { ...gradientParts(network, parameters, batch, 1), products: undefined }
      : along(network, parameters, batch, z)
}

/** To be called within tf.tidy. */
export function plusSums(a: StepSums | null, b: StepSums): StepSums {
  if (a === null) return b
  const plus = (one: readonly tf.Tensor[], other: readonly tf.Tensor[]) => one.map((part, i) => tf.add(part, other[i]!))
  return {
    gradients: plus(a.gradients, b.gradients),
    loss: tf.add(a.loss, b.loss),
    products: a.products && b.products && plus(a.products, b.products),
  }
}
