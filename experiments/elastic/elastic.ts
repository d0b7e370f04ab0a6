// docs/experiments/elastic.md: what dynamic weights, overlapping data and AdaHessian are worth to elastic averaging when
// exchanges fail.

import type { Experiment, ExperimentOptions } from '../experiment.ts'
import { bringData, folderVariable, type TrainingData } from '../learning/bring-data.ts'
import { halveImages } from '../learning/halve-images.ts'
import { chooseRates } from './choose-rates.ts'
import { type Plan, pageOf } from './page.ts'
import { picturesOf } from './pictures.ts'
import { playRun, type RunPlan } from './play-run.ts'
import { asWritten, earlierRows, rowsFile } from './rows-file.ts'
import { type Grid, gridPlans, keyOf, momentumPlans, type RunRow, searchPlans, wholeGrid } from './run-plans.ts'
import { overlaps, type Rounds, ratesTried, type Sizes, type stepCounts } from './setting.ts'
import { cellMap, cellsOf } from './tally.ts'

const folder = 'docs/experiments'
const question =
  'Elastic averaging when exchanges fail: what are dynamic weights, overlapping data and AdaHessian in the workers worth?'

const sizes: Sizes = { train: 10_000, test: 2000, probe: 1000 }
const quickSizes: Sizes = { train: 2000, test: 500, probe: 250 }

/** The more steps between exchanges, the fewer rounds the same way takes. */
const rounds: Rounds = { 1: 150, 2: 96, 4: 60 }
const quickRounds: Rounds = { 1: 30, 2: 20, 4: 12 }

const seedCount = 3
/** Runs after which what was found is kept. */
const chunk = 48

export const elastic: Experiment = {
  name: 'elastic',
  question,
  tasks: [playRun],
  async run(options) {
    const { isQuick, seed, data: given, say } = options
    const data = await bringImages(isQuick ? quickSizes : sizes, seed)
    say(`${data.name}: ${data.train.count} training samples of ${data.inputShape.join(' × ')}`)
    const seeds = Array.from({ length: isQuick ? 1 : seedCount }, (_, i) => seed + i)
    const open = {
      ...{ question, isQuick, seed, dataset: data.name },
      grid: isQuick ? quickGrid(seeds) : wholeGrid(seeds),
      sizes: isQuick ? quickSizes : sizes,
      rounds: isQuick ? quickRounds : rounds,
      // Until the search has found better ones.
      rates: { sgd: ratesTried.sgd[0], adahessian: ratesTried.adahessian[0], momentum: ratesTried.sgd[0] },
    }
    const played = new Map(earlierRows(given, open))
    const play = player(options, open, data, played)
    const rates = chooseRates(await play(searchPlans(seed), 'search for rates'))
    say(`rates: SGD ${rates.sgd}, AdaHessian ${rates.adahessian}`)
    const plan: Plan = { ...open, rates }
    const plans = [...momentumPlans(plan.grid, rates), ...gridPlans(plan.grid, rates)]
    await play(plans, 'runs')
    return filesOf(plan, [...played.values()])
  },
}

/** Rows of the search are in no table of the grid. */
export function filesOf(plan: Plan, rows: readonly RunRow[]): ReadonlyMap<string, string> {
  const { seeds } = plan.grid
  const cells = cellMap(cellsOf(rows.filter(row => seeds.includes(row.seed))))
  const pictures = picturesOf(cells, plan.grid)
  return new Map([
    [`${folder}/elastic.md`, pageOf(plan, { rows, cells, pictures })],
    [`${folder}/elastic.json`, rowsFile(plan, rows)],
    ...pictures.map(({ name, svg }) => [`${folder}/pictures/${name}.svg`, svg] as const),
  ])
}

const quickGrid = (seeds: readonly number[]): Grid => ({
  ...{ fleets: [4], stepCounts: [2], overlaps: overlaps.filter(overlap => overlap % 0.25 === 0), seeds },
})

async function bringImages(wanted: Sizes, seed: number): Promise<TrainingData> {
  const whole = await bringData(process.env[folderVariable], wanted, seed, 'elastic')
  const [train, test] = [halveImages(whole.train), halveImages(whole.test)]
  return { ...whole, inputShape: whole.inputShape.map(side => side / 2), train, test }
}

/** Plays what has not been played, and keeps it now and then. */
function player({ spread, say, keep }: ExperimentOptions, plan: Plan, data: TrainingData, played: Map<string, RunRow>) {
  return async (plans: readonly RunPlan[], what: string): Promise<RunRow[]> => {
    const missing = plans.filter(wanted => !played.has(keyOf(wanted)))
    if (missing.length < plans.length) say(`${what}: ${plans.length - missing.length} are taken from an earlier time`)
    for (let from = 0; from < missing.length; from += chunk) {
      const part = missing.slice(from, from + chunk)
      const found = await spread(
        playRun,
        part.map(wanted => ({
          ...wanted,
          data,
          rounds: plan.rounds[wanted.steps as (typeof stepCounts)[number]],
          probe: plan.sizes.probe,
        })),
        `${what} from ${from} of ${missing.length}`,
      )
      part.forEach((wanted, i) => void played.set(keyOf(wanted), asWritten({ ...wanted, ...found[i]! })))
      keep('elastic-rows.json', rowsFile(plan, [...played.values()]))
    }
    return plans.map(wanted => played.get(keyOf(wanted))!)
  }
}
