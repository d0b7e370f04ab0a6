// Occupants from a file: workers with the times that were measured of them, or tabs with the sessions they had.

import { randomStream } from '@muster/numerics'
import { drawnPopulation } from './drawn-population.ts'
import { median } from './median.ts'
import { type Population, residual } from './population.ts'
import type { MeasuredTimes, TabSessions } from './read-trace.ts'
import type { Occupant } from './world.ts'
import { drawnKinds, type Pace, type Setting } from './world-kinds.ts'

/**
 * The first occupants are different workers of the file, later ones any. What a worker takes for nothing, T(0), is
 * part of its pace: it is paid once per round. Rounds of the file repeat.
 *
 * @throws RangeError when the file has fewer workers than the run.
 */
export function measuredPopulation(
  trace: MeasuredTimes,
  workers: number,
  seed: number,
  stay: (tab: Occupant) => number,
): Population {
  if (workers > trace.workers) {
    throw new RangeError(`"workers" is ${workers}; allowed: at most ${trace.workers}, as many as the trace has.`)
  }
  const curves = createCurves(trace)
  const unit = median(curves.everyTime(1 / workers))
  if (!(unit > 0 && unit < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`the median time for 1/${workers} of the batch is ${unit} s; expected seconds above 0`)
  }
  const seated = randomStream(seed, 'trace-workers').permutation(trace.workers)
  const workerOf = ({ seat, generation }: Occupant): number =>
    generation === 0 ? seated[seat]! : randomStream(seed, 'trace-newcomer', seat, generation).integer(trace.workers)

  // A worker knows its own computing, not what starting costs it.
  const nets = curves.everyTime(1 / workers).map((seconds, i) => seconds - curves.everyStart[i]!)
  const netsOf = (worker: number) =>
    Array.from({ length: trace.rounds }, (_, round) => nets[round * trace.workers + worker]!).filter(Number.isFinite)
  const usual = (workers * median(nets.filter(Number.isFinite))) / unit
  const claims = Array.from({ length: trace.workers }, (_, worker) => {
    const claimed = (workers * median(netsOf(worker))) / unit
    return claimed > 0 ? claimed : usual
  })
  return {
    pace(tab, round) {
      const time = curves.at(round % trace.rounds, workerOf(tab))
      return load => time(load) / unit
    },
    claim: tab => (tab.generation === 0 ? claims[workerOf(tab)]! : usual),
    stay,
  }
}

function createCurves({ loads, rounds, workers, seconds }: MeasuredTimes) {
  const count = loads.length
  const last = count - 1
  const start = (row: number) => seconds[row * count]!
  const end = (row: number) => seconds[row * count + last]!
  const rows = Array.from({ length: rounds * workers }, (_, row) => row)
  const slopes = rows.map(row => (end(row) - start(row)) / loads[last]!).filter(Number.isFinite)
  const usualSlope = slopes.length === 0 ? 0 : median(slopes)

  /** Seconds of that worker in that round until the load is done. */
  const curve = (row: number): Pace => {
    const offset = row * count
    const lastSlope = (end(row) - seconds[offset + last - 1]!) / (loads[last]! - loads[last - 1]!)
    const slopeBeyond = lastSlope > 0 ? lastSlope : usualSlope
    return load => {
      if (load >= loads[last]!) {
        const beyond = load - loads[last]!
        return beyond === 0 || end(row) === Number.POSITIVE_INFINITY ? end(row) : end(row) + slopeBeyond * beyond
      }
      let i = 0
      while (load >= loads[i + 1]!) i++
      const from = seconds[offset + i]!
      if (load === loads[i] || from === Number.POSITIVE_INFINITY) return from
      return from + ((seconds[offset + i + 1]! - from) * (load - loads[i]!)) / (loads[i + 1]! - loads[i]!)
    }
  }
  return {
    at: (round: number, worker: number) => curve(round * workers + worker),
    everyTime: (load: number) => rows.map(row => curve(row)(load)),
    everyStart: rows.map(start),
  }
}

/** Any session of the file may be anybody's: its length, and its host's pace relative to the others. */
export function sessionPopulation(
  { sessions }: TabSessions,
  workers: number,
  unitSeconds: number,
  areSpeedsEqual: boolean,
  setting: Setting,
): Population {
  const { seed } = setting
  const draws = (tab: Occupant) => {
    const draw = randomStream(seed, 'session', tab.seat, tab.generation)
    return { session: sessions[draw.integer(sessions.length)]!, uniform: draw.uniform() }
  }
  return drawnPopulation(drawnKinds.jitter!, { j: drawnKinds.jitter!.jitter, u: 0 }, setting, {
    batchTime: tab => (areSpeedsEqual ? workers : workers * draws(tab).session.slowness),
    usual: workers,
    stay(tab) {
      const { session, uniform } = draws(tab)
      return residual(tab, session.seconds / unitSeconds, uniform)
    },
  })
}
