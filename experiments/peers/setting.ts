// What is learnt, in figures: the subjects, and how long and on how much each of them is learnt.

import type { ModelSpec } from '@muster/workloads'
import type { DataSizes } from '../learning/bring-data.ts'
import type { Law } from './time-laws.ts'
import type { Variant } from './variants.ts'

/** A model on data: LRM is softmax regression, 2NN a perceptron of two hidden layers. */
export const subjects = ['lrm', '2nn', 'lrm-photographs'] as const
export type Subject = (typeof subjects)[number]

export const splits = ['iid', 'sorted'] as const
/** i.i.d., or sorted by label before it is divided among the peers. */
export type Split = (typeof splits)[number]

export const models: Readonly<Record<Subject, ModelSpec>> = {
  lrm: { kind: 'softmax-regression' },
  '2nn': { kind: 'mlp', hidden: [256, 256], activation: 'relu' },
  'lrm-photographs': { kind: 'softmax-regression' },
}

/** Of one step. */
export const batch = 32

/** Tried from low to high. */
export const ratesTried: Readonly<Record<Subject, readonly number[]>> = {
  lrm: [0.1, 0.2, 0.5, 1, 2],
  '2nn': [0.05, 0.1, 0.2, 0.5],
  'lrm-photographs': [0.02, 0.05, 0.1],
}

/** Of the search for rates; its draws are no row's of the tables. */
export const searchSeedAfter = 1000
export const searchSeeds: Readonly<Record<Subject, number>> = { lrm: 2, '2nn': 1, 'lrm-photographs': 1 }
/** A rate whose loss ever exceeds that of the start so many times is too high, whatever it ends at. */
export const calmFactor = 1.25

export interface Scale {
  /** K: iterations of cb-Full, and of whoever is held against it iteration by iteration. */
  readonly iterations: Readonly<Record<Subject, number>>
  /** q: iterations between two means of all estimates. */
  readonly every: number
  readonly sizes: DataSizes
  /** Training samples that the loss is measured on. */
  readonly probe: number
  readonly seeds: number
  /** Measurements along the time that cb-Full takes, and as many along its iterations. */
  readonly marks: number
}

export const wholeScale: Scale = {
  iterations: { lrm: 200, '2nn': 60, 'lrm-photographs': 100 },
  every: 5,
  sizes: { train: 6000, test: 4000 },
  probe: 2000,
  seeds: 3,
  marks: 10,
}

export const quickScale: Scale = {
  iterations: { lrm: 30, '2nn': 5, 'lrm-photographs': 30 },
  every: 5,
  sizes: { train: 1200, test: 400 },
  probe: 400,
  seeds: 1,
  marks: 6,
}

/** Which fleets and laws a subject is learnt with: the more a step costs, the fewer. */
export const fleetLaws: Readonly<
  Record<Subject, readonly { readonly workers: number; readonly laws: readonly Law[] }[]>
> = {
  lrm: [6, 10].map(workers => ({
    workers,
    laws: ['exponential', 'short-exponential', 'pareto', 'redrawn', 'persistent'],
  })),
  '2nn': [
    { workers: 10, laws: ['exponential', 'redrawn', 'persistent'] },
    { workers: 6, laws: ['exponential'] },
  ],
  'lrm-photographs': [{ workers: 10, laws: ['exponential', 'persistent'] }],
}

export const learningVariants = ['carry-over', 'redraw', 'full', 'all-but-1'] as const satisfies readonly Variant[]
/** What the verdict is about. */
export const neededVariants: readonly Variant[] = ['carry-over', 'full']
