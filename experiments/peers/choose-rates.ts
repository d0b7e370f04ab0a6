// The learning rate of each subject, from the runs of the search: the lowest loss at the end among those that never leapt
// away.

import { mean } from '../comparison/markdown.ts'
import type { LearningRow, Rates } from './learning-plans.ts'
import { calmFactor, ratesTried, type Subject } from './setting.ts'

export interface RateTried {
  readonly subject: Subject
  readonly rate: number
  /** Mean over the runs of the search. */
  readonly loss: number
  /** Over the loss of the start, the largest of any run. */
  readonly leap: number
  readonly isCalm: boolean
}

const lossOf = ({ loss }: LearningRow['curve'][number]): number => loss ?? Number.POSITIVE_INFINITY

/** Only rates that were played. */
export const ratesSeen = (rows: readonly LearningRow[], subject: Subject): RateTried[] =>
  ratesTried[subject].flatMap(rate => {
    const own = rows.filter(row => row.subject === subject && row.rate === rate)
    if (own.length === 0) return []
    const leap = Math.max(...own.map(({ curve }) => Math.max(...curve.map(lossOf)) / lossOf(curve[0]!)))
    return [
      { subject, rate, loss: mean(own.map(({ curve }) => lossOf(curve.at(-1)!))), leap, isCalm: leap <= calmFactor },
    ]
  })

/** Where no rate is calm, the lowest that was tried. */
export const chooseRates = (rows: readonly LearningRow[], subjects: readonly Subject[]): Rates =>
  Object.fromEntries(
    subjects.map(subject => {
      const calm = ratesSeen(rows, subject).filter(({ isCalm }) => isCalm)
      const best = calm.length === 0 ? null : calm.reduce((one, other) => (other.loss < one.loss ? other : one))
      return [subject, best?.rate ?? ratesTried[subject][0]!]
    }),
  )
