// docs/experiments/abs.md: which way of living with stragglers reaches a target loss first, in time and in uploads.

import type { Experiment } from '../experiment.ts'
import { bringData, folderVariable } from '../learning/bring-data.ts'
import { earlierRows } from './earlier-rows.ts'
import { methods } from './methods.ts'
import { type Plan, pageOf } from './page.ts'
import { lossPicture, pictureName } from './pictures.ts'
import { playRun, type RunInput } from './play-run.ts'
import { rowsFile } from './rows-file.ts'
import { delayLaws, type Limits, learningRates, type Sizes, splits } from './setting.ts'
import { cellsOf, type RunRow } from './tally.ts'

const folder = 'docs/experiments'
const question = 'Which way of living with stragglers reaches a target loss first, in simulated time and in uploads?'

const sizes: Sizes = { train: 10_000, test: 2000, probe: 500 }
const quickSizes: Sizes = { train: 4000, test: 1000, probe: 250 }

/** Waiting for all takes some twelve units a round: the limit of time is for it, that of uploads for the busy ones. */
const limits: Limits = { lossTarget: 0.3, timeMax: 1200, uploadsMax: 6000, commonTime: 100 }
const quickLimits: Limits = { lossTarget: 0.7, timeMax: 40, uploadsMax: 1000, commonTime: 20 }

export const abs: Experiment = {
  name: 'abs',
  question,
  tasks: [playRun],
  async run({ isQuick, seed, data: given, say, spread }) {
    const data = await bringData(process.env[folderVariable], isQuick ? quickSizes : sizes, seed, 'abs')
    say(`${data.name}: ${data.train.count} training samples`)
    const plan: Plan = {
      question,
      isQuick,
      seed,
      seeds: Array.from({ length: isQuick ? 1 : 5 }, (_, i) => seed + i),
      sizes: isQuick ? quickSizes : sizes,
      limits: isQuick ? quickLimits : limits,
      dataset: data.name,
    }
    const inputs = inputsOf(plan)
    const earlier = earlierRows(given, plan)
    const missing = inputs.filter(input => earlier(input) === undefined)
    if (missing.length < inputs.length) say(`${inputs.length - missing.length} runs are taken from an earlier time`)
    const found = await spread(
      playRun,
      missing.map(input => ({ ...input, data, limits: plan.limits, probe: plan.sizes.probe })),
      'runs',
    )
    const rows = inputs.map((input): RunRow => earlier(input) ?? { ...input, ...found[missing.indexOf(input)]! })
    const cells = cellsOf(rows)
    return new Map([
      [`${folder}/abs.md`, pageOf(plan, rows, cells)],
      [`${folder}/abs.json`, rowsFile(plan, rows, cells)],
      ...cells.map(cell => [`${folder}/pictures/${pictureName(cell)}.svg`, lossPicture(cell, plan.limits)] as const),
    ])
  },
}

type RunPlan = Omit<RunInput, 'data' | 'limits' | 'probe'>

function inputsOf({ isQuick, seeds }: Plan): RunPlan[] {
  const laws = isQuick ? delayLaws.slice(0, 1) : delayLaws
  const cuts = isQuick ? splits.slice(0, 1) : splits
  return laws.flatMap(law =>
    cuts.flatMap(split =>
      methods.flatMap(({ name: method }) =>
        learningRates.flatMap(rate => seeds.map(seed => ({ law, split, method, rate, seed }))),
      ),
    ),
  )
}
