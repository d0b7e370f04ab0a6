// docs/experiments/peers.md: how much time dynamic backup workers save, and what becomes of learning meanwhile.

import type { Experiment, ExperimentOptions } from '../experiment.ts'
import { type Plan, pageOf } from './page.ts'
import { playTimes, type TimeSizes } from './play-times.ts'
import { earlierRows, type Rows, rowsFile, timesAsWritten } from './rows-file.ts'
import { timeKey, timePlans } from './time-cells.ts'
import { timeSection } from './time-section.ts'
import type { TimeRow } from './time-tally.ts'

const folder = 'docs/experiments'
const question =
  'Peers without a centre that wait only for the fastest of their neighbours: how much time does it save, and what does learning lose by it?'

const timeSizes: TimeSizes = { graphs: 200, warmUp: 20, iterations: 100 }
const quickTimeSizes: TimeSizes = { graphs: 6, warmUp: 10, iterations: 30 }

export const peers: Experiment = {
  name: 'peers',
  question,
  tasks: [playTimes],
  async run(options) {
    const { isQuick, seed, data: given } = options
    const plan: Plan = { question, isQuick, seed, timeSizes: isQuick ? quickTimeSizes : timeSizes }
    const earlier = earlierRows(given, plan)
    const times = new Map(earlier.times)
    await playAllTimes(options, plan, times)
    return filesOf(plan, { times: [...times.values()] })
  },
}

export function filesOf(plan: Plan, rows: Rows): ReadonlyMap<string, string> {
  const sections = [timeSection(rows.times, plan.timeSizes)]
  return new Map([
    [`${folder}/peers.md`, pageOf(plan, sections)],
    [`${folder}/peers.json`, rowsFile(plan, rows)],
    ...sections.flatMap(({ drawings }) =>
      Object.entries(drawings).map(([name, svg]) => [`${folder}/pictures/${name}.svg`, svg] as const),
    ),
  ])
}

/** Runs after which what was found is kept. */
const chunk = 4

async function playAllTimes(
  { spread, say, keep }: ExperimentOptions,
  plan: Plan,
  played: Map<string, TimeRow>,
): Promise<void> {
  const missing = timePlans().filter(wanted => !played.has(timeKey(wanted)))
  if (played.size > 0) say(`times: ${played.size} are taken from an earlier time`)
  for (let from = 0; from < missing.length; from += chunk) {
    const part = missing.slice(from, from + chunk)
    const found = await spread(
      playTimes,
      part.map(wanted => ({ ...wanted, ...plan.timeSizes, seed: plan.seed })),
      `times from ${from} of ${missing.length}`,
    )
    part.forEach((wanted, i) => void played.set(timeKey(wanted), timesAsWritten({ ...wanted, ...found[i]! })))
    keep('peers-rows.json', rowsFile(plan, { times: [...played.values()] }))
  }
}
