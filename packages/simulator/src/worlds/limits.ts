// What nobody can beat, for the tabs that survive a round: with every uploaded vector whole (fluid bound), with equal
// shares and the stragglers known (genie), with equal loads and the best redundancy in hindsight. In units.

import type { RoundNumber } from '@muster/vocabulary'
import { crossing } from './crossing.ts'
import type { Occupant, World } from './world.ts'

const precision = 1e-9
/** Loads are found closer than times, lest their rounding move the time. */
const loadPrecision = 1e-11

/**
 * c + the smallest T by which the survivors together can do the batch once. With a finite capacity C of the server
 * the m that take part need m/C units for their vectors: the best m for each T are those that do most by then.
 * Infinity: even together they never can.
 */
export function fluidBound(world: World, round: RoundNumber, survivors: readonly Occupant[]): number {
  const { fixedCost, serverCapacity } = world.costs
  if (survivors.length === 0) return Number.POSITIVE_INFINITY
  const share = 1 / survivors.length
  const tabs = survivors.map(tab => {
    const time = (load: number) => world.computeTime(tab, round, load)
    return { time, start: time(0), share: time(share) }
  })
  const loads = new Float64Array(tabs.length)
  /** The share of the batch that can be done when the round may take so long in all. */
  const doneBy = (total: number): number => {
    const computing = total - fixedCost
    tabs.forEach((tab, i) => {
      loads[i] = computing < tab.start ? 0 : loadBy(tab, share, computing)
    })
    const admitted = serverCapacity * total
    if (admitted < tabs.length) loads.sort().fill(0, 0, tabs.length - Math.floor(admitted))
    return loads.reduce((sum, load) => sum + load, 0)
  }

  // Exact where nobody needs time to start: then all go on as steadily as in their first share.
  const steady = 1 / tabs.reduce((sum, tab) => sum + share / tab.share, 0)
  let low = { place: fixedCost, value: 0 }
  let step = steady > 0 && steady < Number.POSITIVE_INFINITY ? steady * (1 + precision / 2) : 1
  for (let doublings = 0; doublings < 60; doublings++, step *= 2) {
    const place = fixedCost + step
    const high = { place, value: doneBy(place) }
    if (high.value >= 1) return crossing(doneBy, 1, low, high, precision)
    low = high
  }
  return Number.POSITIVE_INFINITY
}

interface TabCurve {
  time(load: number): number
  /** Its times for nothing and for an even share. */
  readonly start: number
  readonly share: number
}

/** The largest load done by then, at most twice the batch. */
function loadBy({ time, start, share: shareTime }: TabCurve, share: number, computing: number): number {
  let low = { place: 0, value: start }
  let high = { place: share, value: shareTime }
  while (high.value <= computing) {
    if (high.place >= 2) return high.place
    low = high
    high = { place: 2 * high.place, value: time(2 * high.place) }
  }
  return crossing(time, computing, low, high, loadPrecision)
}

/** min over s of c + (n−s)-th smallest time for 1/(n−s): who straggles is known, the rest share evenly. */
export const genieBound = (world: World, round: RoundNumber, survivors: readonly Occupant[]): number =>
  bestOf(world, round, survivors, s => 1 / (world.workers - s))

/** min over s of c + (n−s)-th smallest time for (s+1)/n: the best that a code of equal loads can do. */
export const hindsightBound = (world: World, round: RoundNumber, survivors: readonly Occupant[]): number =>
  bestOf(world, round, survivors, s => (s + 1) / world.workers)

/** c + (n−s)-th smallest time for (s+1)/n: an equal-load code with redundancy s. Infinity: more than s do not answer. */
export function redundancyBound(world: World, round: RoundNumber, survivors: readonly Occupant[], s: number): number {
  const n = world.workers
  const times = Float64Array.from(survivors, tab => world.computeTime(tab, round, (s + 1) / n)).sort()
  return world.costs.fixedCost + (times[n - s - 1] ?? Number.POSITIVE_INFINITY)
}

/** Loads ascend with s, so a tab that is too late for one s is too late for all later ones. */
function bestOf(
  world: World,
  round: RoundNumber,
  survivors: readonly Occupant[],
  loadOf: (s: number) => number,
): number {
  const n = world.workers
  let best = Number.POSITIVE_INFINITY
  let able = survivors
  for (let s = 0; s < n; s++) {
    const load = loadOf(s)
    if (able.length < n - s) continue
    const times = able.map(tab => world.computeTime(tab, round, load))
    const time = Float64Array.from(times).sort()[n - s - 1]!
    best = Math.min(best, time)
    able = able.filter((_, i) => times[i]! <= best)
  }
  return world.costs.fixedCost + best
}
