// The setting of the experiment in figures, after dynamic weighting (arXiv 2409.09242): what is fixed here and what is
// varied. One unit of time is what a local step takes in the mean.

import type { Layer, ModelSpec } from '@muster/workloads'

/** k */
export const fleets = [4, 8] as const
/** τ */
export const stepCounts = [1, 2, 4] as const
/** Share of the data that every worker holds. */
export const overlaps = [0, 0.125, 0.25, 0.375, 0.5] as const
export const failures = ['independent', 'bursts'] as const
export const splits = ['iid', 'sorted'] as const
export const optimisers = ['sgd', 'adahessian'] as const
export const weightings = ['fixed', 'dynamic'] as const

export type Failure = (typeof failures)[number] | 'none'
export type Split = (typeof splits)[number]
/** `momentum` is EAMSGD's, which stands beside the grid. */
export type LocalKind = (typeof optimisers)[number] | 'momentum'
export type Weighting = (typeof weightings)[number]

/** α */
export const movingRate = 0.1
/** Decay of EAMSGD. */
export const momentum = 0.5

/** Of exchanges under independent failures; of a worker's time under bursts. */
export const failureShare = 1 / 3
/** Exchanges that a frozen worker misses in the mean. */
export const spellExchanges = 8

/** 64 of them divide evenly among 4 and 8 workers at every overlap. */
export const partitions = 64
/** Samples of a partition's batch, which is a step's. */
export const batchPerPartition = 32
/** c of the world's costs: an exchange takes c units on top of its steps. */
export const fixedCost = 0.2
/** A step takes 1 ± so much, drawn for each worker and exchange. */
export const paceSpread = 0.2

const convolution = (filters: number): Layer => ({
  ...{ layer: 'conv2d', filters, kernelSize: [3, 3], strides: [2, 2] },
  ...{ padding: 'valid', activation: 'tanh', useBias: true },
})

/** Two layers of convolutions and a dense one; smooth, and small enough for thousands of runs. */
export const model: ModelSpec = { kind: 'stack', layers: [convolution(8), convolution(16)] }

/** The candidates of each optimiser, from low to high; momentum's rate is that of SGD. */
export const ratesTried = { sgd: [0.05, 0.1, 0.3], adahessian: [0.01, 0.05, 0.15] } as const
/** Its draws are no row's of the tables. */
export const searchSeedAfter = 1000
export const searched = { workers: 8, steps: 1, overlap: 0.25 } as const
/** A rate whose loss ever exceeds that of the start so many times is too high, whatever it ends at. */
export const calmFactor = 1.25

/** Samples kept of a data set, and of those trained on the first that the loss is measured on. */
export interface Sizes {
  readonly train: number
  readonly test: number
  readonly probe: number
}

/** By τ; exchanges tried, over k. */
export type Rounds = Readonly<Record<(typeof stepCounts)[number], number>>
