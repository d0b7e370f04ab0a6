// H z by differences of gradients: an approximation, for networks that are smooth (why-not-smooth.ts). It takes three
// gradients, and up to three times as long as the exact product.

import * as tf from '@tensorflow/tfjs'
import { gradientParts } from '../network/gradient.ts'
import type { Network } from '../network/plan.ts'
import type { Batch } from '../samples.ts'
import { cutFlat } from './cut-flat.ts'
import type { Curvature } from './hessian-vector-product.ts'

/**
 * A coordinate's step ε. What bends makes an error that grows as ε² and with the inputs of a layer; what is left of two
 * float32 gradients makes one that grows as 1/ε. Of the networks checked, a transformer bends most: an error of
 * 2·10⁻⁴ of ‖H z‖ with this step, 2·10⁻³ with 10⁻³. All others have 10⁻⁴ at most.
 */
const differenceStep = 3e-4

/**
 * As `hessianVectorProduct`, with the product (g(x + εz) − g(x − εz)) / 2ε. The gradient beside it is that at x. To be
 * called within tf.tidy.
 * @param x parameterCount numbers
 * @param z of ±1, as long
 */
export function differenceProduct(
  network: Network,
  x: tf.Tensor1D,
  batch: Batch,
  z: tf.Tensor1D,
  epsilon = differenceStep,
): Curvature {
  const at = (place: tf.Tensor1D) => {
    const { parts, loss } = gradientParts(network, cutFlat(network, place), batch, 1)
    return { gradient: tf.concat1d(parts), loss }
  }
  const shift = tf.mul(z, epsilon)
  const difference = tf.sub(at(tf.add(x, shift)).gradient, at(tf.sub(x, shift)).gradient)
  return { ...at(x), product: tf.mul(difference, 1 / (2 * epsilon)) }
}
