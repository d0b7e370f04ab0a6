// How a worker steps on parameters of its own, in plain numbers: what a simulator steps with, and what the steps on a
// device are told by. Pure throughout.

import type { LocalOptimiser } from '@muster/vocabulary'
import { adaHessian } from './ada-hessian.ts'
import { adam } from './adam.ts'
import { lookAhead, nesterov } from './nesterov.ts'
import type { OptimiserState } from './optimiser.ts'
import { fraction } from './setting-ranges.ts'
import { sgd } from './sgd.ts'
import type { Slots, Transformed, UpdateContext } from './transform.ts'

/** Stays with the parameters from lease to lease. */
export type LocalState = OptimiserState

export interface LocalStepper {
  /** Whether `step` asks for a diagonal. */
  readonly needsCurvature: boolean
  /** Before the first step. @param parameterCount d */
  init(parameterCount: number): LocalState
  /** Where the gradient of the next step is to be taken. May be `x` itself. */
  probeAt(x: Float32Array, state: LocalState): Float32Array
  /**
   * @param gradient the mean over the step's samples, at `probeAt`
   * @param diagonal |D| of the mean loss, spatially averaged; null where no curvature is needed
   * @throws RangeError when lengths differ, or the diagonal that is needed is missing
   */
  step(
    x: Float32Array,
    gradient: Float64Array,
    diagonal: Float64Array | null,
    state: LocalState,
    rate: number,
  ): { readonly parameters: Float32Array; readonly state: LocalState }
}

interface Rule {
  readonly needsCurvature: boolean
  init(parameterCount: number): Slots
  probeAt(x: Float32Array, slots: Slots): Float32Array
  /** `diagonal` has been checked: where it is needed it is there. */
  update(gradient: Float64Array, diagonal: Float64Array | null, slots: Slots, context: UpdateContext): Transformed
}

/** @throws RangeError that names the setting and its range */
export function createLocalOptimiser(optimiser: LocalOptimiser): LocalStepper {
  const { needsCurvature, init, probeAt, update } = ruleOf(optimiser)
  return {
    needsCurvature,
    init: parameterCount => ({ step: 0, slots: init(parameterCount) }),
    probeAt: (x, { slots }) => probeAt(x, slots),
    step(x, gradient, diagonal, { step, slots }, rate) {
      if (needsCurvature && diagonal === null) throw new RangeError('this optimiser needs a diagonal')
      for (const given of [gradient, ...(needsCurvature ? [diagonal!] : []), ...Object.values(slots)])
        if (given.length !== x.length) throw new RangeError(`${given.length} numbers for ${x.length} parameters`)
      const made = update(gradient, diagonal, slots, { parameters: x, step, rate })
      return {
        parameters: x.map((value, i) => value - made.vector[i]!),
        state: { step: step + 1, slots: made.slots },
      }
    },
  }
}

const where = (x: Float32Array): Float32Array => x

function ruleOf({ kind, momentum }: LocalOptimiser): Rule {
  const plain = { needsCurvature: false, probeAt: where }
  switch (kind) {
    case 'sgd':
      return { ...plain, init: sgd.init, update: (gradient, _, slots, context) => sgd.update(gradient, slots, context) }
    case 'momentum': {
      const decay = fraction('momentum', momentum)
      const { init, update } = nesterov(decay)
      return {
        needsCurvature: false,
        init,
        probeAt: (x, slots) => lookAhead(x, slots, decay),
        update: (gradient, _, slots, context) => update(gradient, slots, context),
      }
    }
    case 'adam': {
      const { init, update } = adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
      return { ...plain, init, update: (gradient, _, slots, context) => update(gradient, slots, context) }
    }
    case 'adahessian': {
      const { init, update } = adaHessian()
      return {
        ...plain,
        needsCurvature: true,
        init,
        update: (g, diagonal, slots, at) => update(g, diagonal!, slots, at),
      }
    }
    default:
      throw new RangeError(`optimiser.kind must be one of sgd, momentum, adam, adahessian, not ${JSON.stringify(kind)}`)
  }
}
