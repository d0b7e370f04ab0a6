// What the page and the pictures call things.

import type { Look } from '../drawing/looks.ts'
import type { Kind } from './setting.ts'
import type { Measure } from './tally.ts'

export const kindNames: Readonly<Record<Kind, string>> = {
  'carry-over': 'DyBW, carry-over',
  redraw: 'DyBW, redraw',
  full: 'cb-Full',
  alone: 'one worker',
  noiseless: 'without noise',
}

export const kindLooks: Readonly<Record<Kind, Look>> = {
  'carry-over': 'green',
  redraw: 'orange',
  full: 'violet',
  alone: 'grey-cross',
  noiseless: 'grey-ring',
}

export const measureNames: Readonly<Record<Measure, string>> = {
  error: 'mean of ‖∇F‖² over the iterations',
  noise: 'of it by noise',
  excess: 'loss above the best known, at K',
}
