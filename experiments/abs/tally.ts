// Runs summed up over their seeds, and methods held against each other at equal tuning effort.

import { mean } from '../comparison/markdown.ts'
import { type Method, methods } from './methods.ts'
import type { RunFound, RunInput } from './play-run.ts'
import { type DelayLaw, delayLaws, type Split, splits } from './setting.ts'
import type { Spent } from './watch-run.ts'

export type RunRow = Omit<RunInput, 'data' | 'limits' | 'probe'> & RunFound

/** A method at a rate in a cell. */
export interface Summary {
  readonly method: Method
  readonly rate: number
  readonly rows: readonly RunRow[]
  /** Of those that reached the target. */
  readonly spent: readonly Spent[]
  readonly diverged: number
  /** At the common time, over the runs that were still there; null: none was. */
  readonly commonLoss: number | null
  readonly accuracy: number | null
}

/** A delay law with a split of the data. */
export interface Cell {
  readonly law: DelayLaw
  readonly split: Split
  /** By method in their order, each with its rates in theirs. */
  readonly contests: readonly { readonly method: Method; readonly summaries: readonly Summary[] }[]
}

export function cellsOf(rows: readonly RunRow[]): Cell[] {
  return delayLaws.flatMap(law =>
    splits.flatMap(split => {
      const inCell = rows.filter(row => row.law === law && row.split === split)
      const contests = methods.flatMap(method => {
        const own = inCell.filter(row => row.method === method.name)
        const rates = [...new Set(own.map(({ rate }) => rate))]
        const summaries = rates.map(rate =>
          summarise(
            method,
            own.filter(row => row.rate === rate),
          ),
        )
        return summaries.length > 0 ? [{ method, summaries }] : []
      })
      return contests.length > 0 ? [{ law, split, contests }] : []
    }),
  )
}

function summarise(method: Method, rows: readonly RunRow[]): Summary {
  const commons = rows.flatMap(({ common }) => (common ? [common] : []))
  const meanOf = (values: readonly number[]) => (values.length > 0 ? mean(values) : null)
  return {
    method,
    rate: rows[0]!.rate,
    rows,
    spent: rows.flatMap(({ reached }) => (reached ? [reached] : [])),
    diverged: rows.filter(({ isDiverged }) => isDiverged).length,
    commonLoss: meanOf(commons.map(({ loss }) => loss)),
    accuracy: meanOf(commons.map(({ accuracy }) => accuracy)),
  }
}

export type Measure = keyof Spent

/** Infinity where the target was never reached. */
export const meanSpent = ({ spent }: Summary, measure: Measure): number =>
  spent.length > 0 ? mean(spent.map(each => each[measure])) : Number.POSITIVE_INFINITY

/** The one that reached the target most often, of several the cheapest, of those that never did the lowest loss. */
export function bestBy(summaries: readonly Summary[], measure: Measure): Summary {
  const order = (one: Summary, other: Summary): number =>
    other.spent.length - one.spent.length ||
    (one.spent.length > 0
      ? meanSpent(one, measure) - meanSpent(other, measure)
      : (one.commonLoss ?? Infinity) - (other.commonLoss ?? Infinity) || 0)
  return [...summaries].sort(order)[0]!
}

export const summaryOf = ({ contests }: Cell, method: string, rate: number): Summary | undefined =>
  contests.find(contest => contest.method.name === method)?.summaries.find(summary => summary.rate === rate)

export const bestOf = ({ contests }: Cell, method: string): Summary | undefined => {
  const contest = contests.find(({ method: { name } }) => name === method)
  return contest && bestBy(contest.summaries, 'time')
}

/** One method over the other, on the seeds in which both reached the target. */
export interface Ratio {
  readonly pairs: number
  readonly time: number
  readonly uploads: number
  readonly updates: number
  /** Pairs in which the first took less time. */
  readonly ahead: number
}

/** Null: on no seed did both reach it. */
export function ratioOf(one: Summary, other: Summary): Ratio | null {
  const pairs = one.rows.flatMap(({ seed, reached }) => {
    const rival = other.rows.find(row => row.seed === seed)?.reached
    return reached && rival ? [{ reached, rival }] : []
  })
  if (pairs.length === 0) return null
  const over = (measure: Measure) =>
    mean(pairs.map(pair => pair.reached[measure])) / mean(pairs.map(pair => pair.rival[measure]))
  return {
    pairs: pairs.length,
    time: over('time'),
    uploads: over('uploads'),
    updates: over('updates'),
    ahead: pairs.filter(({ reached, rival }) => reached.time < rival.time).length,
  }
}

const lawNames: Readonly<Record<DelayLaw, string>> = { exponential: 'exponential', pareto: 'Pareto' }
const splitNames: Readonly<Record<Split, string>> = { iid: 'i.i.d.', sorted: 'label-sorted' }

export const cellName = ({ law, split }: Cell): string => `${lawNames[law]}, ${splitNames[split]}`
