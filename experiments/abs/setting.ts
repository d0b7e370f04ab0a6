// The setting of the experiment in figures, after Adaptive Bounded Staleness (arXiv 2301.08895): what is fixed here and
// what is varied. One unit of time is what a worker that nothing slows needs, in the mean, for an even share.

/** M */
export const workers = 20
/** So many of them are slower all the time. */
export const slowWorkers = 4
export const slowness = 6
/** k: an even share is two partitions, so that half a share can be done. */
export const partitions = 40
export const batchPerPartition = 16
/** c of the world's costs: 0.45 c each way for a vector, 0.05 c for a message. */
export const fixedCost = 0.1
/** Units; so long a worker goes on with what it was told to drop. */
export const piece = 0.05
/** Hidden units of the perceptron. */
export const hidden = 32

/** The same two for every method: equal effort of tuning. */
export const learningRates = [0.3, 1] as const

export const delayLaws = ['exponential', 'pareto'] as const
export type DelayLaw = (typeof delayLaws)[number]

export const splits = ['iid', 'sorted'] as const
export type Split = (typeof splits)[number]

/** Samples kept of a data set: the first ones after a seeded shuffle. */
export interface Sizes {
  readonly train: number
  readonly test: number
  /** Of the training samples, those that the loss is measured on. */
  readonly probe: number
}

export interface Limits {
  /** Training loss that is to be reached. */
  readonly lossTarget: number
  /** Units; whoever has not reached the target by then has not reached it. */
  readonly timeMax: number
  readonly uploadsMax: number
  /** Units; everybody goes on until then, so that loss and accuracy can be compared there. */
  readonly commonTime: number
}

/** Between two evaluations of the loss lie at least so many units, or so large a share of the time passed. */
export const evaluateEvery = { units: 0.5, share: 0.02 } as const

/**
 * A loss above this for so many units, or one that is no number, is divergence. Shorter excursions are not: with labels
 * sorted and the higher rate the loss passes it for tens of units in runs that reach the target later.
 */
export const divergence = { loss: 5, units: 100 } as const
