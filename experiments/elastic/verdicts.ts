// What the figures say, in words made from them: whatever they turn out to be, the sentences are the same.

import { fixed, mean, paragraphs, table } from '../comparison/markdown.ts'
import { bySetting, type Group, groupTable, within, worstText } from './groups.ts'
import { endLoss } from './outcome.ts'
import type { RunRow } from './run-plans.ts'
import { failures, optimisers, splits } from './setting.ts'
import { type Cells, geometricMean, type Ratio, ratiosTo } from './tally.ts'
import { failureNames, optimiserNames, overlapName, splitNames } from './words.ts'

/** What is claimed: no more than fixed weights where it is hard, and no more than so much above them elsewhere. */
const hardBound = 1
const benignBound = 1.02
const worstShown = 6

export const dynamicOverFixed = (cells: Cells): Ratio[] =>
  ratiosTo(
    cells,
    ({ weights }) => weights === 'dynamic',
    () => ({ weights: 'fixed' }),
  )

const isHard = ({ one }: Ratio): boolean => one.failure === 'bursts' && one.split === 'sorted' && one.overlap > 0

export function dynamicAgainstFixed(cells: Cells): string {
  const ratios = dynamicOverFixed(cells)
  const hard = ratios.filter(isHard)
  const elsewhere = ratios.filter(ratio => !isHard(ratio))
  const groups: Group[] = [
    ...bySetting(hard, ', with overlap'),
    ...bySetting(
      elsewhere.filter(({ one }) => one.failure === 'bursts' && one.split === 'sorted'),
      ', without overlap',
    ),
    ...bySetting(elsewhere.filter(({ one }) => one.failure !== 'bursts' || one.split !== 'sorted')),
    { name: '**all**', ratios },
  ]
  const [pairs, same] = pairsOf(ratios)
  const statement = (own: readonly Ratio[], bound: number) =>
    `in ${within(own, bound).length} of ${own.length} cells (mean ratio ${meanRatio(own)}; all seeds below 1 in ` +
    `${own.filter(({ isBelow }) => isBelow).length}, all above in ${own.filter(({ isAbove }) => isAbove).length})`
  return paragraphs(
    '### Dynamic against fixed weights',
    'Dynamic over fixed, all else equal: the ratio of the training losses at the end, seed by seed, and its geometric mean. ' +
      'Under test: *dynamic weights with overlap end at a lower or equal loss than fixed weights under bursts with data by ' +
      `label, and within ${Math.round(100 * (benignBound - 1))} % elsewhere.*`,
    groupTable(groups, benignBound),
    `Under bursts with data by label and with overlap dynamic weights end at or below the loss of fixed ones ${statement(hard, hardBound)}; ` +
      `elsewhere at or below ${benignBound} times it ${statement(elsewhere, benignBound)}. ` +
      `${same} of ${pairs} runs end at the very loss that fixed weights end at. ${verdict(within(hard, hardBound).length === hard.length && within(elsewhere, benignBound).length === elsewhere.length)}`,
    `The worst cells of the first kind: ${worstText(hard, hardBound, worstShown)}.`,
    `The worst cells elsewhere: ${worstText(elsewhere, benignBound, worstShown)}.`,
  )
}

/** Runs with a counterpart, and those that end like it to all digits kept. */
function pairsOf(ratios: readonly Ratio[]): [number, number] {
  const pairs = ratios.flatMap(({ one, other }) =>
    one.rows.flatMap(row => {
      const rival = other.rows.find(({ seed }) => seed === row.seed)
      return rival ? [[endLoss(row), endLoss(rival)]] : []
    }),
  )
  return [pairs.length, pairs.filter(([one, other]) => one === other).length]
}

const verdict = (holds: boolean): string => (holds ? 'So it holds.' : '**So it does not hold in every cell.**')

const meanRatio = (ratios: readonly Ratio[]): string => fixed(geometricMean(ratios.map(({ loss }) => loss)), 3)

/** What became of those who came back, with dynamic weights. */
export function returningWorkers(cells: Cells): string {
  const rows = [...cells.values()].filter(({ weights }) => weights === 'dynamic').flatMap(cell => cell.rows)
  const lines = optimisers.flatMap(optimiser =>
    failures.flatMap(failure =>
      splits.flatMap(split => {
        const own = rows.filter(row => row.optimiser === optimiser && row.failure === failure && row.split === split)
        return own.length === 0
          ? []
          : [lineOf([optimiserNames[optimiser], failureNames[failure], splitNames[split]], own)]
      }),
    ),
  )
  const back = meanReturn(rows)
  const others = mean(rows.flatMap(({ otherPull }) => (otherPull === null ? [] : [otherPull])))
  return paragraphs(
    '### Those who come back',
    'Runs with dynamic weights. *Returns*: first exchanges after a spell of at least one missed exchange; h₁ is the moving ' +
      'rate 0.1 for a healthy worker and 1 for one that is taken back to the model.',
    table(['', 'returns a run', 'h₁ of those who return', 'h₁ of all others', 'resets a run', 'most resets'], lines),
    back === null
      ? 'Nobody came back.'
      : `Over all runs h₁ is ${fixed(back)} in the mean for those who return and ${fixed(others)} for all others.`,
  )
}

