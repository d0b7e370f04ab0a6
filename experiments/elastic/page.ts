// The page of the experiment, made of its rows.

import { fixed, paragraphs, table } from '../comparison/markdown.ts'
import { folderVariable, type TrainingData } from '../learning/bring-data.ts'
import { dataText, openingOf } from '../learning/page-opening.ts'
import { againstPaper } from './against-paper.ts'
import { ratesSeen } from './choose-rates.ts'
import type { Picture } from './pictures.ts'
import { strategyFigures } from './rows-file.ts'
import { drawnSettings, type Grid, gridPlans, momentumPlans, type Rates, type RunRow } from './run-plans.ts'
import * as setting from './setting.ts'
import { gridTables } from './tables.ts'
import { type Cells, cellKey } from './tally.ts'
import { variantOverlap } from './variants.ts'
import { dynamicAgainstFixed, leaps, returningWorkers, worthOfCurvature, worthOfOverlap } from './verdicts.ts'
import { cellName, optimiserNames, overlapName } from './words.ts'

export interface Plan {
  readonly question: string
  readonly isQuick: boolean
  readonly seed: number
  readonly grid: Grid
  readonly sizes: setting.Sizes
  readonly rounds: setting.Rounds
  readonly dataset: TrainingData['name']
  readonly rates: Rates
}

export interface PageParts {
  /** All, those of the search too. */
  readonly rows: readonly RunRow[]
  readonly cells: Cells
  readonly pictures: readonly Picture[]
}

export function pageOf(plan: Plan, { rows, cells, pictures }: PageParts): string {
  const shown = (part: string) =>
    pictures
      .filter(({ name }) => name.includes(part))
      .flatMap(({ name, title }) => [`**${title}.**`.replace('..', '.'), `![${title}](pictures/${name}.svg)`])
  return `${paragraphs(
    openingOf('Elastic averaging with dynamic weights', 'elastic', plan),
    settingText(plan),
    ratesText(plan, rows),
    '## Overlap',
    ...shown('overlap'),
    '## Round by round',
    'EASGD, EAMSGD and EAHES without overlap; EAHES-O and DEAHES-O with ' +
      `${plan.grid.fleets.map(workers => `${overlapName(variantOverlap(workers))} for k = ${workers}`).join(' and ')}. ` +
      `EAMSGD is EASGD with Nesterov’s momentum of ${setting.momentum} at the same rate; it stands beside the grid, in these two settings only. The test error is 100 % less the accuracy. Where two lines cannot be told apart, the variant of the paper lies above.`,
    ...drawnSettings.flatMap(({ failure, split }) => shown(`${failure}-${split}`)),
    '## The grid',
    'Training loss and test accuracy at the end, mean over the seeds ± standard deviation.',
    gridTables(cells, plan.grid),
    '## What the figures say',
    dynamicAgainstFixed(cells),
    leaps(cells),
    returningWorkers(cells),
    worthOfOverlap(cells),
    worthOfCurvature(cells),
    againstPaper(cells),
    checksText(plan, rows, cells),
  )}\n`
}

function settingText({ sizes, rounds, dataset, grid }: Plan): string {
  const { movingRate, batchPerPartition, partitions, spellExchanges, fixedCost, paceSpread } = setting
  return paragraphs(
    '## The setting',
    'Reconstructed after dynamic weighting (arXiv 2409.09242), and played in virtual time by the production code of ' +
      'coordinator, strategy `elastic-averaging` and workers. k workers learn on parameters of their own; after every τ ' +
      'local steps each of them, by itself, exchanges with the model, the only thing that is measured. ' +
      `The moving rate is α = ${movingRate}; every other setting of the strategy is its default: ${rulesText()}. A step takes 1 ± ${paceSpread} units of ` +
      `virtual time, an exchange ${fixedCost} more.`,
    `*Independent failures*: an exchange is lost with probability 1/3, and the worker goes on training. *Bursts*: a worker stands still a ` +
      `third of the time, in spells of ${spellExchanges} exchanges in the mean (exponential, as the times between them); it does not train meanwhile and keeps its ` +
      'parameters. The coordinator is told of neither, and no lease runs out. A *round of communication* is k exchanges tried, lost ones ' +
      'included: a worker that stands still tries none, so under bursts a round takes longer, and equal rounds are equal numbers of gradients everywhere.',
    `Learnt is ${dataText[dataset]} at half the side, 14 × 14 (means of 2 × 2 pixels: else so many runs would not be affordable): ${sizes.train} training and ${sizes.test} ` +
      `test samples drawn by seed. The model has two convolutions (8 and 16 kernels of 3 × 3, strides of 2, tanh) and a dense layer: 1898 parameters. ` +
      `Gradients and exact products with the Hessian are those of the workers’ own code on WebAssembly; AdaHessian has the published defaults and averages ` +
      `|D| over each convolution’s kernel. The data lie in ${partitions} partitions; a step takes ${batchPerPartition} samples of one of them. *Overlap* r: every worker holds r of the data, drawn at ` +
      'random, and an equal part of the rest. *i.i.d.*: all samples lie shuffled; *by label*: what is not shared is sorted by label before it is divided among the workers, so that ' +
      'what one of 4 workers has of its own spans about two and a half labels, and of one of 8 half as many.',
    `A run has ${setting.stepCounts.map(steps => `${rounds[steps]} rounds at τ = ${steps}`).join(', ')}. The training loss is taken on ${sizes.probe} samples. ` +
      'The *end* is the mean of the measurements at 90, 95 and 100 % of the rounds. ' +
      `Seeds ${grid.seeds.join(', ')}: start, batches, paces, failures and random directions; all that is compared has the same.`,
    'The first runs of this experiment, with δ₀ = 0.05 and an AdaHessian that began its means anew after a reset, showed two faults of the strategy: under ' +
      'independent failures fixed weights were ahead by 1 to 2 % almost everywhere, and a few runs of AdaHessian went from reset to reset and ended at losses up to some ' +
      'hundreds. Both were changed before the runs with dynamic weights that are shown here, which are therefore not a test on unseen settings.',
    `All rows, with seeds and settings: [elastic.json](elastic.json). Run it: \`npm run experiment -- elastic\`; the environment variable \`${folderVariable}\` names a folder with ` +
      'the four files of MNIST.',
  )
}

