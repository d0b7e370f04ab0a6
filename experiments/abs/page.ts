// The page of the experiment, made of its rows.

import { paragraphs, precise, table } from '../comparison/markdown.ts'
import { folderVariable, type TrainingData } from '../learning/bring-data.ts'
import { dataText, openingOf } from '../learning/page-opening.ts'
import { methods, settingsText } from './methods.ts'
import { pictureName } from './pictures.ts'
import * as setting from './setting.ts'
import { conductTable, costTable } from './tables.ts'
import { type Cell, cellName, type RunRow } from './tally.ts'
import { againstAbstract, againstSaAdasync, asynchronousAtHighRate, winners } from './verdicts.ts'

export interface Plan {
  readonly question: string
  readonly isQuick: boolean
  readonly seed: number
  readonly seeds: readonly number[]
  readonly sizes: setting.Sizes
  readonly limits: setting.Limits
  readonly dataset: TrainingData['name']
}

export function pageOf(plan: Plan, rows: readonly RunRow[], cells: readonly Cell[]): string {
  return `${paragraphs(
    openingOf('Time to loss in the family of bounded staleness', 'abs', plan),
    settingText(plan),
    ...cells.map(cell => cellText(cell, plan)),
    '## What the figures say',
    againstSaAdasync(cells),
    asynchronousAtHighRate(cells),
    winners(cells),
    againstAbstract(cells),
    checksText(rows),
  )}\n`
}

function settingText({ sizes, limits, dataset, seeds }: Plan): string {
  const { workers, slowWorkers, slowness, partitions, batchPerPartition, fixedCost, piece, hidden, learningRates } =
    setting
  return paragraphs(
    '## The setting',
    'Reconstructed after Adaptive Bounded Staleness (arXiv 2301.08895), and played in virtual time by the production code of coordinator, ' +
      'strategies and workers; the same draws meet every method. ' +
      `${workers} workers, of which ${slowWorkers} (drawn by seed) are ${slowness} times slower all the time. An even share, ` +
      `${partitions / workers} of ${partitions} partitions with ${batchPerPartition} samples each, takes .2 + .8 X units, drawn for ` +
      'each worker and round, with X exponential or Pareto (shape 2), mean 1 both; a part of a share takes that part of the time. ' +
      `Fixed cost ${fixedCost}: ${precise(0.45 * fixedCost)} units to download or upload a vector, ${precise(0.05 * fixedCost)} for a message. Whoever is told to drop its work stops within ${piece} units. Leases never run out.`,
    `Learnt is ${dataText[dataset]}: ${sizes.train} training and ${sizes.test} test samples drawn by seed, by a perceptron with ` +
      `${hidden} hidden units (tanh, softmax cross-entropy) with plain SGD. *i.i.d.*: partitions of shuffled samples; *label-sorted*: sorted by ` +
      'label before they are cut, so that whoever keeps its own partitions sees one or two labels. Every method has the same two ' +
      `learning rates, η = ${learningRates.join(' and ')}, and the seeds ${seeds.join(', ')}: equal effort of tuning.`,
    `The target is a training loss of ${limits.lossTarget} on ${sizes.probe} samples, evaluated at updates at least ${setting.evaluateEvery.units} units ` +
      `or ${100 * setting.evaluateEvery.share} % of the time passed apart. *Not reached*: not within ${limits.timeMax} units and ${limits.uploadsMax} uploads. ` +
      `*Diverged*: the loss is no number, or above ${setting.divergence.loss} for ${setting.divergence.units} units. Every run goes on until ` +
      `${limits.commonTime} units at least. Times and uploads are means over the seeds that reached the target, ± their standard deviation; ` +
      '*staleness* is the largest of any result applied.',
    table(
      ['method', 'family', 'settings that are not defaults'],
      methods.map(method => [
        method.name,
        method.family === 'staleness' ? 'bounded staleness' : 'other',
        settingsText(method) || '–',
      ]),
    ),
    `All rows, with seeds and settings: [abs.json](abs.json). Run it: \`npm run experiment -- abs\`; the environment variable ` +
      `\`${folderVariable}\` names a folder with the four files of MNIST.`,
  )
}

const cellText = (cell: Cell, { limits }: Plan): string =>
  paragraphs(
    `## Delays and data: ${cellName(cell)}`,
    `![Training loss against virtual time, ${cellName(cell)}](pictures/${pictureName(cell)}.svg)`,
    '**Cost of the target.** Bold: the better rate of each method.',
    costTable(cell),
    '**How the runs went**, both rates together in the last two columns.',
    conductTable(cell, limits.commonTime),
  )

function checksText(rows: readonly RunRow[]): string {
  const violated = rows.filter(({ violations }) => violations.length > 0)
  const stopped = rows.filter(({ unfinished, isDiverged }) => unfinished !== null && !isDiverged)
  const refused = new Map<string, number>()
  for (const row of rows)
    for (const [code, count] of Object.entries(row.refused)) refused.set(code, (refused.get(code) ?? 0) + count)
  const codes = [...refused].map(([code, count]) => `${code} ${count}`).sort()
  const name = ({ method, law, split, rate, seed }: RunRow) => `${method}, ${law}, ${split}, η = ${rate}, seed ${seed}`
  const shown = (bad: readonly RunRow[], what: (row: RunRow) => string | null | undefined) =>
    bad
      .slice(0, 8)
      .map(row => `\n- ${name(row)}: ${what(row)}`)
      .join('')
  return paragraphs(
    '### Checks',
    `The simulator's checkers judged every update of ${rows.length} runs: violations in ${violated.length}; ended by themselves: ` +
      `${stopped.length}; refused results, by their code: ${codes.join(', ') || 'none'}.`,
    shown(violated, ({ violations }) => violations[0]).trimStart(),
    shown(stopped, ({ unfinished }) => unfinished).trimStart(),
  )
}
