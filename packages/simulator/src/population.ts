// Who takes part: speeds that persist, and what a round adds to them. Unit: the median worker's time for 1/n of the
// batch. Costs as in the cost model of the experiments: a round's fixed cost c is 0.45 c for the download of the
// parameters, 0.45 c for an upload and 0.05 c for a control message each way.

import { randomStream } from '@muster/numerics'
import type { Milliseconds, RoundNumber } from '@muster/vocabulary'

export const unitMs: Milliseconds = 1000

export interface SimulatedWorker {
  readonly name: string
  /** Time for the whole batch without jitter, in units. */
  readonly batchTime: number
}

export interface World {
  readonly partitions: number
  /** c, in units. */
  readonly fixedCost: number
  /** Factor on a worker's time in a round. */
  readonly jitter: (worker: string, round: RoundNumber) => number
}

export const noJitter = (): number => 1

/** 1 + Exp(mean), drawn anew for each worker and round. */
export const exponentialJitter =
  (seed: number, mean: number) =>
  (worker: string, round: RoundNumber): number =>
    1 + mean * randomStream(seed, 'jitter', worker, round).exponential()

/** Log-normal speeds with the given ratio of the 90th to the 10th percentile; the median takes n units a batch. */
export function logNormalFleet(seed: number, n: number, p90OverP10: number): SimulatedWorker[] {
  const draw = randomStream(seed, 'fleet', n)
  // z₀.₉ = 1.2816 standard deviations.
  const sigma = Math.log(p90OverP10) / (2 * 1.2815515655446004)
  return Array.from({ length: n }, (_, i) => ({ name: `w${i}`, batchTime: n * Math.exp(sigma * draw.normal()) }))
}

export const equalFleet = (n: number): SimulatedWorker[] =>
  Array.from({ length: n }, (_, i) => ({ name: `w${i}`, batchTime: n }))

/** T = c + 1/Σ(1/wᵢ): nothing exact with whole-vector uploads is faster. In units. */
export function fluidBound(world: World, workers: readonly SimulatedWorker[], round: RoundNumber): number {
  const rate = workers.reduce((sum, { name, batchTime }) => sum + 1 / (batchTime * world.jitter(name, round)), 0)
  return world.fixedCost + 1 / rate
}
