// Curves of learning: the mean over the seeds, against time and against iterations, and how far estimates are apart
// meanwhile.

import { mean } from '../comparison/markdown.ts'
import { type Datum, drawLineChart, type Panel } from '../drawing/line-chart.ts'
import type { LearningRow } from './learning-plans.ts'
import type { LearningPlanned } from './learning-section.ts'
import { atIterations, atTime, type LearnedCell } from './learning-tally.ts'
import { settingName, subjectName } from './learning-words.ts'
import type { CurvePoint } from './play-learning.ts'
import { learningVariants, type Subject, subjects } from './setting.ts'
import { variantLooks, variantNames } from './variants.ts'

export interface LearningPicture {
  readonly subject: Subject
  readonly name: string
  readonly title: string
  readonly svg: string
}

interface Measure {
  readonly name: string
  readonly title: string
  readonly kind: 'log' | 'linear'
  of(point: CurvePoint): number | null
}

const loss: Measure = { name: 'loss', title: 'Training loss', kind: 'log', of: point => point.loss }
const error: Measure = {
  ...{ name: 'error', title: 'Test error, %', kind: 'log' },
  of: ({ accuracy }) => 100 * (1 - accuracy),
}
const consensus: Measure = {
  ...{ name: 'consensus', title: 'Consensus distance', kind: 'linear' },
  of: point => point.consensus,
}
const backups: Measure = {
  ...{ name: 'backups', title: 'Backup workers of a peer', kind: 'linear' },
  of: point => point.backups,
}

/** Of the larger fleet. */
const drawnWorkers = 10

export function learningPictures(cells: readonly LearnedCell[], planned: LearningPlanned): LearningPicture[] {
  return subjects.flatMap(subject => {
    const own = cells.filter(cell => cell.subject === subject && cell.workers === drawnWorkers)
    if (own.length === 0) return []
    const drawn = (measure: Measure, against: 'time' | 'iterations', of = own) =>
      draw(subject, of, measure, against, planned)
    // Whom nobody waits for is a matter of time, and not of data.
    const oneSplit = own.filter(({ split }) => split === 'iid')
    return [
      ...[drawn(error, 'time'), drawn(loss, 'time'), drawn(loss, 'iterations'), drawn(error, 'iterations')],
      ...(subject === 'lrm' ? [drawn(consensus, 'time'), drawn(backups, 'time', oneSplit)] : []),
    ]
  })
}

function draw(
  subject: Subject,
  cells: readonly LearnedCell[],
  measure: Measure,
  against: 'time' | 'iterations',
  planned: LearningPlanned,
): LearningPicture {
  const title = `${measure.title} against ${against}: ${subjectName(subject, planned.datasets)}, n = ${drawnWorkers}`
  const panels = cells.map(
    (cell): Panel => ({
      title: settingName(cell).replace(/^[^,]*, /, ''),
      height: 150,
      x: { name: against === 'time' ? 'time, % of cb-Full’s' : 'iterations', kind: 'linear', isTight: true },
      y: { name: `${measure.title.toLowerCase()}, mean over seeds`, kind: measure.kind },
      lines: learningVariants.flatMap(variant => {
        const found = cell.variants.get(variant)
        return found === undefined
          ? []
          : [
              {
                name: variantNames[variant],
                look: variantLooks[variant],
                points: pointsOf(found.rows, measure, against, planned.scale.iterations[subject], planned.scale.marks),
              },
            ]
      }),
    }),
  )
  const description = `${measure.title} of the mean of all estimates against ${against}, a panel for each law of step times and each split of the data, a line for each variant.`
  return {
    ...{ subject, title, name: `peers-${subject}-${measure.name}-${against}` },
    svg: drawLineChart({ title, description, columns: 2, panels }),
  }
}

/** What is measured over an interval (backup workers) has no value at the start. */
function pointsOf(
  rows: readonly LearningRow[],
  measure: Measure,
  against: 'time' | 'iterations',
  iterations: number,
  marks: number,
): Datum[] {
  const first = measure.name === 'backups' ? 1 : 0
  return Array.from({ length: marks + 1 - first }, (_, i): Datum => {
    const share = (i + first) / marks
    const values = rows.map(row =>
      measure.of(against === 'time' ? atTime(row, share) : atIterations(row, Math.round(share * iterations))),
    )
    const isKnown = values.every(value => value !== null)
    return [against === 'time' ? 100 * share : share * iterations, isKnown ? mean(values as number[]) : null]
  })
}
