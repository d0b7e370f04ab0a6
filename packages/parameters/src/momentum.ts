// Heavy-ball momentum (Polyak 1964): v ← μ·v + g;  θ ← θ − η·v.
// The rate stays outside v, so that a rate changed during a run acts from the next step on.

import { type Optimiser, refuseUnfitUpdate, zeroState } from './optimiser.ts'

/** @param momentum μ in [0, 1). */
export function createMomentum(momentum: number): Optimiser {
  const slotNames = ['velocity']
  return {
    slotNames,
    init: parameterCount => zeroState(slotNames, parameterCount),
    update(parameters, gradient, state, learningRate) {
      refuseUnfitUpdate(slotNames, parameters, gradient, state, learningRate)
      const before = state.slots.velocity!
      const velocity = new Float64Array(parameters.length)
      const next = new Float32Array(parameters.length)
      for (let i = 0; i < next.length; i++) {
        const v = momentum * before[i]! + gradient[i]!
        velocity[i] = v
        next[i] = parameters[i]! - learningRate * v
      }
      return { parameters: next, state: { step: state.step + 1, slots: { velocity } } }
    },
  }
}
