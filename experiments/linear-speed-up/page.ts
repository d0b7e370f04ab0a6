// The page of the experiment, made of its rows.

import { fixed, mean, paragraphs, precise, table } from '../comparison/markdown.ts'
import { folderVariable, type TrainingData } from '../learning/bring-data.ts'
import { dataText, openingOf } from '../learning/page-opening.ts'
import type { Picture } from './pictures.ts'
import { factorsSeen, gridPlans, isSearched, type RunRow } from './plans.ts'
import { batch, fleets, type Kind, kinds, rateOf, type Scale, searchedFleets } from './setting.ts'
import { holds, type Interval } from './slope.ts'
import { type Against, type Context, type Measure, meanOf, measures, slopeInterval } from './tally.ts'
import { kindNames, measureNames } from './words.ts'

export interface Plan {
  readonly question: string
  readonly isQuick: boolean
  readonly seed: number
  readonly scale: Scale
  readonly dataset: TrainingData['name']
  /** c */
  readonly factor: number
  readonly bestLoss: number
}

/** So near to −1/2 a slope is called near. */
const near = 0.1
const half = -0.5

export const contextOf = ({ scale, bestLoss }: Plan): Context => ({ iterations: scale.iterations, bestLoss })

export function pageOf(plan: Plan, all: readonly RunRow[], pictures: readonly Picture[]): string {
  const rows = all.filter(row => !isSearched(row, plan.seed))
  return `${paragraphs(
    openingOf('Linear speed-up of peers', 'linear-speed-up', plan),
    settingText(plan, all),
    '## The slopes',
    slopeTable(plan, rows),
    verdictText(plan, rows),
    ...pictures.flatMap(({ name, title }) => [`**${title}.**`, `![${title}](pictures/${name}.svg)`]),
    '## In figures',
    ...measures.map(measure =>
      paragraphs(`*${capital(measureNames[measure])}*, mean over the seeds:`, meansTable(plan, rows, measure)),
    ),
    '*Gradients that went into an estimate, by a peer and iteration:*',
    stepsTable(rows),
    whyText(plan, rows),
    checksText(plan, rows, all),
  )}\n`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function settingText({ seed, scale, dataset, factor, bestLoss }: Plan, all: readonly RunRow[]): string {
  const { iterations, every, train, bestSteps } = scale
  return paragraphs(
    '## The setting',
    `The theorem of the paper (arXiv 2102.06280): with the step size η = c √(N/K) the mean of ‖∇F‖² over K iterations of N peers falls as 1/√(NK). Here K = ${iterations}, ` +
      `N is ${fleets.join(', ')}, and each peer steps on ${batch} samples. Learnt is softmax regression on ${train} samples of ${dataText[dataset]} at half the side, 14 × 14, ` +
      'shared evenly and i.i.d.; random connected graphs of edge chance 0.5, step times 1 + Exp(1), all played in virtual time by the production code. ' +
      `F and ∇F are those of all training samples at the mean of all estimates, taken every ${every} iterations.`,
    '- **DyBW, carry-over**, **DyBW, redraw** and **cb-Full**: N peers ([peers.md](peers.md) says what they are).\n' +
      '- **one worker**: one alone at the step size of N: what the step size does without averaging.\n' +
      '- **without noise**: cb-Full with all samples of its shard in each step: what the step size does by itself.',
    `c was chosen beforehand with cb-Full on N = ${searchedFleets.join(', ')} and seeds that are in no table: the lowest mean of log error.`,
    table(
      ['c', 'η at N = 1', 'η at N = 16', 'mean of log error', ''],
      factorsSeen(all.filter(row => isSearched(row, seed))).map(tried => [
        `${tried.factor}`,
        ...[1, 16].map(workers => fixed(rateOf(tried.factor, workers, iterations), 3)),
        signed(tried.logError),
        tried.factor === factor ? '**chosen**' : '',
      ]),
    ),
    `The best known loss, ${precise(bestLoss, 4)}, is the lowest of all runs and of ${bestSteps} steps of accelerated descent on all samples.`,
    'All rows: [linear-speed-up.json](linear-speed-up.json); `--data` takes them over. ' +
      `The environment variable \`${folderVariable}\` names a folder with the four files of MNIST.`,
  )
}

export const intervalText = (interval: Interval | null): string =>
  interval === null ? '–' : `${signed(interval.mean)}${interval.half === null ? '' : ` ± ${fixed(interval.half)}`}`

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${fixed(Math.abs(value))}`

const slopeTable = (plan: Plan, rows: readonly RunRow[]): string =>
  table(
    [
      'slope of the log against log NK',
      ...measures.map(measure => measureNames[measure]),
      `${measureNames.error}, against gradients`,
    ],
    kinds.map(kind => [
      kindNames[kind],
      ...measures.map(measure => intervalText(slopeInterval(rows, kind, measure, contextOf(plan)))),
      // One worker takes as many gradients, whatever the step size.
      kind === 'alone' ? '–' : intervalText(slopeInterval(rows, kind, 'error', contextOf(plan), 'gradients')),
    ]),
  )

export function verdictText(plan: Plan, rows: readonly RunRow[]): string {
  const { seeds } = plan.scale
  const said = (kind: Kind): string => {
    const interval = slopeInterval(rows, kind, 'error', contextOf(plan))
    if (interval === null) return `${kindNames[kind]}: no slope, a run ended without a number.`
    const distance = Math.abs(interval.mean - half)
    const side = interval.mean < half ? 'steeper' : 'shallower'
    return (
      `${kindNames[kind]}: ${intervalText(interval)}. ` +
      (holds(interval, half)
        ? 'The interval holds −1/2.'
        : distance <= near
          ? `Within ${near} of −1/2, though the interval does not hold it: a little ${side}.`
          : `**Not near −1/2: ${side}.**`)
    )
  }
  return paragraphs(
    `Mean over ${seeds} seeds and its 95 % interval: a line is fitted for each seed, on all ${fleets.length} fleets (two seeds without noise). *Against gradients*: against the number of gradients that went into estimates in place of NK. Under test: *the slope of the error is near −1/2.*`,
    (['carry-over', 'redraw', 'full'] as const).map(kind => `- ${said(kind)}`).join('\n'),
  )
}

const cellsOf = (plan: Plan, rows: readonly RunRow[], kind: Kind, measure: Measure): string[] =>
  fleets.map(workers => {
    const value = meanOf(rows, kind, workers, measure, contextOf(plan))
    return value === null ? '–' : precise(value, 3)
  })

const meansTable = (plan: Plan, rows: readonly RunRow[], measure: Measure): string =>
  table(
    ['', ...fleets.map(workers => `N = ${workers}`)],
    kinds.map(kind => [kindNames[kind], ...cellsOf(plan, rows, kind, measure)]),
  )

const stepsTable = (rows: readonly RunRow[]): string =>
  table(
    ['', ...fleets.map(workers => `N = ${workers}`)],
    (['carry-over', 'redraw'] as const).map(kind => [
      kindNames[kind],
      ...fleets.map(workers => {
        const own = rows.filter(row => row.kind === kind && row.workers === workers)
        return own.length === 0 ? '–' : fixed(mean(own.map(({ steps }) => steps)))
      }),
    ]),
  )

function whyText(plan: Plan, rows: readonly RunRow[]): string {
  const found = (kind: Kind, measure: Measure, against: Against = 'product') =>
    slopeInterval(rows, kind, measure, contextOf(plan), against)
  const slope = (...of: Parameters<typeof found>) => intervalText(found(...of))
  const isSteep = (found('full', 'noise')?.mean ?? half) < half
  return paragraphs(
    '## What a slope says, and what it does not',
    'The error has two parts. A small step lowers the loss by η ‖∇F‖², so that the first part is (F₀ − F_K)/(ηK) = (F₀ − F_K)/(c √(NK)): **it falls as 1/√(NK) by the choice of the step size alone, ' +
      `without any noise and without averaging**, as long as all end at about the same loss. Without noise the slope is ${slope('noiseless', 'error')}; where larger fleets get further down within K, ` +
      'F₀ − F_K grows with N, and the slope is shallower than −1/2. The second part is what noise adds, about ηLσ²/2 over the number of gradients that are averaged.',
    `Only this second part shows that N peers average: for one worker at the step size of N it grows with N (slope ${slope('alone', 'noise')}, +1/2 in theory), for N peers of cb-Full it falls ` +
      `(${slope('full', 'noise')}, −1/2 in theory${isSteep ? '; steeper, as it may be where the noise of a sample shrinks with the loss' : ''}).`,
    `With dynamic backup workers the second part falls less (${slope('carry-over', 'noise')} with carry-over, ${slope('redraw', 'noise')} with redraw): fewer than N finish in an iteration, ` +
      'the fewer the larger N is (see above), and the theorem’s rate of N is too high for so few. NK is then not the work that was done. Against the gradients that went into estimates the slope of the error is ' +
      `${slope('carry-over', 'error', 'gradients')} with carry-over and ${slope('redraw', 'error', 'gradients')} with redraw. All this is at equal iterations; theirs are shorter ([peers.md](peers.md)).`,
  )
}

function checksText({ scale, factor, seed }: Plan, rows: readonly RunRow[], all: readonly RunRow[]): string {
  const planned = gridPlans(factor, scale, seed).length
  const violated = all.filter(({ violations }) => violations > 0).length
  const lost = rows.filter(({ error }) => error === null).length
  return (
    `The simulator’s checkers judged ${all.length} runs: violations in ${violated}; without a number at the end: ${lost}.` +
    (rows.length < planned ? ` **${planned - rows.length} of ${planned} runs were not played.**` : '')
  )
}
