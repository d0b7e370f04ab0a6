// docs/experiments/linear-speed-up.md: whether the error of N peers falls as 1/√(NK) at the theorem's step size.

import type { Experiment, ExperimentOptions } from '../experiment.ts'
import { bringData, folderVariable, type TrainingData } from '../learning/bring-data.ts'
import { halveImages } from '../learning/halve-images.ts'
import { findBest } from './best-loss.ts'
import { type Plan, pageOf } from './page.ts'
import { picturesOf } from './pictures.ts'
import { chooseFactor, gridPlans, isSearched, keyOf, type RunRow, searchPlans } from './plans.ts'
import { playRun, type RunPlan } from './play-run.ts'
import { asWritten, earlierRows, rowsFile } from './rows-file.ts'
import { factorsTried, quickScale, wholeScale } from './setting.ts'

const folder = 'docs/experiments'
const question = 'Does the error of N peers fall as one over the root of NK, at the step size of the theorem?'

/** Runs after which what was found is kept. */
const chunk = 10

export const linearSpeedUp: Experiment = {
  name: 'linear-speed-up',
  question,
  tasks: [playRun, findBest],
  async run(options) {
    const { isQuick, seed, data: given, say, spread } = options
    const scale = isQuick ? quickScale : wholeScale
    const whole = await bringData(process.env[folderVariable], scale, seed, 'linear speed-up')
    const data = {
      ...whole,
      ...{ inputShape: [14, 14], train: halveImages(whole.train), test: halveImages(whole.test) },
    }
    const open: Plan = {
      ...{ question, isQuick, seed, scale, dataset: data.name },
      ...{ factor: factorsTried[0], bestLoss: 0 },
    }
    const played = earlierRows(given, open)
    const play = player(options, open, data, played)
    const factor = chooseFactor(await play(searchPlans(scale, seed), 'search for c'))
    say(`c = ${factor}`)
    const rows = await play(gridPlans(factor, scale, seed), 'runs')
    const [found] = await spread(findBest, [{ data, steps: scale.bestSteps }], 'best loss')
    const ends = rows.flatMap(({ curve }) => curve.at(-1)?.loss ?? [])
    return filesOf({ ...open, factor, bestLoss: Math.min(found!, ...ends) }, [...played.values()])
  },
}

/** Runs at another c than the one that is chosen now are left out. */
export function filesOf(plan: Plan, all: readonly RunRow[]): ReadonlyMap<string, string> {
  const rows = all.filter(row => isSearched(row, plan.seed) || row.factor === plan.factor)
  const pictures = picturesOf(
    plan,
    rows.filter(row => !isSearched(row, plan.seed)),
  )
  return new Map([
    [`${folder}/linear-speed-up.md`, pageOf(plan, rows, pictures)],
    [`${folder}/linear-speed-up.json`, rowsFile(plan, rows)],
    ...pictures.map(({ name, svg }) => [`${folder}/pictures/${name}.svg`, svg] as const),
  ])
}

/** Plays what has not been played, and keeps it now and then. */
function player({ spread, say, keep }: ExperimentOptions, plan: Plan, data: TrainingData, played: Map<string, RunRow>) {
  const { iterations, every } = plan.scale
  return async (plans: readonly RunPlan[], what: string): Promise<RunRow[]> => {
    const missing = plans.filter(wanted => !played.has(keyOf(wanted)))
    if (missing.length < plans.length) say(`${what}: ${plans.length - missing.length} are taken from an earlier time`)
    for (let from = 0; from < missing.length; from += chunk) {
      const part = missing.slice(from, from + chunk)
      const found = await spread(
        playRun,
        part.map(wanted => ({ ...wanted, data, iterations, every })),
        `${what} from ${from} of ${missing.length}`,
      )
      part.forEach((wanted, i) => void played.set(keyOf(wanted), asWritten({ ...wanted, ...found[i]! })))
      keep('linear-speed-up-rows.json', rowsFile(plan, [...played.values()]))
    }
    return plans.map(wanted => played.get(keyOf(wanted))!)
  }
}