const rulesText = (): string => {
  const { memory, deadZone, range, warmUp } = strategyFigures().dynamic
  return `a score looks back on ${memory} exchanges, counts after the first ${warmUp}, is healthy up to δ₀ = ${deadZone} and has failed from ${Number(deadZone) + Number(range)} on`
}

function ratesText({ rates, seed }: Plan, rows: readonly RunRow[]): string {
  const { searched, searchSeedAfter, calmFactor } = setting
  const seen = ratesSeen(searchRows(rows, seed))
  const isEdge = (['sgd', 'adahessian'] as const).filter(kind => rates[kind] === setting.ratesTried[kind].at(-1))
  return paragraphs(
    '## Learning rates',
    `One for each local optimiser, chosen with fixed weights at k = ${searched.workers}, τ = ${searched.steps}, overlap ${overlapName(searched.overlap)}, both splits, ` +
      `without failures and with independent ones, on the seed ${seed + searchSeedAfter}, which is in no table below: the lowest loss at the end among the rates whose loss ` +
      `never exceeded ${calmFactor} times that of the start.`,
    table(
      ['', 'rate', 'loss at the end', 'highest loss / start', ''],
      seen.map(({ optimiser, rate, loss, leap, isCalm }) => [
        optimiserNames[optimiser],
        `${rate}`,
        fixed(loss, 3),
        fixed(leap),
        rates[optimiser] === rate ? '**chosen**' : isCalm ? '' : 'too high',
      ]),
    ),
    isEdge.length === 0
      ? ''
      : `The highest that was tried is chosen for ${isEdge.map(kind => optimiserNames[kind]).join(' and ')}: a still higher one may end lower.`,
  )
}

export const searchRows = (rows: readonly RunRow[], seed: number): RunRow[] =>
  rows.filter(row => row.seed === seed + setting.searchSeedAfter)

function checksText({ grid, rates }: Plan, rows: readonly RunRow[], cells: Cells): string {
  const wanted = [...gridPlans(grid, rates), ...momentumPlans(grid, rates)]
  const there = wanted.filter(plan => cells.get(cellKey(plan))?.rows.some(row => row.seed === plan.seed))
  const missing = new Map<string, number>()
  for (const { overlap, seed } of wanted.filter(plan => !there.includes(plan))) {
    const name = `overlap ${overlapName(overlap)}, seed ${seed}`
    missing.set(name, (missing.get(name) ?? 0) + 1)
  }
  const violated = rows.filter(({ violations }) => violations.length > 0)
  const stopped = rows.filter(({ unfinished }) => unfinished !== null)
  const lost = [...cells.values()].filter(({ loss }) => !Number.isFinite(loss))
  const refused = rows.reduce((sum, row) => sum + Object.values(row.refused).reduce((one, other) => one + other, 0), 0)
  return paragraphs(
    '### Checks',
    `The simulator’s checkers judged every exchange of ${rows.length} runs: violations in ${violated.length}; ended by themselves: ${stopped.length}; refused results: ${refused}; ` +
      `cells that end without a number: ${lost.length === 0 ? 'none' : lost.map(cellName).join('; ')}.`,
    missing.size === 0
      ? `All ${wanted.length} runs of the grid and beside it were played.`
      : `**${wanted.length - there.length} of ${wanted.length} runs were not played**: ${[...missing].map(([name, count]) => `${count} with ${name}`).join('; ')}.`,
  )
}
