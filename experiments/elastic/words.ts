// What the page and the pictures call things.

import { fixed } from '../comparison/markdown.ts'
import type { CellPlan } from './tally.ts'

export const failureNames: Readonly<Record<CellPlan['failure'], string>> = {
  none: 'no failures',
  independent: 'independent failures',
  bursts: 'bursts',
}

export const splitNames: Readonly<Record<CellPlan['split'], string>> = { iid: 'i.i.d.', sorted: 'by label' }

export const optimiserNames: Readonly<Record<CellPlan['optimiser'], string>> = {
  sgd: 'SGD',
  adahessian: 'AdaHessian',
  momentum: 'Nesterov',
}

/** A share of the data, in per cent: 12.5 %. */
export const overlapName = (overlap: number): string => `${Number((100 * overlap).toFixed(1))} %`

export const settingName = ({ failure, split }: Pick<CellPlan, 'failure' | 'split'>): string =>
  `${failureNames[failure]}, data ${splitNames[split]}`

export const cellName = ({ workers, steps, overlap, failure, split, optimiser }: CellPlan): string =>
  `k = ${workers}, τ = ${steps}, overlap ${overlapName(overlap)}, ${settingName({ failure, split })}, ${optimiserNames[optimiser]}`

/** Of a percentage, one decimal, with its sign. */
export const points = (difference: number): string =>
  `${difference < 0 ? '−' : '+'}${fixed(Math.abs(100 * difference), 1)}`
