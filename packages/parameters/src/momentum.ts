// Heavy-ball momentum (Polyak 1964), gradient → step: v ← μ·v + g, then η·v.
// The rate stays outside v, so that a rate changed during a run acts from the next step on.

import type { Transform } from './transform.ts'

/** @param decay μ in [0, 1). */
export function momentum(decay: number): Transform {
  return {
    init: parameterCount => ({ velocity: new Float64Array(parameterCount) }),
    update(gradient, { velocity: before }, { rate }) {
      const velocity = new Float64Array(gradient.length)
      const step = new Float64Array(gradient.length)
      for (let i = 0; i < step.length; i++) {
        const v = decay * before![i]! + gradient[i]!
        velocity[i] = v
        step[i] = rate * v
      }
      return { vector: step, slots: { velocity } }
    },
  }
}
