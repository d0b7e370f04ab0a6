// docs/experiments/tiles.md: whether the strategy `tiled` stays near the fluid bound in every cell, beside rivals tuned in
// hindsight, and what each of its ideas is worth.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type ParsedTrace, readTrace } from '@muster/simulator'
import type { Experiment, ExperimentOptions } from '../experiment.ts'
import { drawMatrix, pageOf } from './page.ts'
import { ablationPlans, costPlans, matrixPlans } from './plans.ts'
import { keyOf, playRow, type Row, type RowPlan } from './play-row.ts'

const question = 'How near does `tiled` stay to what nobody can beat, and what is each of its ideas worth?'
const folder = 'docs/experiments'
/** A folder of recorded traces; without it those cells are left out, and said to be. */
const tracesVariable = 'MUSTER_TRACES'
/** Rows after which what was found is kept. */
const chunk = 40

export const tiles: Experiment = {
  name: 'tiles',
  question,
  tasks: [playRow],
  async run(options) {
    const { isQuick, seed, data, say } = options
    const traces = readTraces(process.env[tracesVariable])
    if (traces.size === 0) say(`no traces: set ${tracesVariable} to their folder`)
    const named = [...traces].map(([name, trace]) => ({
      ...{ name, layout: trace.layout },
      ...('workers' in trace && { workers: trace.workers }),
    }))
    const plans = [
      ...matrixPlans(seed, isQuick, named).filter(({ strategy }) => strategy.name === 'tiled'),
      ...ablationPlans(seed, isQuick),
      ...costPlans(seed, isQuick),
      ...matrixPlans(seed, isQuick, named).filter(({ strategy }) => strategy.name !== 'tiled'),
    ]
    const played = await playAll(options, plans, traces, earlierRows(data))
    const rows = plans.flatMap(plan => played.get(keyOf(plan)) ?? [])
    return new Map([
      [`${folder}/tiles.md`, pageOf({ question, seed, isQuick }, rows)],
      [`${folder}/tiles.json`, rowsFile(rows)],
      [`${folder}/pictures/tiles-matrix.svg`, drawMatrix(rows)],
    ])
  },
}

function readTraces(from: string | undefined): ReadonlyMap<string, ParsedTrace> {
  if (from === undefined) return new Map()
  const files = readdirSync(from).filter(file => file.endsWith('.json'))
  return new Map(files.map(file => [file, readTrace(JSON.parse(readFileSync(path.join(from, file), 'utf8')))]))
}

const earlierRows = (data: unknown): readonly Row[] => (data as { rows?: readonly Row[] } | undefined)?.rows ?? []

const rowsFile = (rows: readonly Row[]): string =>
  `{ "rows": [\n${rows.map(row => `  ${JSON.stringify(row)}`).join(',\n')}\n] }\n`

/** Plays what has not been played, and keeps it now and then. A run that is told to stop early says what is missing. */
async function playAll(
  { say, spread, keep }: ExperimentOptions,
  plans: readonly RowPlan[],
  traces: ReadonlyMap<string, ParsedTrace>,
  earlier: readonly Row[],
): Promise<ReadonlyMap<string, Row>> {
  const played = new Map(earlier.map(row => [keyOf(row), row]))
  const missing = plans.filter(plan => !played.has(keyOf(plan)))
  if (missing.length < plans.length) say(`${plans.length - missing.length} rows are taken from an earlier time`)
  const until = Number(process.env.MUSTER_MINUTES ?? Number.POSITIVE_INFINITY) * 60_000 + Date.now()
  for (let from = 0; from < missing.length && Date.now() < until; from += chunk) {
    const part = missing.slice(from, from + chunk)
    const inputs = part.map(plan => ({ plan, trace: plan.trace === null ? undefined : traces.get(plan.trace) }))
    const found = await spread(playRow, inputs, `rows from ${from} of ${missing.length}`)
    for (const row of found) played.set(keyOf(row), row)
    keep('tiles-rows.json', rowsFile([...played.values()]))
  }
  return played
}
