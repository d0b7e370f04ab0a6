// Adam (Kingma and Ba 2015, algorithm 1), t = 1, 2, …:
//   m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  θ ← θ − η·m̂ / (√v̂ + ε),  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)

import { type Optimiser, refuseUnfitUpdate, zeroState } from './optimiser.ts'

export interface AdamSettings {
  /** β₁ in [0, 1). */
  readonly beta1: number
  /** β₂ in [0, 1). */
  readonly beta2: number
  /** ε > 0. */
  readonly epsilon: number
}

export function createAdam({ beta1, beta2, epsilon }: AdamSettings): Optimiser {
  const slotNames = ['firstMoment', 'secondMoment']
  return {
    slotNames,
    init: parameterCount => zeroState(slotNames, parameterCount),
    update(parameters, gradient, state, learningRate) {
      refuseUnfitUpdate(slotNames, parameters, gradient, state, learningRate)
      const step = state.step + 1
      const correction1 = 1 - integerPower(beta1, step)
      const correction2 = 1 - integerPower(beta2, step)
      const m = state.slots.firstMoment!
      const v = state.slots.secondMoment!
      const firstMoment = new Float64Array(parameters.length)
      const secondMoment = new Float64Array(parameters.length)
      const next = new Float32Array(parameters.length)
      for (let i = 0; i < next.length; i++) {
        const g = gradient[i]!
        const mNext = beta1 * m[i]! + (1 - beta1) * g
        const vNext = beta2 * v[i]! + (1 - beta2) * g * g
        firstMoment[i] = mNext
        secondMoment[i] = vNext
        next[i] = parameters[i]! - (learningRate * (mNext / correction1)) / (Math.sqrt(vNext / correction2) + epsilon)
      }
      return { parameters: next, state: { step, slots: { firstMoment, secondMoment } } }
    },
  }
}

/** By repeated squaring: the language leaves the last bit of `**` open, products are the same on every machine. */
function integerPower(base: number, exponent: number): number {
  let power = 1
  let square = base
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power *= square
    square *= square
  }
  return power
}
