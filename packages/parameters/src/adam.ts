// Adam (Kingma and Ba 2015, algorithm 1), gradient → step: the moments of the gradient and of its own square.

import { initialMoments, type MomentsSettings, momentsStep } from './moments.ts'
import type { Transform } from './transform.ts'

export type AdamSettings = MomentsSettings

export const adam = (settings: AdamSettings): Transform => ({
  init: initialMoments,
  update: (gradient, slots, context) => momentsStep(settings, gradient, gradient, slots, context),
})
