// The time models of the paper's table as a world of the simulator, on the very draws of the oracle: what the production
// strategies do with them can be compared round by round.

import type { World } from '@muster/simulator'
import { type CompletionTimes, roundTimes, type TimeModel } from '../latencies/time-models.ts'

/** Codes of fixed rows place tabs by name, the tree as they came: the oracle's neighbours shall be theirs. */
export type Seating = 'by-name' | 'as-they-came'

/** n units are the oracle's one: its whole data set at an even pace. Nothing costs but computing, nobody leaves. */
export function oracleWorld(model: TimeModel, n: number, seed: number, firstRound: number, seating: Seating): World {
  const names = Array.from({ length: n }, (_, seat) => `w${seat}`)
  if (seating === 'by-name') names.sort()
  const indexOf = Array.from({ length: n }, (_, seat) => names.indexOf(`w${seat}`))
  const known = new Map<number, CompletionTimes>()
  const timesOf = (round: number): CompletionTimes => {
    let times = known.get(round)
    if (!times) {
      known.clear()
      times = roundTimes(model, n, seed, firstRound + round)
      known.set(round, times)
    }
    return times
  }
  return {
    name: model.kind,
    workers: n,
    costs: { fixedCost: 0, detection: 0.016, serverCapacity: Number.POSITIVE_INFINITY },
    computeTime({ seat }, round, load) {
      const times = timesOf(round)[indexOf[seat]!]!
      const position = Math.min(n, load * n)
      const whole = Math.min(n - 1, Math.floor(position))
      return n * (times[whole]! + (position - whole) * (times[whole + 1]! - times[whole]!))
    },
    claim: () => n,
    vanishes: () => null,
    stay: () => Number.POSITIVE_INFINITY,
  }
}
