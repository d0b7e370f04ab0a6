// The part of the page about learning: tables and verdicts for each subject, computed from the rows.

import { fixed, paragraphs, table } from '../comparison/markdown.ts'
import type { Section } from '../comparison/section.ts'
import { ratesSeen } from './choose-rates.ts'
import { learningPictures } from './learning-pictures.ts'
import { gridPlans, isSearched, type LearningRow, type Rates } from './learning-plans.ts'
import { type Ends, type LearnedCell, type LearnedVariant, learnedCells } from './learning-tally.ts'
import { type DatasetNames, points, settingName, subjectName } from './learning-words.ts'
import { learningVariants, ratesTried, type Scale, type Subject, subjects } from './setting.ts'
import { type Variant, variantNames } from './variants.ts'

/** Under test: no more than so much below cb-Full, as a share. */
export const behindMost = 0.005
const worstShown = 4

export interface LearningPlanned {
  readonly seed: number
  readonly scale: Scale
  readonly rates: Rates
  readonly datasets: DatasetNames
}

export function learningSection(all: readonly LearningRow[], planned: LearningPlanned): Section {
  const { seed, scale, datasets } = planned
  const rows = all.filter(row => !isSearched(row, seed))
  const cells = learnedCells(rows, ({ subject }) => scale.iterations[subject])
  if (cells.length === 0) return { text: '', drawings: {} }
  const pictures = learningPictures(cells, planned)
  const shown = (subject: Subject) =>
    pictures
      .filter(picture => picture.subject === subject)
      .flatMap(({ name, title }) => [`**${title}.**`, `![${title}](pictures/${name}.svg)`])
  const text = paragraphs(
    '## What becomes of learning',
    '*At equal time*: when cb-Full has done its K iterations. *After K iterations*: each after as many as cb-Full does, however little time they took, and ' +
      'though fewer peers have finished in each of them. *After as many gradients*: when a peer has taken K of them in the mean, as each does under cb-Full. ' +
      'Measured is the mean of all estimates. *Ahead*: test accuracy less that of cb-Full on the same seed, in points. *Sooner*: after which share of cb-Full’s time ' +
      'the loss at which cb-Full ends is reached.',
    'What is to be expected: in the same time a peer takes more gradients, because it waits less; in as many iterations fewer. And as many gradients are worth less where data lie by label, ' +
      'because estimates are mixed over fewer links, so that they are further apart (the consensus distance, drawn below), and whoever is slow has less of a say.',
    ratesText(all, planned),
    ...subjects
      .filter(subject => cells.some(cell => cell.subject === subject))
      .map(subject => {
        const own = cells.filter(cell => cell.subject === subject)
        return paragraphs(
          `### ${subjectName(subject, datasets)}, K = ${scale.iterations[subject]}`,
          verdictText(own),
          ...shown(subject),
          '<details><summary>At equal time</summary>',
          endsTable(own, ({ atTime }) => atTime, true),
          '</details>',
          '<details><summary>After K iterations</summary>',
          endsTable(own, ({ atIterations }) => atIterations, false),
          '</details>',
          '<details><summary>After as many gradients</summary>',
          endsTable(own, ({ atGradients }) => atGradients, false),
          '</details>',
        )
      }),
    checksText(all, planned),
  )
  return { text, drawings: Object.fromEntries(pictures.map(({ name, svg }) => [name, svg])) }
}

const accuracyText = ({ accuracy, accuracyDeviation }: Ends): string =>
  `${fixed(100 * accuracy, 1)}${accuracyDeviation === undefined ? '' : ` ± ${fixed(100 * accuracyDeviation, 1)}`}`

function endsTable(cells: readonly LearnedCell[], endsOf: (found: LearnedVariant) => Ends, isAtTime: boolean): string {
  const others = learningVariants.filter(variant => variant !== 'full')
  return table(
    [
      '',
      ...learningVariants.flatMap(variant => [`${variantNames[variant]}: loss`, 'accuracy, %']),
      ...others.map(variant => `ahead: ${variantNames[variant]}`),
      ...(isAtTime
        ? ['iterations: carry-over', 'steps of a peer: carry-over', 'sooner: carry-over', 'redraw', 'all but 1']
        : []),
    ],
    cells.map(cell => {
      const of = (variant: Variant) => cell.variants.get(variant)
      const carried = of('carry-over')
      const sooner = (variant: Variant) => fixed(of(variant)?.sooner)
      return [
        settingName(cell),
        ...learningVariants.flatMap(variant => {
          const found = of(variant)
          return found ? [fixed(endsOf(found).loss, 3), accuracyText(endsOf(found))] : ['–', '–']
        }),
        ...others.map(variant => {
          const found = of(variant)
          return found ? points(endsOf(found).ahead) : '–'
        }),
        ...(isAtTime
          ? [
              ...[fixed(carried?.iterations, 0), fixed(carried?.steps, 0)],
              ...[sooner('carry-over'), sooner('redraw'), sooner('all-but-1')],
            ]
          : []),
      ]
    }),
  )
}

