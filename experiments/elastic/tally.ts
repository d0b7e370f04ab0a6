// Runs summed up over their seeds, and cells held against each other seed by seed.

import { deviation, mean } from '../comparison/markdown.ts'
import { endAccuracy, endLoss } from './outcome.ts'
import type { RunPlan } from './play-run.ts'
import type { RunRow } from './run-plans.ts'

/** All of a plan but what may differ within a cell. */
export type CellPlan = Omit<RunPlan, 'seed' | 'rate'>

export interface Cell extends CellPlan {
  readonly rows: readonly RunRow[]
  /** Of the end, over the seeds; Infinity where a seed has none. */
  readonly loss: number
  readonly lossDeviation: number | undefined
  readonly accuracy: number
  readonly accuracyDeviation: number | undefined
}

/** In the order of their first rows. */
export function cellsOf(rows: readonly RunRow[]): Cell[] {
  const groups = new Map<string, RunRow[]>()
  for (const row of rows) groups.set(cellKey(row), [...(groups.get(cellKey(row)) ?? []), row])
  return [...groups.values()].map(own => {
    const { workers, steps, overlap, failure, split, optimiser, weights } = own[0]!
    const [losses, accuracies] = [own.map(endLoss), own.map(endAccuracy)]
    return {
      ...{ workers, steps, overlap, failure, split, optimiser, weights, rows: own },
      ...{ loss: mean(losses), lossDeviation: deviation(losses) },
      ...{ accuracy: mean(accuracies), accuracyDeviation: deviation(accuracies) },
    }
  })
}

export const cellKey = ({ workers, steps, overlap, failure, split, optimiser, weights }: CellPlan): string =>
  [workers, steps, overlap, failure, split, optimiser, weights].join(' ')

export type Cells = ReadonlyMap<string, Cell>

export const cellMap = (cells: readonly Cell[]): Cells => new Map(cells.map(cell => [cellKey(cell), cell]))

/** One cell over the other, on the seeds that both have. */
export interface Ratio {
  readonly one: Cell
  readonly other: Cell
  /** Of the losses at the end: the geometric mean over the seeds. */
  readonly loss: number
  /** The same over all kept rounds after the start: who gets there sooner. */
  readonly way: number
  /** Of the accuracies: the mean difference, one less other. */
  readonly accuracy: number
  /** Where all seeds say the same: below, or above. */
  readonly isBelow: boolean
  readonly isAbove: boolean
}

/** Null: they have no seed in common. */
export function ratioOf(one: Cell, other: Cell): Ratio | null {
  const pairs = one.rows.flatMap(row => {
    const rival = other.rows.find(({ seed }) => seed === row.seed)
    return rival === undefined ? [] : [{ row, rival }]
  })
  if (pairs.length === 0) return null
  const logs = pairs.map(({ row, rival }) => logRatio(endLoss(row), endLoss(rival)))
  return {
    ...{ one, other, loss: Math.exp(mean(logs)) },
    way: Math.exp(mean(pairs.map(({ row, rival }) => wayLogRatio(row, rival)))),
    accuracy: mean(pairs.map(({ row, rival }) => endAccuracy(row) - endAccuracy(rival))),
    isBelow: logs.every(log => log < 0),
    isAbove: logs.every(log => log > 0),
  }
}

/** Two that are no number are equally bad. */
const logRatio = (one: number, other: number): number => (one === other ? 0 : Math.log(one / other))

/** Rounds in which both are numbers. */
function wayLogRatio({ curve }: RunRow, { curve: other }: RunRow): number {
  const logs = curve.slice(1).flatMap(({ loss }, i) => {
    const rival = other[i + 1]?.loss ?? null
    return loss === null || rival === null ? [] : [logRatio(loss, rival)]
  })
  return mean(logs)
}

/** Each of these cells over its counterpart; those without one are left out. */
export const ratiosTo = (
  cells: Cells,
  wanted: (cell: Cell) => boolean,
  counterpart: (cell: Cell) => Partial<CellPlan>,
): Ratio[] =>
  [...cells.values()].filter(wanted).flatMap(cell => {
    const other = cells.get(cellKey({ ...cell, ...counterpart(cell) }))
    const ratio = other && ratioOf(cell, other)
    return ratio ? [ratio] : []
  })

/** The middle one, of an even number the upper; Infinity of none. */
export const middle = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.POSITIVE_INFINITY

export const geometricMean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : Math.exp(mean(values.map(Math.log)))
