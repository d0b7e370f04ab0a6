// Workers of which some are slower all the time, and all of which are slowed anew in each round, as a world of the
// simulator:  time of an even share = slowness · (.2 + .8 X),  E X = 1,  drawn from (seed, worker, round).
//   exponential: X = Exp(1), P(X > x) = e^{-x};  pareto: X = ½ U^{-1/2}, P(X > x) = (2x)^{-2} from ½ on.

import { randomStream } from '@muster/numerics'
import type { World } from '@muster/simulator'
import { type DelayLaw, fixedCost, slowness, slowWorkers, workers } from './setting.ts'

/** Units of an even share that nothing delays, and the mean of what comes on top. */
const least = 0.2
const excess = 0.8

/** Draws that are kept: rounds of one lease are asked for many times, those of long ago never again. */
const keptMax = 4096

export function stragglerWorld(law: DelayLaw, seed: number): World {
  const slow = new Set(randomStream(seed, 'abs', 'slow').permutation(workers).subarray(0, slowWorkers))
  const slownessOf = (seat: number) => (slow.has(seat) ? slowness : 1)
  const known = new Map<number, number>()
  function timeOf(seat: number, round: number): number {
    const key = round * workers + seat
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= keptMax) known.clear()
    const draw = randomStream(seed, 'abs', law, seat, round)
    const delay = law === 'exponential' ? draw.exponential() : 0.5 / Math.sqrt(1 - draw.uniform())
    const time = slownessOf(seat) * (least + excess * delay)
    known.set(key, time)
    return time
  }
  return {
    name: law,
    workers,
    costs: { fixedCost, detection: 0.016, serverCapacity: Number.POSITIVE_INFINITY },
    computeTime: ({ seat }, round, load) => workers * load * timeOf(seat, round),
    claim: ({ seat }) => workers * slownessOf(seat),
    vanishes: () => null,
    stay: () => Number.POSITIVE_INFINITY,
  }
}
