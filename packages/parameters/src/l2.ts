// L2 regularisation, gradient → gradient: g ← g + λ·θ, the gradient of the mean loss plus (λ/2)·‖θ‖².
// Before the moments it is part of what they remember; decoupled decay (decoupled-decay.ts) is not.

import { plusScaled, stateless } from './transform.ts'

/** Acts on all parameters, biases too. @param strength λ ≥ 0. */
export const l2 = (strength: number) =>
  stateless((gradient, { parameters }) => plusScaled(gradient, parameters, strength))
