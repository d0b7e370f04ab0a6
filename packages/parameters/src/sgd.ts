// Gradient descent: θ ← θ − η·g.

import { type Optimiser, refuseUnfitUpdate, zeroState } from './optimiser.ts'

export function createSgd(): Optimiser {
  const slotNames: readonly string[] = []
  return {
    slotNames,
    init: parameterCount => zeroState(slotNames, parameterCount),
    update(parameters, gradient, state, learningRate) {
      refuseUnfitUpdate(slotNames, parameters, gradient, state, learningRate)
      const next = new Float32Array(parameters.length)
      for (let i = 0; i < next.length; i++) next[i] = parameters[i]! - learningRate * gradient[i]!
      return { parameters: next, state: { step: state.step + 1, slots: {} } }
    },
  }
}
