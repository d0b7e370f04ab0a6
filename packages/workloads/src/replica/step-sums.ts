// What a step gathers from its samples: their gradients and, for AdaHessian, the Hessian's product with the step's z.

import type { LocalOptimiser } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'
import { differenceProduct } from '../curvature/difference-product.ts'
import { hessianVectorProduct } from '../curvature/hessian-vector-product.ts'
import { whyNotSmooth } from '../curvature/why-not-smooth.ts'
import { gradientParts } from '../network/gradient.ts'
import type { Network } from '../network/plan.ts'
import type { Batch } from '../samples.ts'

/** Where a step takes its gradients. No interface, here and below: tf.tidy would not hand one out. */
export type Place = {
  readonly flat: tf.Tensor1D
  /** The same, as the network's tensors. */
  readonly parameters: tf.Tensor[]
  /** Of ±1; absent where no curvature is asked for. */
  readonly z: tf.Tensor1D | undefined
}

export type StepSums = {
  /** Σ ∇ℓ */
  readonly gradient: tf.Tensor1D
  /** Σ ℓ, one number. Apart: to cut it off would copy all of the gradient on some backends. */
  readonly loss: tf.Tensor1D
  /** H z, of Σ ℓ; absent as `z`. */
  readonly product: tf.Tensor1D | undefined
}

/** Of one batch, at a place; to be called within tf.tidy. */
export type TakeSums = (place: Place, batch: Batch) => StepSums

/** @throws RangeError where differences are asked of a network that is not smooth */
export function sumsBy(network: Network, product: LocalOptimiser['product']): TakeSums {
  const whyNot = product === 'central-differences' ? whyNotSmooth(network) : null
  if (whyNot !== null) throw new RangeError(`differences of gradients say nothing here: ${whyNot}`)
  return ({ flat, parameters, z }, batch) => {
    if (z === undefined) {
      const { parts, loss } = gradientParts(network, parameters, batch, 1)
      return { gradient: tf.concat1d(parts), loss, product: undefined }
    }
    if (product === 'exact') return hessianVectorProduct(network, parameters, batch, z)
    return differenceProduct(network, flat, batch, z)
  }
}

/** To be called within tf.tidy. */
export function plusSums(a: StepSums | null, b: StepSums): StepSums {
  if (a === null) return b
  return {
    gradient: tf.add(a.gradient, b.gradient),
    loss: tf.add(a.loss, b.loss),
    product: a.product && b.product && tf.add(a.product, b.product),
  }
}
