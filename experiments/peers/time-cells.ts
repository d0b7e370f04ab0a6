// The cells of the table of iteration times, each with the figures of an earlier simulation of the rule alone, which was
// written apart from the production code.

import type { Law } from './time-laws.ts'
import type { Variant } from './variants.ts'

export interface TimeCell {
  readonly workers: number
  readonly law: Law
  readonly reference: Reference
}

/** Units; shares. */
export interface Reference {
  readonly dynamic: number
  readonly full: number
  readonly saved: number
  readonly skipped: number
}

const cell = (
  workers: number,
  law: Law,
  ...[dynamic, full, saved, skipped]: [number, number, number, number]
): TimeCell => ({ workers, law, reference: { dynamic, full, saved, skipped } })

export const timeCells: readonly TimeCell[] = [
  cell(6, 'exponential', 1.97, 3.44, 0.43, 0.6),
  cell(10, 'exponential', 1.77, 3.94, 0.55, 0.72),
  cell(10, 'short-exponential', 1.4, 2.46, 0.43, 0.71),
  cell(10, 'pareto', 1.66, 5.58, 0.7, 0.71),
  cell(10, 'redrawn', 1.41, 4.71, 0.7, 0.72),
  cell(10, 'persistent', 1.85, 5.0, 0.63, 0.55),
  cell(20, 'exponential', 1.61, 4.58, 0.65, 0.8),
]

export interface TimePlan {
  readonly workers: number
  readonly law: Law
  readonly variant: Variant
}

const plansOf = (wanted: readonly Variant[]): TimePlan[] =>
  timeCells.flatMap(({ workers, law }) => wanted.map((variant): TimePlan => ({ workers, law, variant })))

/** What the verdict is about. */
export const neededTimes = (): TimePlan[] => plansOf(['carry-over', 'redraw', 'full'])

export const timePlans = (): TimePlan[] => [...neededTimes(), ...plansOf(['all-but-1', 'all-but-2'])]

export const timeKey = ({ workers, law, variant }: TimePlan): string => [workers, law, variant].join(' ')
