// What is noted of a run while it goes on: losses now and then, when the target was reached, how stale results were;
// and when enough has been seen.

import { divergence, evaluateEvery, type Limits } from './setting.ts'

/** What an update tells, as the simulator tells it; times in units. */
export interface Update {
  readonly at: number
  readonly version: number
  readonly parameters: Float32Array
  /** In all so far. */
  readonly uploads: number
  readonly figures: Readonly<Record<string, number>>
}

export interface Spent {
  readonly time: number
  readonly uploads: number
  readonly updates: number
}

export interface Watched {
  /** Null: within the limits the target was not reached. */
  readonly reached: Spent | null
  readonly isDiverged: boolean
  /** With the parameters in force at the common time; null: the run had ended by then. */
  readonly common: { readonly loss: number; readonly accuracy: number } | null
  readonly stalenessMax: number
  /** Rounds that had a bound, and those that applied something staler. */
  readonly boundedRounds: number
  readonly passedRounds: number
  readonly restarts: number
  /** Losses at even times from 0 to the common time, each the last that was measured. */
  readonly curve: readonly (number | null)[]
  readonly spent: Spent
}

/** What can be measured of parameters. */
export interface Gauge {
  trainingLoss(parameters: Float32Array): number
  testAccuracy(parameters: Float32Array): number
}

/** Points of a curve after the first. */
export const curvePoints = 50

export function watchRun(gauge: Gauge, limits: Limits, start: Float32Array) {
  const { lossTarget, timeMax, uploadsMax, commonTime } = limits
  const losses: { at: number; loss: number }[] = []
  let parameters = start
  let spent: Spent = { time: 0, uploads: 0, updates: 0 }
  let evaluateAt = 0
  let reached: Spent | null = null
  let common: Watched['common'] = null
  let highSince: number | null = null
  let isDiverged = false
  let [stalenessMax, boundedRounds, passedRounds, restarts] = [0, 0, 0, 0]

  function measure(): void {
    const { time, uploads } = spent
    const loss = gauge.trainingLoss(parameters)
    losses.push({ at: time, loss })
    evaluateAt = time + Math.max(evaluateEvery.units, evaluateEvery.share * time)
    if (loss <= lossTarget && time <= timeMax && uploads <= uploadsMax) reached ??= spent
    highSince = loss > divergence.loss ? (highSince ?? time) : null
    if (!Number.isFinite(loss) || (highSince !== null && time - highSince > divergence.units)) isDiverged = true
  }

  function noteFigures({ stalenessMax: staleness = 0, bound, restarted = 0 }: Readonly<Record<string, number>>): void {
    stalenessMax = Math.max(stalenessMax, staleness)
    restarts += restarted
    if (bound === undefined) return
    boundedRounds++
    if (staleness > bound) passedRounds++
  }

  function noteCommon(): void {
    common ??= { loss: gauge.trainingLoss(parameters), accuracy: gauge.testAccuracy(parameters) }
  }

  const lossAt = (time: number): number | null => losses.findLast(({ at }) => at <= time)?.loss ?? null

  measure()
  return {
    /** True: enough has been seen. */
    note(update: Update): boolean {
      // Until this update the former parameters were in force.
      if (update.at > commonTime) noteCommon()
      parameters = update.parameters
      spent = { time: update.at, uploads: update.uploads, updates: update.version }
      noteFigures(update.figures)
      if (spent.time >= evaluateAt) measure()
      const isOver = spent.time > timeMax || spent.uploads > uploadsMax
      return isDiverged || (common !== null && (reached !== null || isOver))
    },
    /** The run is over, whoever ended it. */
    end(): Watched {
      if (!isDiverged && !Number.isFinite(gauge.trainingLoss(parameters))) isDiverged = true
      return {
        reached,
        isDiverged,
        common,
        stalenessMax,
        boundedRounds,
        passedRounds,
        restarts,
        curve: Array.from({ length: curvePoints + 1 }, (_, i) => {
          const time = (commonTime * i) / curvePoints
          return time <= spent.time ? lossAt(time) : null
        }),
        spent,
      }
    },
  }
}
