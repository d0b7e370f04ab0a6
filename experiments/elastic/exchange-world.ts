// Workers alike, as a world of the simulator: a step takes 1 ± a little, drawn from (seed, worker, exchange).

import { randomStream } from '@muster/numerics'
import type { World } from '@muster/simulator'
import { fixedCost, paceSpread, partitions } from './setting.ts'

export function exchangeWorld(workers: number, seed: number): World {
  return {
    name: 'alike',
    workers,
    costs: { fixedCost, detection: 1, serverCapacity: Number.POSITIVE_INFINITY },
    computeTime: ({ seat }, round, load) =>
      load * partitions * (1 + paceSpread * (2 * randomStream(seed, 'elastic', 'pace', seat, round).uniform() - 1)),
    claim: () => partitions,
    vanishes: () => null,
    stay: () => Number.POSITIVE_INFINITY,
  }
}

/** Units from one exchange of a worker to the next: τ steps, the model down, the parameters up, a message each way. */
export const unitsPerExchange = (steps: number): number => steps + fixedCost
