// The published variants as cells of the grid, and what they look like.

import type { Look } from '../drawing/looks.ts'
import type { CellPlan } from './tally.ts'

export interface Variant {
  readonly name: string
  readonly look: Look
  readonly optimiser: CellPlan['optimiser']
  readonly weights: CellPlan['weights']
  readonly hasOverlap: boolean
}

const variant = (
  name: string,
  look: Look,
  optimiser: Variant['optimiser'],
  weights: Variant['weights'],
  hasOverlap: boolean,
): Variant => ({ name, look, optimiser, weights, hasOverlap })

/** The first is the one that the paper is about. */
export const variants: readonly Variant[] = [
  variant('DEAHES-O', 'green', 'adahessian', 'dynamic', true),
  variant('EAHES-O', 'violet', 'adahessian', 'fixed', true),
  variant('EAHES', 'orange', 'adahessian', 'fixed', false),
  variant('EAMSGD', 'grey-dashed', 'momentum', 'fixed', false),
  variant('EASGD', 'grey', 'sgd', 'fixed', false),
]

/** Of those that overlap: with more workers less, so that what each holds in all stays near. */
export const variantOverlap = (workers: number): number => (workers <= 4 ? 0.25 : 0.125)

export const planOf = (
  { optimiser, weights, hasOverlap }: Variant,
  cell: Pick<CellPlan, 'workers' | 'steps' | 'failure' | 'split'>,
): CellPlan => ({ ...cell, optimiser, weights, overlap: hasOverlap ? variantOverlap(cell.workers) : 0 })
