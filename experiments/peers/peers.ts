// docs/experiments/peers.md: how much time dynamic backup workers save, and what becomes of learning meanwhile.

import type { Experiment, ExperimentOptions } from '../experiment.ts'
import {
  bringData,
  bringPhotographs,
  type DataSizes,
  folderVariable,
  photographsVariable,
  type TrainingData,
} from '../learning/bring-data.ts'
import { halveImages } from '../learning/halve-images.ts'
import { chooseRates } from './choose-rates.ts'
import { gridPlans, isNeeded, isSearched, type LearningRow, learningKey, searchPlans } from './learning-plans.ts'
import { learningSection } from './learning-section.ts'
import { type Plan, pageOf } from './page.ts'
import { type LearningPlan, playLearning } from './play-learning.ts'
import { playTimes, type TimeSizes } from './play-times.ts'
import { earlierRows, learningAsWritten, type Rows, rowsFile, timesAsWritten } from './rows-file.ts'
import { quickScale, type Subject, subjects, wholeScale } from './setting.ts'
import { neededTimes, type TimePlan, timeKey, timePlans } from './time-cells.ts'
import { timeSection } from './time-section.ts'
import type { TimeRow } from './time-tally.ts'

const folder = 'docs/experiments'
const question =
  'Peers without a centre that wait only for the fastest of their neighbours: how much time does it save, and what does learning lose by it?'

const timeSizes: TimeSizes = { graphs: 200, warmUp: 20, iterations: 100 }
const quickTimeSizes: TimeSizes = { graphs: 6, warmUp: 10, iterations: 30 }

/** Runs after which what was found is kept. */
const timesChunk = 4
const learningChunk = 8

type Brought = Readonly<Partial<Record<Subject, TrainingData>>>

interface Played {
  readonly times: Map<string, TimeRow>
  readonly learning: Map<string, LearningRow>
}

export const peers: Experiment = {
  name: 'peers',
  question,
  tasks: [playTimes, playLearning],
  async run(options) {
    const { isQuick, seed, data: given, say } = options
    const scale = isQuick ? quickScale : wholeScale
    const data = await bringSubjects(scale.sizes, seed)
    const nameOf = (subject: Subject) => data[subject]?.name ?? null
    const open: Plan = {
      ...{ question, isQuick, seed, scale, rates: {} },
      timeSizes: isQuick ? quickTimeSizes : timeSizes,
      datasets: { lrm: nameOf('lrm'), '2nn': nameOf('2nn'), 'lrm-photographs': nameOf('lrm-photographs') },
    }
    const played: Played = earlierRows(given, open)
    await playTimePlans(options, open, played, neededTimes())
    const play = learner(options, open, data, played)
    const learnt = subjects.filter(subject => data[subject] !== undefined)
    const rates = chooseRates(await play(searchPlans(learnt, seed), 'search for rates'), learnt)
    say(`rates: ${JSON.stringify(rates)}`)
    const grid = gridPlans(rates, scale, seed)
    await play(grid.filter(isNeeded), 'learning')
    await playTimePlans(options, open, played, timePlans())
    await play(grid, 'learning')
    return filesOf({ ...open, rates }, rowsOf(played))
  },
}

const rowsOf = ({ times, learning }: Played): Rows => ({ times: [...times.values()], learning: [...learning.values()] })

/** Runs of the grid at other rates than those that are chosen now are left out. */
export function filesOf(plan: Plan, rows: Rows): ReadonlyMap<string, string> {
  const learning = rows.learning.filter(row => isSearched(row, plan.seed) || plan.rates[row.subject] === row.rate)
  const sections = [timeSection(rows.times, plan.timeSizes), learningSection(learning, plan)] as const
  return new Map([
    [`${folder}/peers.md`, pageOf(plan, ...sections)],
    [`${folder}/peers.json`, rowsFile(plan, { ...rows, learning })],
    ...sections.flatMap(({ drawings }) =>
      Object.entries(drawings).map(([name, svg]) => [`${folder}/pictures/${name}.svg`, svg] as const),
    ),
  ])
}

async function bringSubjects(sizes: DataSizes, seed: number): Promise<Brought> {
  const images = halved(await bringData(process.env[folderVariable], sizes, seed, 'peers'))
  const photographs = process.env[photographsVariable]
  return {
    ...{ lrm: images, '2nn': images },
    ...(photographs ? { 'lrm-photographs': halved(await bringPhotographs(photographs, sizes, seed, 'peers')) } : {}),
  }
}

function halved(whole: TrainingData): TrainingData {
  const [height = 1, width = 1, channels = 1] = whole.inputShape
  return {
    ...whole,
    inputShape: channels === 1 ? [height / 2, width / 2] : [height / 2, width / 2, channels],
    train: halveImages(whole.train, channels),
    test: halveImages(whole.test, channels),
  }
}

async function playTimePlans(
  { spread, say, keep }: ExperimentOptions,
  plan: Plan,
  played: Played,
  plans: readonly TimePlan[],
): Promise<void> {
  const missing = plans.filter(wanted => !played.times.has(timeKey(wanted)))
  if (played.times.size > 0) say(`times: ${played.times.size} are taken from an earlier time`)
  for (let from = 0; from < missing.length; from += timesChunk) {
    const part = missing.slice(from, from + timesChunk)
    const found = await spread(
      playTimes,
      part.map(wanted => ({ ...wanted, ...plan.timeSizes, seed: plan.seed })),
      `times from ${from} of ${missing.length}`,
    )
    part.forEach((wanted, i) => void played.times.set(timeKey(wanted), timesAsWritten({ ...wanted, ...found[i]! })))
    keep('peers-rows.json', rowsFile(plan, rowsOf(played)))
  }
}

/** Plays what has not been played, and keeps it now and then. */
function learner({ spread, say, keep }: ExperimentOptions, plan: Plan, data: Brought, played: Played) {
  return async (plans: readonly LearningPlan[], what: string): Promise<LearningRow[]> => {
    const { learning } = played
    const missing = plans.filter(wanted => !learning.has(learningKey(wanted)))
    if (missing.length < plans.length) say(`${what}: ${plans.length - missing.length} are taken from an earlier time`)
    for (let from = 0; from < missing.length; from += learningChunk) {
      const part = missing.slice(from, from + learningChunk)
      const { iterations, every, marks, probe } = plan.scale
      const found = await spread(
        playLearning,
        part.map(wanted => ({
          ...wanted,
          ...{ data: data[wanted.subject]!, iterations: iterations[wanted.subject], every, marks, probe },
        })),
        `${what} from ${from} of ${missing.length}`,
      )
      part.forEach(
        (wanted, i) => void learning.set(learningKey(wanted), learningAsWritten({ ...wanted, ...found[i]! })),
      )
      keep('peers-rows.json', rowsFile(plan, rowsOf(played)))
    }
    return plans.map(wanted => learning.get(learningKey(wanted))!)
  }
}
