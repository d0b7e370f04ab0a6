// The closed list of optimisers: from an operator's words to an optimiser, and the order of its links.

import { adam } from './adam.ts'
import { clipByNorm } from './clip-by-norm.ts'
import { decoupledDecay } from './decoupled-decay.ts'
import { descend } from './descend.ts'
import { l2 } from './l2.ts'
import { momentum } from './momentum.ts'
import type { Optimiser } from './optimiser.ts'
import { createSchedule, type ScheduleSpec } from './schedule.ts'
import { atLeastZero, fraction, positive } from './setting-ranges.ts'
import { sgd } from './sgd.ts'
import { chain, type Transform } from './transform.ts'

interface CommonSettings {
  /** The one a run starts with; updates are handed the one in force. */
  readonly learningRate: number
  /** A longer mean gradient is scaled down to this norm, above 0. Default: no limit. */
  readonly clipNorm?: number | undefined
  /** λ of the penalty (λ/2)·‖θ‖², at least 0. Default 0. */
  readonly l2?: number | undefined
  /** Default: the rate in force throughout. */
  readonly schedule?: ScheduleSpec | undefined
}

interface MomentsSettings {
  /** Default 0.9. */
  readonly beta1?: number | undefined
  /** Default 0.999. */
  readonly beta2?: number | undefined
  /** Default 1e-8. */
  readonly epsilon?: number | undefined
}

export type OptimiserSpec = CommonSettings &
  (
    | { readonly kind: 'sgd' }
    | { readonly kind: 'momentum'; readonly momentum: number }
    | (MomentsSettings & { readonly kind: 'adam' })
    | (MomentsSettings & {
        readonly kind: 'adamw'
        /** λ of the decoupled decay η·λ·θ, at least 0. Default 0.01. */
        readonly weightDecay?: number | undefined
      })
  )

export type OptimiserKind = OptimiserSpec['kind']

export const optimiserKinds = ['sgd', 'momentum', 'adam', 'adamw'] as const satisfies readonly OptimiserKind[]

/**
 * Clipping judges the mean gradient as it came, L2 is added to what it leaves, the moments remember both, and decoupled
 * decay is added to their step: the order of Optax's and PyTorch's ready-made ones.
 * @throws RangeError that names the setting and its range.
 */
export function createOptimiser(spec: OptimiserSpec): Optimiser {
  positive('learningRate', spec.learningRate)
  const links: Transform[] = []
  if (spec.clipNorm !== undefined) links.push(clipByNorm(positive('clipNorm', spec.clipNorm)))
  if (spec.l2 !== undefined && atLeastZero('l2', spec.l2) > 0) links.push(l2(spec.l2))
  links.push(...descentLinks(spec))
  return descend(chain(...links), createSchedule(spec.schedule))
}

function descentLinks(spec: OptimiserSpec): Transform[] {
  switch (spec.kind) {
    case 'sgd':
      return [sgd]
    case 'momentum':
      return [momentum(fraction('momentum', spec.momentum))]
    case 'adam':
      return [adamLink(spec)]
    case 'adamw': {
      const decay = atLeastZero('weightDecay', spec.weightDecay ?? 0.01)
      return decay > 0 ? [adamLink(spec), decoupledDecay(decay)] : [adamLink(spec)]
    }
    default:
      throw new RangeError(
        `optimiser.kind must be one of ${optimiserKinds.join(', ')}, not ${JSON.stringify((spec as { kind: unknown }).kind)}`,
      )
  }
}

const adamLink = (settings: MomentsSettings): Transform =>
  adam({
    beta1: fraction('beta1', settings.beta1 ?? 0.9),
    beta2: fraction('beta2', settings.beta2 ?? 0.999),
    epsilon: positive('epsilon', settings.epsilon ?? 1e-8),
  })
