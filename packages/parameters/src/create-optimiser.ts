// The closed list of optimisers: from an operator's words to an optimiser.

import { createAdam } from './adam.ts'
import { createMomentum } from './momentum.ts'
import type { Optimiser } from './optimiser.ts'
import { createSgd } from './sgd.ts'

/** `learningRate` is the one a run starts with; updates are handed the one in force. */
export type OptimiserSpec =
  | { readonly kind: 'sgd'; readonly learningRate: number }
  | { readonly kind: 'momentum'; readonly learningRate: number; readonly momentum: number }
  | {
      readonly kind: 'adam'
      readonly learningRate: number
      /** Default 0.9. */
      readonly beta1?: number | undefined
      /** Default 0.999. */
      readonly beta2?: number | undefined
      /** Default 1e-8. */
      readonly epsilon?: number | undefined
    }

export type OptimiserKind = OptimiserSpec['kind']

export const optimiserKinds = ['sgd', 'momentum', 'adam'] as const satisfies readonly OptimiserKind[]

/** @throws RangeError that names the setting and its range. */
export function createOptimiser(spec: OptimiserSpec): Optimiser {
  positive('learningRate', spec.learningRate)
  switch (spec.kind) {
    case 'sgd':
      return createSgd()
    case 'momentum':
      return createMomentum(fraction('momentum', spec.momentum))
    case 'adam':
      return createAdam({
        beta1: fraction('beta1', spec.beta1 ?? 0.9),
        beta2: fraction('beta2', spec.beta2 ?? 0.999),
        epsilon: positive('epsilon', spec.epsilon ?? 1e-8),
      })
    default:
      throw new RangeError(
        `optimiser.kind must be one of ${optimiserKinds.join(', ')}, not ${JSON.stringify((spec as { kind: unknown }).kind)}`,
      )
  }
}

function fraction(setting: string, value: number): number {
  if (!(value >= 0 && value < 1))
    throw new RangeError(`optimiser.${setting} must be at least 0 and below 1, not ${value}`)
  return value
}

function positive(setting: string, value: number): number {
  if (!(value > 0 && value < Infinity)) throw new RangeError(`optimiser.${setting} must be above 0, not ${value}`)
  return value
}
