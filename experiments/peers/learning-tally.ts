// Runs held against cb-Full on the same seed, and summed up over the seeds: at equal time, and after as many iterations.

import { deviation, mean } from '../comparison/markdown.ts'
import { type LearningRow, learningKey } from './learning-plans.ts'
import type { CurvePoint, LearningPlan } from './play-learning.ts'
import type { Variant } from './variants.ts'

/** Times are sums of many steps; the last digit is chance. */
const slack = 1e-6

type Curve = Pick<LearningRow, 'curve' | 'fullTime'>

/** The last point at or before so large a share of the time that cb-Full takes. */
export const atTime = ({ curve, fullTime }: Curve, share = 1): CurvePoint =>
  curve.findLast(({ time }) => time <= share * fullTime * (1 + slack))!

export const atIterations = ({ curve }: Curve, iterations: number): CurvePoint =>
  curve.findLast(point => point.iterations <= iterations)!

/** When a peer has taken so many gradients in the mean, along a straight line between two points; the last if it never has. */
export function atGradients({ curve }: Curve, gradients: number): CurvePoint {
  const at = curve.findIndex(({ steps }) => steps >= gradients)
  if (at <= 0) return curve.at(-1)!
  const [before, there] = [curve[at - 1]!, curve[at]!]
  const part = (gradients - before.steps) / (there.steps - before.steps)
  const between = (one: number, other: number) => one + part * (other - one)
  const isKnown = before.loss !== null && there.loss !== null
  return {
    ...there,
    steps: gradients,
    accuracy: between(before.accuracy, there.accuracy),
    loss: isKnown ? between(before.loss, there.loss) : null,
  }
}

/** Infinity where it is no number any more. */
export const lossOf = ({ loss }: CurvePoint): number => loss ?? Number.POSITIVE_INFINITY

/** When a loss is first reached, as a share of cb-Full's time; between points along a straight line; null: never. */
export function shareToLoss({ curve, fullTime }: Curve, wanted: number): number | null {
  const at = curve.findIndex(point => lossOf(point) <= wanted)
  if (at < 0) return null
  const [before, there] = [curve[Math.max(0, at - 1)]!, curve[at]!]
  const fall = lossOf(before) - lossOf(there)
  const part = fall > 0 && Number.isFinite(fall) ? (lossOf(before) - wanted) / fall : 1
  return (before.time + part * (there.time - before.time)) / fullTime
}

export type Setting = Pick<LearningPlan, 'subject' | 'workers' | 'law' | 'split'>

export interface LearnedVariant {
  readonly rows: readonly LearningRow[]
  readonly atTime: Ends
  readonly atIterations: Ends
  readonly atGradients: Ends
  /** Iterations in the time that cb-Full takes for its own. */
  readonly iterations: number
  /** Gradients by a peer in that time. */
  readonly steps: number
  /** Where cb-Full ends is reached after such a share of its time, on the seeds that get there. */
  readonly sooner: number | null
}

export interface Ends {
  readonly loss: number
  readonly accuracy: number
  readonly accuracyDeviation: number | undefined
  /** Accuracy less that of cb-Full on the same seed: the mean, and each. */
  readonly ahead: number
  readonly aheadBy: readonly number[]
  readonly consensus: number | null
}

export interface LearnedCell extends Setting {
  readonly fullTime: number
  readonly variants: ReadonlyMap<Variant, LearnedVariant>
}

export const settingKey = ({ subject, workers, law, split }: Setting): string =>
  [subject, workers, law, split].join(' ')

/** Settings in which cb-Full was played, in the order of their first rows. */
export function learnedCells(rows: readonly LearningRow[], iterations: (row: Setting) => number): LearnedCell[] {
  const byKey = new Map(rows.map(row => [learningKey(row), row]))
  const fullOf = (row: LearningRow) => byKey.get(learningKey({ ...row, variant: 'full' }))
  const groups = new Map<string, LearningRow[]>()
  for (const row of rows) if (fullOf(row)) groups.set(settingKey(row), [...(groups.get(settingKey(row)) ?? []), row])
  return [...groups.values()].map(own => {
    const { subject, workers, law, split } = own[0]!
    const last = iterations(own[0]!)
    const variants = [...new Set(own.map(({ variant }) => variant))].map(variant => {
      const its = own.filter(row => row.variant === variant)
      const pairs = its.map(row => ({ row, full: fullOf(row)! }))
      const sooner = pairs.flatMap(({ row, full }) => shareToLoss(row, lossOf(atTime(full))) ?? [])
      const found: LearnedVariant = {
        rows: its,
        atTime: endsOf(pairs, row => atTime(row)),
        atIterations: endsOf(pairs, row => atIterations(row, last)),
        atGradients: endsOf(pairs, row => atGradients(row, last)),
        iterations: mean(its.map(row => atTime(row).iterations)),
        steps: mean(its.map(row => atTime(row).steps)),
        sooner: sooner.length === its.length ? mean(sooner) : null,
      }
      return [variant, found] as const
    })
    return {
      ...{ subject, workers, law, split },
      fullTime: mean(own.map(({ fullTime }) => fullTime)),
      variants: new Map(variants),
    }
  })
}

function endsOf(
  pairs: readonly { readonly row: LearningRow; readonly full: LearningRow }[],
  end: (row: LearningRow) => CurvePoint,
): Ends {
  const points = pairs.map(({ row }) => end(row))
  const accuracies = points.map(({ accuracy }) => accuracy)
  const aheadBy = pairs.map(({ row, full }) => end(row).accuracy - end(full).accuracy)
  const distances = points.flatMap(({ consensus }) => consensus ?? [])
  return {
    loss: mean(points.map(lossOf)),
    accuracy: mean(accuracies),
    accuracyDeviation: deviation(accuracies),
    ...{ ahead: mean(aheadBy), aheadBy },
    consensus: distances.length === points.length ? mean(distances) : null,
  }
}
