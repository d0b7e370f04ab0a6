// H z by differences of gradients: an approximation, for networks that are smooth (why-not-smooth.ts). It takes three
// gradients, and up to three times as long as the exact product.

import * as tf from '@tensorflow/tfjs'
import { gradientParts } from '../network/gradient.ts'
import type { Network } from '../network/plan.ts'
import type { Batch } from '../samples.ts'
import type { CurvatureParts } from './hessian-vector-product.ts'

/**
 * A coordinate's step ε. What bends makes an error that grows as ε² and with the inputs of a layer; what is left of two
 * float32 gradients makes one that grows as 1/ε. Of the networks checked, a transformer bends most: an error of
 * 2·10⁻⁴ of ‖H z‖ with this step, 2·10⁻³ with 10⁻³. All others have 10⁻⁴ at most.
 */
const differenceStep = 3e-4

/**
 * As `curvatureParts`, with the product (g(x + εz) − g(x − εz)) / 2ε. The gradient beside it is that at x. To be called
 * within tf.tidy.
 * @param x one tensor for each of the network's
 * @param z of ±1, in the same shapes
 */
export function differenceParts(
  network: Network,
  x: readonly tf.Tensor[],
  batch: Batch,
  z: readonly tf.Tensor[],
  epsilon = differenceStep,
): CurvatureParts {
  const beside = (sign: 1 | -1) =>
    gradientParts(
      network,
      x.map((tensor, i) => tf.add(tensor, tf.mul(z[i]!, sign * epsilon))),
      batch,
      1,
    ).gradients
  const [above, below] = [beside(1), beside(-1)]
  const products = above.map((gradient, i) => tf.mul(tf.sub(gradient, below[i]!), 1 / (2 * epsilon)))
  return { ...gradientParts(network, x, batch, 1), products }
}
