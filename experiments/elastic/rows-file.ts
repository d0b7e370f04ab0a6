// All rows of the experiment as JSON, a line each, with what is needed to run them again; and rows of an earlier time,
// so that what has been played need not be played again.

import { isDeepStrictEqual } from 'node:util'
import { resolveStrategy } from '@muster/strategies'
import type { Plan } from './page.ts'
import { keyOf, type RunRow } from './run-plans.ts'
import * as setting from './setting.ts'
import { keptShares } from './watch-exchanges.ts'

export function settingFigures() {
  const { movingRate, momentum, failureShare, spellExchanges, partitions, batchPerPartition, fixedCost, paceSpread } =
    setting
  return {
    ...{ movingRate, momentum, failureShare, spellExchanges, partitions, batchPerPartition, fixedCost, paceSpread },
    ...{ model: setting.model, keptShares },
  }
}

/** What fixed weights depend on. */
const ofFixed = ['movingRate', 'averaging', 'product', 'partitionsPerStep']

/** Settings of the strategy that are not varied, by weights: rows under others are of another strategy. */
export function strategyFigures(): Readonly<Record<setting.Weighting, Readonly<Record<string, unknown>>>> {
  const resolved = resolveStrategy({ name: 'elastic-averaging', movingRate: setting.movingRate })
  if (!resolved.ok) throw new RangeError(resolved.problems.join(' '))
  const varied = ['localSteps', 'localOptimiser', 'overlap', 'weights', 'momentum']
  const kept = Object.entries(resolved.own).filter(([name]) => !varied.includes(name))
  return {
    fixed: Object.fromEntries(kept.filter(([name]) => ofFixed.includes(name))),
    dynamic: Object.fromEntries(kept),
  }
}

type WrittenRow = ReturnType<typeof written>

interface WrittenFile extends Pick<Plan, 'seed' | 'sizes' | 'rounds' | 'dataset'> {
  readonly setting: ReturnType<typeof settingFigures>
  readonly strategy: ReturnType<typeof strategyFigures>
  readonly runs: readonly WrittenRow[]
}

export function rowsFile(plan: Plan, rows: readonly RunRow[]): string {
  const head = { ...plan, setting: settingFigures(), strategy: strategyFigures() }
  const parts = Object.entries(head).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  const lines = rows.map(row => `  ${JSON.stringify(written(row))}`).join(',\n')
  return `{\n${[...parts, `"runs": [\n${lines}\n]`].join(',\n')}\n}\n`
}

const digits = (value: number, count = 4): number => Number(value.toPrecision(count))
const digitsOrNull = (value: number | null): number | null => (value === null ? null : digits(value, 3))

/** Points as [round, loss, accuracy]. */
const written = ({ curve, time, returnPull, otherPull, ...row }: RunRow) => ({
  ...row,
  ...{ time: digits(time), returnPull: digitsOrNull(returnPull), otherPull: digitsOrNull(otherPull) },
  curve: curve.map(
    ({ round, loss, accuracy }) => [round, loss === null ? null : digits(loss), digits(accuracy)] as const,
  ),
})

/** As it stands in the file: a page made at once and one made of the file say the same. */
export const asWritten = (row: RunRow): RunRow => read(written(row))

const read = ({ curve, ...row }: WrittenRow): RunRow => ({
  ...row,
  curve: curve.map(([round, loss, accuracy]) => ({ round, loss, accuracy })),
})

/**
 * The rows of the file that `--data` named, by their plans; those of weights whose settings have changed since are left out.
 * @throws SyntaxError when the file is of another setting
 */
export function earlierRows(data: unknown, plan: Plan): ReadonlyMap<string, RunRow> {
  if (data === undefined) return new Map()
  const file = data as WrittenFile
  const { seed, sizes, rounds, dataset } = plan
  // As JSON has it: what is absent is not undefined.
  const wanted = JSON.parse(JSON.stringify({ seed, sizes, rounds, dataset, setting: settingFigures() })) as object
  for (const [name, value] of Object.entries(wanted))
    if (!isDeepStrictEqual(file[name as keyof WrittenFile], value))
      throw new SyntaxError(`"--data" names runs of other ${name}: ${JSON.stringify(file[name as keyof WrittenFile])}.`)
  const strategy = strategyFigures()
  const isSame = (weights: setting.Weighting) => isDeepStrictEqual(file.strategy[weights], strategy[weights])
  const sound = file.runs.filter(({ violations, weights }) => violations.length === 0 && isSame(weights))
  return new Map(sound.map(row => [keyOf(row), read(row)]))
}
