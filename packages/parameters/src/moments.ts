// What Adam and AdaHessian share: a step along running means of the gradient, divided by the root of the running means
// of a square. Whose square makes the one or the other.

import { integerPower } from './integer-power.ts'
import type { Slots, Transformed, UpdateContext } from './transform.ts'

export interface MomentsSettings {
  /** β₁ in [0, 1). */
  readonly beta1: number
  /** β₂ in [0, 1). */
  readonly beta2: number
  /** ε > 0. */
  readonly epsilon: number
}

export const initialMoments = (parameterCount: number): Slots => ({
  firstMoment: new Float64Array(parameterCount),
  secondMoment: new Float64Array(parameterCount),
})

/**
 * m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·s²;  then η·m̂ / (√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), t = 1, 2, …
 * @param squared s
 */
export function momentsStep(
  { beta1, beta2, epsilon }: MomentsSettings,
  gradient: Float64Array,
  squared: Float64Array,
  { firstMoment: m, secondMoment: v }: Slots,
  { step: before, rate }: Pick<UpdateContext, 'step' | 'rate'>,
): Transformed {
  const correction1 = 1 - integerPower(beta1, before + 1)
  const correction2 = 1 - integerPower(beta2, before + 1)
  const firstMoment = new Float64Array(gradient.length)
  const secondMoment = new Float64Array(gradient.length)
  const step = new Float64Array(gradient.length)
  for (let i = 0; i < step.length; i++) {
    const s = squared[i]!
    const mNext = beta1 * m![i]! + (1 - beta1) * gradient[i]!
    const vNext = beta2 * v![i]! + (1 - beta2) * s * s
    firstMoment[i] = mNext
    secondMoment[i] = vNext
    step[i] = (rate * (mNext / correction1)) / (Math.sqrt(vNext / correction2) + epsilon)
  }
  return { vector: step, slots: { firstMoment, secondMoment } }
}
