// The tables of a cell: what the target cost at either rate, and how the runs went otherwise.

import { deviation, fixed, mean, percent, table } from '../comparison/markdown.ts'
import { bestBy, type Cell, meanSpent, type Summary } from './tally.ts'

export function costTable({ contests }: Cell): string {
  const rates = contests[0]!.summaries.map(({ rate }) => rate)
  const bests = contests.map(({ summaries }) => bestBy(summaries, 'time'))
  const fastest = Math.min(...bests.filter(isWhole).map(best => meanSpent(best, 'time')))
  return table(
    ['', ...rates.flatMap(rate => [`η = ${rate}: reached`, 'time', 'uploads', 'staleness']), 'best η', '× fastest'],
    contests.map(({ method, summaries }, i) => {
      const best = bests[i]!
      const isBest = (summary: Summary) => summary === best && best.spent.length > 0
      return [
        method.name,
        ...summaries.flatMap(summary => [
          reachedText(summary),
          emphasised(timeText(summary), isBest(summary)),
          emphasised(fixed(meanSpent(summary, 'uploads'), 0), isBest(summary)),
          `${Math.max(...summary.rows.map(({ stalenessMax }) => stalenessMax))}`,
        ]),
        best.spent.length > 0 ? `${best.rate}` : '–',
        isWhole(best) ? fixed(meanSpent(best, 'time') / fastest) : '–',
      ]
    }),
  )
}

const isWhole = ({ spent, rows }: Summary): boolean => spent.length === rows.length

const emphasised = (text: string, isStrong: boolean): string => (isStrong ? `**${text}**` : text)

export const reachedText = ({ spent, rows }: Summary): string => `${spent.length}/${rows.length}`

function timeText(summary: Summary): string {
  const { spent, diverged } = summary
  if (spent.length === 0) return diverged > 0 ? `*${divergedText(summary)}*` : '*not reached*'
  const sd = deviation(spent.map(({ time }) => time))
  const text = `${fixed(meanSpent(summary, 'time'), 1)}${sd === undefined ? '' : ` ± ${fixed(sd, 1)}`}`
  return diverged > 0 ? `${text}; ${divergedText(summary)}` : text
}

const divergedText = ({ diverged, rows }: Summary): string => `diverged ${diverged}/${rows.length}`

/** @param commonTime units at which losses and accuracies are compared */
export function conductTable({ contests }: Cell, commonTime: number): string {
  const rates = contests[0]!.summaries.map(({ rate }) => rate)
  return table(
    [
      '',
      ...rates.flatMap(rate => [`η = ${rate}: loss at ${commonTime}`, 'test accuracy']),
      'rounds past the bound',
      'restarts a run',
    ],
    contests.map(({ method, summaries }) => {
      const rows = summaries.flatMap(summary => summary.rows)
      const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + pick(row), 0)
      const bounded = sum(row => row.boundedRounds)
      return [
        method.name,
        ...summaries.flatMap(({ commonLoss, accuracy }) => [
          fixed(commonLoss),
          accuracy === null ? '–' : percent(accuracy),
        ]),
        bounded === 0 ? 'no bound' : `${sum(row => row.passedRounds)} of ${bounded}`,
        bounded === 0 ? '–' : fixed(mean(rows.map(({ restarts }) => restarts)), 0),
      ]
    }),
  )
}
