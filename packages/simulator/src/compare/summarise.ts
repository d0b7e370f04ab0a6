// What the cells come to, by strategy: how it does on the whole, and where it does worst.

import { mean } from '../measure.ts'
import { type Ratio, type Ratios, rivalOf } from './rivals.ts'

/** Where a figure was taken. */
export interface Place {
  readonly world: string
  readonly trace: string | null
  readonly workers: number
  readonly fixedCost: number
  readonly vanish: number
}

export interface JudgedCell extends Place {
  readonly ratios: Ratios
}

export interface StrategySummary {
  /** Strategies that are not exact are in the tables and are nobody's rival. */
  readonly isExact: boolean
  /** Cells it was in, and those of them in which it did not come to the end. */
  readonly cells: number
  readonly unfinishedCells: number
  /** Over the cells it finished; null: none. */
  readonly meanRatioToFluid: Ratio
  /** Null where it did not finish some cell: that is worse than any number. */
  readonly worstRatioToFluid: Ratio
  readonly worstCell: Place | null
  /** Its ratio / that of the best exact strategy other than itself in the same cell; null as above. */
  readonly worstRatioToBestRival: Ratio
  readonly worstCellToBestRival: (Place & { readonly bestRival: string }) | null
  /** Over the cells that it and a rival finished. */
  readonly meanRatioToBestRival: Ratio
  /** The worst among the cells it did finish. */
  readonly worstFinishedRatioToFluid: Ratio
}

export function summarise(
  cells: readonly JudgedCell[],
  names: readonly string[],
  exactNames: readonly string[],
): Readonly<Record<string, StrategySummary>> {
  return Object.fromEntries(names.map(name => [name, summariseOne(name, cells, exactNames)]))
}

interface Entry {
  readonly place: Place
  readonly ratio: Ratio
  readonly bestRival: string | null
  /** Infinity: it did not finish and a rival did. Null: there is no rival to compare with. */
  readonly toRival: number | null
}

function summariseOne(name: string, cells: readonly JudgedCell[], exactNames: readonly string[]): StrategySummary {
  const entries = cells
    .filter(({ ratios }) => ratios[name] !== undefined)
    .map(({ world, trace, workers, fixedCost, vanish, ratios }): Entry => {
      const ratio = ratios[name]!
      const bestRival = rivalOf(name, ratios, exactNames)
      const rival = bestRival === null ? null : ratios[bestRival]!
      const toRival = rival === null ? null : (ratio ?? Number.POSITIVE_INFINITY) / rival
      return { place: { world, trace, workers, fixedCost, vanish }, ratio, bestRival, toRival }
    })
  const finished = entries.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]))
  const compared = entries.flatMap(({ toRival }) => (toRival === null ? [] : [toRival]))
  const worst = highest(entries, ({ ratio }) => ratio ?? Number.POSITIVE_INFINITY)
  const rivalled = entries.filter(({ toRival }) => toRival !== null)
  const worstToRival = highest(rivalled, ({ toRival }) => toRival!)
  return {
    isExact: exactNames.includes(name),
    cells: entries.length,
    unfinishedCells: entries.length - finished.length,
    meanRatioToFluid: mean(finished),
    worstRatioToFluid: worst?.ratio ?? null,
    worstCell: worst?.place ?? null,
    worstRatioToBestRival: finiteOr(worstToRival?.toRival),
    worstCellToBestRival: worstToRival ? { ...worstToRival.place, bestRival: worstToRival.bestRival! } : null,
    meanRatioToBestRival: mean(compared.filter(Number.isFinite)),
    worstFinishedRatioToFluid: finished.length === 0 ? null : Math.max(...finished),
  }
}

const finiteOr = (value: number | null | undefined): Ratio =>
  value === null || value === undefined || !Number.isFinite(value) ? null : value

/** The first of the highest. */
function highest<Item>(items: readonly Item[], value: (item: Item) => number): Item | undefined {
  return items.reduce<Item | undefined>(
    (best, item) => (best === undefined || value(item) > value(best) ? item : best),
    undefined,
  )
}