/** Ends at so many times the loss of fixed weights, on the same seed. */
const leapFactor = 2

/** Runs with dynamic weights that ended far above fixed ones, and whether workers had been taken back to the model in them. */
export function leaps(cells: Cells): string {
  const pairs = dynamicOverFixed(cells).flatMap(({ one, other }) =>
    one.rows.flatMap(row => {
      const rival = other.rows.find(({ seed }) => seed === row.seed)
      return rival ? [{ row, isLeap: !(endLoss(row) <= leapFactor * endLoss(rival)) }] : []
    }),
  )
  const lines = optimisers.map(optimiser => {
    const own = pairs.filter(({ row }) => row.optimiser === optimiser)
    const reset = own.filter(({ row }) => row.resets > 0)
    const count = (of: typeof own) => `${of.filter(({ isLeap }) => isLeap).length} of ${of.length}`
    return [
      optimiserNames[optimiser],
      count(own.filter(({ row }) => row.resets === 0)),
      count(reset.filter(({ row }) => row.resets <= manyResets)),
      count(reset.filter(({ row }) => row.resets > manyResets)),
    ]
  })
  const leapt = pairs.filter(({ isLeap }) => isLeap)
  return paragraphs(
    '### Leaps',
    `Runs with dynamic weights that end at more than ${leapFactor} times the loss that fixed weights end at on the same seed, by how many times a worker was taken back to the model in them (h₁ = 1, a reset):`,
    table(['', 'no reset', `1 to ${manyResets}`, 'more'], lines),
    leapt.length === 0
      ? 'There is none.'
      : `${leapt.length} of ${pairs.length} runs leap; ${leapt.filter(({ row }) => row.resets > 0).length} of them had resets. ` +
          'After a reset the next exchange of that worker has no score: the model follows it by the whole moving rate, however far it has gone.',
  )
}

const manyResets = 4

const meanReturn = (rows: readonly RunRow[]): number | null => {
  const count = rows.reduce((sum, { returns }) => sum + returns, 0)
  if (count === 0) return null
  return rows.reduce((sum, { returns, returnPull }) => sum + returns * (returnPull ?? 0), 0) / count
}

function lineOf(names: readonly string[], rows: readonly RunRow[]): string[] {
  const others = rows.flatMap(({ otherPull }) => (otherPull === null ? [] : [otherPull]))
  return [
    names.join(', '),
    fixed(mean(rows.map(({ returns }) => returns)), 1),
    fixed(meanReturn(rows)),
    fixed(others.length > 0 ? mean(others) : null),
    fixed(mean(rows.map(({ resets }) => resets)), 1),
    `${Math.max(...rows.map(({ resets }) => resets))}`,
  ]
}

export const overlapOverNone = (cells: Cells): Ratio[] =>
  ratiosTo(
    cells,
    ({ overlap }) => overlap > 0,
    () => ({ overlap: 0 }),
  )

export function worthOfOverlap(cells: Cells): string {
  const ratios = overlapOverNone(cells)
  const overlaps = [...new Set(ratios.map(({ one }) => one.overlap))].sort((one, other) => one - other)
  const of = (own: readonly Ratio[]) =>
    own.length === 0 ? '–' : `${meanRatio(own)} (${within(own, 1).length}/${own.length})`
  return paragraphs(
    '### What overlap is worth',
    'The loss at the end over that without overlap, all else equal: geometric mean over k, τ, both weights and the seeds; in brackets the cells in which it is no higher.',
    table(
      ['', ...overlaps.map(overlap => overlapName(overlap))],
      bySetting(ratios).map(({ name, ratios: own }) => [
        name,
        ...overlaps.map(overlap => of(own.filter(({ one }) => one.overlap === overlap))),
      ]),
    ),
  )
}

export const adaHessianOverSgd = (cells: Cells): Ratio[] =>
  ratiosTo(
    cells,
    ({ optimiser }) => optimiser === 'adahessian',
    () => ({ optimiser: 'sgd' }),
  )

export function worthOfCurvature(cells: Cells): string {
  const ratios = adaHessianOverSgd(cells)
  return paragraphs(
    '### AdaHessian against SGD in the workers',
    'AdaHessian over SGD, each at its own rate, all else equal. A step of AdaHessian costs two to three gradients ([operating](../operating.md)); rounds do not count that.',
    groupTable([...bySetting(ratios), { name: '**all**', ratios }], 1),
    `The worst cells: ${worstText(ratios, 1, worstShown)}.`,
  )
}
