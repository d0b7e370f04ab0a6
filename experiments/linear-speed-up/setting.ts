// The setting of the experiment in figures: the theorem's step size on a noisy and cheap problem.

/** N */
export const fleets = [1, 2, 4, 8, 16] as const

/**
 * Who learns. The first three are N peers; `alone` is one worker at the step size of N, and `noiseless` are N peers of
 * cb-Full with all their samples in every step: what the step size does without averaging, and without noise.
 */
export const kinds = ['carry-over', 'redraw', 'full', 'alone', 'noiseless'] as const
export type Kind = (typeof kinds)[number]

/** The number of peers divides the samples, so that whole shards are as large as each other. */
export interface Scale {
  /** K */
  readonly iterations: number
  /** q: iterations between two means of all estimates. */
  readonly every: number
  readonly train: number
  readonly test: number
  readonly seeds: number
  /** Seeds of the search for c. */
  readonly searchSeeds: number
  /** Steps of accelerated descent toward the best loss. */
  readonly bestSteps: number
}

export const wholeScale: Scale = {
  ...{ iterations: 400, every: 8, train: 4000, test: 2000 },
  ...{ seeds: 6, searchSeeds: 2, bestSteps: 2000 },
}
export const quickScale: Scale = {
  ...{ iterations: 80, every: 8, train: 800, test: 200 },
  ...{ seeds: 2, searchSeeds: 1, bestSteps: 200 },
}

/** Samples of one step of a peer: few, so that there is noise. */
export const batch = 4

/** c: tried from low to high, with cb-Full, on these fleets and on seeds that are in no table. */
export const factorsTried = [0.5, 1, 2, 4, 8] as const
export const searchedFleets = [1, 4, 16] as const
export const searchSeedAfter = 1000

/** η = c √(N/K) */
export const rateOf = (factor: number, workers: number, iterations: number): number =>
  factor * Math.sqrt(workers / iterations)
