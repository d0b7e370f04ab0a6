// One strategy in one world with n tabs, in several fleets: how long its rounds took beside each round's own limits.

import { type MeasureSettings, measure, rememberedLimits } from '@muster/simulator'
import type { StrategyChoice } from '@muster/strategies'
import type { Task } from '../experiment.ts'
import { type Contestant, contestants } from './contestants.ts'
import { mean } from './markdown.ts'

export interface CellInput {
  readonly world: string
  readonly workers: number
  readonly partitions?: number | undefined
  readonly vanish: number
  readonly strategy: StrategyChoice
  readonly seeds: readonly number[]
  readonly rounds: number
  readonly warmUp: number
}

export interface Cell {
  /** Mean round time / mean fluid bound; null: a run did not come to its end. */
  readonly ratio: number | null
  /** Each round's time / its own fluid bound. */
  readonly roundRatios: readonly number[]
  /** Means over the mean fluid bound. */
  readonly genie: number
  readonly hindsight: number
  readonly uploads: number
  readonly bytesUp: number
  readonly load: number
  readonly unfinished: string | null
}

export const measureCell: Task<CellInput, Cell> = {
  name: 'comparison: cell',
  run({ seeds, ...input }) {
    const runs = seeds.map(seed => measureFleet({ ...input, seed }))
    const times = runs.flatMap(run => run.times)
    const limits = runs.flatMap(run => run.limits)
    const fluid = mean(limits.map(limit => limit.fluid))
    const unfinished = runs.map(run => run.unfinished).find(why => why !== null) ?? null
    return {
      ratio: unfinished === null ? mean(times) / fluid : null,
      roundRatios: times.map((time, i) => time / limits[i]!.fluid),
      genie: mean(limits.map(limit => limit.genie)) / fluid,
      hindsight: mean(limits.map(limit => limit.hindsight)) / fluid,
      uploads: mean(runs.map(run => run.uploads)),
      bytesUp: mean(runs.map(run => run.bytesUp)),
      load: mean(runs.map(run => run.load)),
      unfinished,
    }
  },
}

function measureFleet(settings: MeasureSettings) {
  const known = rememberedLimits()
  const limits: ReturnType<typeof known>[] = []
  const { roundTimes, unfinished, violations, uploadsMean, bytesUpMean, loadMean } = measure({
    ...settings,
    limits: (...of) => {
      const found = known(...of)
      limits.push(found)
      return found
    },
  })
  const broken = violations.find(violation => !violation.startsWith('I6'))
  if (broken !== undefined) throw new Error(`${JSON.stringify(settings)}: ${broken}`)
  const times = roundTimes.slice(0, limits.length)
  return { times, limits, unfinished, uploads: uploadsMean ?? 0, bytesUp: bytesUpMean ?? 0, load: loadMean ?? 0 }
}

export interface FoundCell extends CellInput {
  readonly contestant: Contestant
  readonly cell: Cell
}

/** Everybody's cell in that world; of several settings the one of least mean. */
export const inputsOf = (cell: Omit<CellInput, 'strategy'>): (CellInput & { readonly contestant: Contestant })[] =>
  contestants
    .filter(({ workersMax }) => cell.workers <= workersMax)
    .flatMap(contestant => contestant.choices(cell.workers).map(strategy => ({ ...cell, strategy, contestant })))

export function bestCells(found: readonly FoundCell[]): FoundCell[] {
  const best = new Map<string, FoundCell>()
  for (const cell of found) {
    const key = `${cell.world} ${cell.workers} ${cell.vanish} ${cell.contestant.name}`
    const known = best.get(key)
    if (!known || (cell.cell.ratio ?? Infinity) < (known.cell.ratio ?? Infinity)) best.set(key, cell)
  }
  return [...best.values()]
}
