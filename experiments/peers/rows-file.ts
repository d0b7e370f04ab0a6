// All rows of the experiment as JSON, a line each, with what is needed to run them again; and rows of an earlier time,
// so that what has been played need not be played again.

import { isDeepStrictEqual } from 'node:util'
import type { Plan } from './page.ts'
import { timeKey } from './time-cells.ts'
import type { TimeRow } from './time-tally.ts'

export interface Rows {
  readonly times: readonly TimeRow[]
}

export function rowsFile(plan: Plan, { times }: Rows): string {
  const head = Object.entries(plan).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  const list = (name: string, rows: readonly unknown[]) =>
    `${JSON.stringify(name)}: [\n${rows.map(row => `  ${JSON.stringify(row)}`).join(',\n')}\n]`
  return `{\n${[...head, list('times', times)].join(',\n')}\n}\n`
}

export const digits = (value: number, count = 4): number => Number(value.toPrecision(count))

/** As it stands in the file: a page made at once and one made of the file say the same. */
export const timesAsWritten = (row: TimeRow): TimeRow => ({
  ...row,
  times: row.times.map(time => digits(time)),
  skipped: row.skipped.map(share => digits(share)),
})

/**
 * The rows of the file that `--data` named, by their plans; those with violations are left out.
 * @throws SyntaxError when the file is of another setting
 */
export function earlierRows(data: unknown, plan: Plan): { readonly times: ReadonlyMap<string, TimeRow> } {
  if (data === undefined) return { times: new Map() }
  const file = data as Plan & Rows
  const { seed, timeSizes } = plan
  for (const [name, value] of Object.entries({ seed, timeSizes }))
    if (!isDeepStrictEqual(file[name as keyof Plan], value))
      throw new SyntaxError(`"--data" names runs of other ${name}: ${JSON.stringify(file[name as keyof Plan])}.`)
  return { times: new Map(file.times.filter(({ violations }) => violations === 0).map(row => [timeKey(row), row])) }
}
