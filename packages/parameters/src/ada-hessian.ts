// AdaHessian (Yao et al. 2021), gradient and curvature → step: Adam's formula, with an estimate of the Hessian's diagonal
// where Adam has the gradient's square. Hessian power 1, no weight decay.

import { initialMoments, type MomentsSettings, momentsStep } from './moments.ts'
import type { Slots, Transformed, UpdateContext } from './transform.ts'

/** Those of the published code; the rate is the caller's. */
export const adaHessianDefaults: MomentsSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-4 }

/** As a `Transform`, but that the diagonal is handed in beside the gradient. */
export interface CurvatureTransform {
  init(parameterCount: number): Slots
  /**
   * Pure.
   * @param diagonal |D|, spatially averaged: of the mean loss, as the gradient; as long as that
   */
  update(
    gradient: Float64Array,
    diagonal: Float64Array,
    slots: Slots,
    context: Pick<UpdateContext, 'step' | 'rate'>,
  ): Transformed
}

export const adaHessian = (settings: MomentsSettings = adaHessianDefaults): CurvatureTransform => ({
  init: initialMoments,
  update: (gradient, diagonal, slots, context) => momentsStep(settings, gradient, diagonal, slots, context),
})
