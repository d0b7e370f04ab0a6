// Clipping by the global norm (Pascanu, Mikolov and Bengio 2013, algorithm 1), gradient → gradient:
// g ← g · c/‖g‖ where ‖g‖₂ > c. One norm over all parameters, so that the direction stays.

import { measureVector } from './measure.ts'
import { scaled, stateless } from './transform.ts'

/**
 * A gradient that is not finite is left as it is: scaled by c/∞ its finite entries would look harmless.
 * @param normMax c > 0.
 */
export const clipByNorm = (normMax: number) =>
  stateless(gradient => {
    const { finite, norm } = measureVector(gradient)
    return finite && norm > normMax ? scaled(gradient, normMax / norm) : gradient
  })
