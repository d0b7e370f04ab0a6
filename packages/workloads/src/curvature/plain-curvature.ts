// The oracle of Hessian-vector products: second differences of the plain float64 loss. It shares nothing with what it
// judges but what plain-loss.ts shares.

import type { Network } from '../network/plan.ts'
import { plainLoss } from '../plain-loss.ts'
import type { Batch } from '../samples.ts'

/**
 * (H v)ᵢ = ∂²Σℓ/∂s∂t at 0 of θ + s v + t eᵢ, by central differences with steps h and 2h, of which Richardson's combination
 * (4 D(h) − D(2h)) / 3 leaves an error of order h⁴. v counts by its direction while it steps, so that ‖h v‖ = h.
 *
 * A loss of 10 is known to 10⁻¹⁵ or so, which D makes 10⁻¹⁵/h²: with h = 10⁻³ both errors are some 10⁻⁹ of ‖v‖. Where the
 * loss has kinks, a smaller h keeps the steps on one piece of it.
 * @param v parameterCount numbers
 */
export function plainHessianProduct(
  network: Network,
  parameters: Float64Array,
  batch: Batch,
  v: ArrayLike<number>,
  index: number,
  h: number,
): number {
  let square = 0
  for (let i = 0; i < v.length; i++) square += v[i]! ** 2
  const norm = Math.sqrt(square)
  const lossAt = (s: number, t: number) => {
    const moved = parameters.map((value, i) => value + (s * v[i]!) / norm)
    moved[index]! += t
    return plainLoss(network, moved, batch)
  }
  const difference = (step: number) =>
    (lossAt(step, step) - lossAt(step, -step) - lossAt(-step, step) + lossAt(-step, -step)) / (4 * step * step)
  return (norm * (4 * difference(h) - difference(2 * h))) / 3
}
