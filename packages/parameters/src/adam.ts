// Adam (Kingma and Ba 2015, algorithm 1), gradient → step, t = 1, 2, …:
//   m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  then η·m̂ / (√v̂ + ε),  m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ)

import { integerPower } from './integer-power.ts'
import type { Transform } from './transform.ts'

export interface AdamSettings {
  /** β₁ in [0, 1). */
  readonly beta1: number
  /** β₂ in [0, 1). */
  readonly beta2: number
  /** ε > 0. */
  readonly epsilon: number
}

export function adam({ beta1, beta2, epsilon }: AdamSettings): Transform {
  return {
    init: parameterCount => ({
      firstMoment: new Float64Array(parameterCount),
      secondMoment: new Float64Array(parameterCount),
    }),
    update(gradient, { firstMoment: m, secondMoment: v }, { step: before, rate }) {
      const correction1 = 1 - integerPower(beta1, before + 1)
      const correction2 = 1 - integerPower(beta2, before + 1)
      const firstMoment = new Float64Array(gradient.length)
      const secondMoment = new Float64Array(gradient.length)
      const step = new Float64Array(gradient.length)
      for (let i = 0; i < step.length; i++) {
        const g = gradient[i]!
        const mNext = beta1 * m![i]! + (1 - beta1) * g
        const vNext = beta2 * v![i]! + (1 - beta2) * g * g
        firstMoment[i] = mNext
        secondMoment[i] = vNext
        step[i] = (rate * (mNext / correction1)) / (Math.sqrt(vNext / correction2) + epsilon)
      }
      return { vector: step, slots: { firstMoment, secondMoment } }
    },
  }
}
