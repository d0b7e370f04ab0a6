// Nesterov's momentum as elastic averaging has it (Zhang, Choromanska and LeCun 2015), gradient → step:
//   v ← μ·v − η·g(x + μ·v),  x ← x + v
// The gradient is handed in, so where to take it is `lookAhead`'s to say. The rate is within v: a rate that has changed
// acts on what comes, not on the way already taken.

import type { Slots, Transform } from './transform.ts'

/** @param decay μ in [0, 1). */
export const nesterov = (decay: number): Transform => ({
  init: parameterCount => ({ velocity: new Float64Array(parameterCount) }),
  update(gradient, { velocity: before }, { rate }) {
    const velocity = new Float64Array(gradient.length)
    const step = new Float64Array(gradient.length)
    for (let i = 0; i < step.length; i++) {
      const v = decay * before![i]! - rate * gradient[i]!
      velocity[i] = v
      step[i] = -v
    }
    return { vector: step, slots: { velocity } }
  },
})

/** x + μ·v. */
export const lookAhead = (x: Float32Array, { velocity }: Slots, decay: number): Float32Array =>
  x.map((value, i) => value + decay * velocity![i]!)
