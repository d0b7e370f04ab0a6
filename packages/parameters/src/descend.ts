// From a chain that makes steps to an optimiser: θ ← θ − step, and the rate handed in times the schedule's factor.

import { type Optimiser, refuseUnfitUpdate } from './optimiser.ts'
import type { Schedule } from './schedule.ts'
import type { Transform } from './transform.ts'

/** @param transform gradient → step. */
export function descend(transform: Transform, schedule: Schedule): Optimiser {
  const slotNames = Object.keys(transform.init(0))
  return {
    slotNames,
    init: parameterCount => ({ step: 0, slots: transform.init(parameterCount) }),
    update(parameters, gradient, { step, slots }, learningRate) {
      refuseUnfitUpdate(slotNames, parameters, gradient, { step, slots }, learningRate)
      const rate = learningRate * schedule(step)
      const made = transform.update(gradient, slots, { parameters, step, rate })
      // One rounding to float32, here: all before it is float64.
      const next = new Float32Array(parameters.length)
      for (let i = 0; i < next.length; i++) next[i] = parameters[i]! - made.vector[i]!
      return { parameters: next, state: { step: step + 1, slots: made.slots } }
    },
  }
}