/** Where runs are held against each other. */
type Kind = 'atTime' | 'atIterations' | 'atGradients'

export interface Verdict {
  readonly held: number
  readonly of: number
  readonly worst: readonly { readonly cell: LearnedCell; readonly ahead: number }[]
}

export function verdictOf(cells: readonly LearnedCell[], variant: Variant, kind: Kind): Verdict {
  const found = cells.flatMap(cell => {
    const own = cell.variants.get(variant)
    return own === undefined ? [] : [{ cell, ahead: own[kind].ahead }]
  })
  const worst = [...found].sort((one, other) => one.ahead - other.ahead)
  return { held: found.filter(({ ahead }) => ahead >= -behindMost).length, of: found.length, worst }
}

function verdictText(cells: readonly LearnedCell[]): string {
  const line = (kind: Kind, when: string): string => {
    const { held, of, worst } = verdictOf(cells, 'carry-over', kind)
    const beyond = worst.filter(({ ahead }) => ahead < -behindMost).slice(0, worstShown)
    const said = (given: Verdict['worst']) =>
      given.map(({ cell, ahead }) => `${settingName(cell)} (${points(ahead)})`).join('; ')
    return (
      `${when}: in ${held} of ${of} cells. ` +
      (beyond.length === 0
        ? `So it holds; the least ahead is ${said(worst.slice(0, 1))}.`
        : `**So it does not hold in every cell**; the worst: ${said(beyond)}.`)
    )
  }
  const kinds = ['atTime', 'atIterations', 'atGradients'] as const
  const others = (['redraw', 'all-but-1'] as const)
    .filter(variant => cells.some(({ variants }) => variants.has(variant)))
    .map(variant => {
      const [time, iterations, gradients] = kinds.map(kind => verdictOf(cells, variant, kind))
      return `${variantNames[variant]} ${time!.held}, ${iterations!.held} and ${gradients!.held} of ${time!.of}`
    })
    .join('; ')
  return paragraphs(
    `Under test: *the test accuracy of DyBW with carry-over is at most ${100 * behindMost} points below that of cb-Full, in the mean over the seeds.*`,
    `- ${line('atTime', 'At equal time')}\n- ${line('atIterations', 'After K iterations')}\n- ${line('atGradients', 'After as many gradients')}`,
    others === '' ? '' : `The others, in this order: ${others}.`,
  )
}

function ratesText(all: readonly LearningRow[], { seed, rates, datasets }: LearningPlanned): string {
  const searched = all.filter(row => isSearched(row, seed))
  const lines = subjects.flatMap(subject => {
    const seen = ratesSeen(searched, subject)
    return seen.map(({ rate, loss, leap, isCalm }) => [
      subjectName(subject, datasets),
      ...[`${rate}`, fixed(loss, 3), fixed(leap)],
      rates[subject] === rate ? '**chosen**' : isCalm ? '' : 'too high',
    ])
  })
  const edges = subjects.filter(subject => rates[subject] === ratesTried[subject].at(-1))
  return paragraphs(
    'One rate for each subject, chosen beforehand with cb-Full at n = 10 on seeds that are in no table, data i.i.d. and by label together: the lowest loss at the end among the rates whose loss never leapt.',
    table(['', 'rate', 'loss at the end', 'highest loss / start', ''], lines),
    edges.length === 0
      ? ''
      : `The highest that was tried is chosen for ${edges.map(subject => subjectName(subject, datasets)).join(' and ')}: a still higher one may end lower.`,
  )
}

function checksText(all: readonly LearningRow[], { seed, scale, rates }: LearningPlanned): string {
  const violated = all.filter(({ violations }) => violations.length > 0).length
  const stopped = all.filter(({ unfinished }) => unfinished !== null).length
  const planned = gridPlans(rates, scale, seed).length
  const played = all.filter(row => !isSearched(row, seed)).length
  return (
    `The simulator’s checkers judged these ${all.length} runs too (of 2NN all but the mean after each iteration): violations in ${violated}; ended by themselves: ${stopped}.` +
    (played < planned ? ` **${planned - played} of ${planned} runs were not played.**` : '')
  )
}
