// All rows as JSON, a line each; and rows of an earlier time, so that what has been played need not be played again.

import { isDeepStrictEqual } from 'node:util'
import type { Plan } from './page.ts'
import { keyOf, type RunRow } from './plans.ts'
import { batch } from './setting.ts'

type WrittenRow = ReturnType<typeof written>

export function rowsFile(plan: Plan, rows: readonly RunRow[]): string {
  const head = Object.entries({ ...plan, batch }).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  )
  const lines = rows.map(row => `  ${JSON.stringify(written(row))}`).join(',\n')
  return `{\n${[...head, `"runs": [\n${lines}\n]`].join(',\n')}\n}\n`
}

const digits = (value: number): number => Number(value.toPrecision(6))
const digitsOrNull = (value: number | null): number | null => (value === null ? null : digits(value))

/** Points as [iteration, loss, squared norm of the gradient]. */
const written = ({ curve, error, steps, ...row }: RunRow) => ({
  ...row,
  ...{ error: digitsOrNull(error), steps: digits(steps) },
  curve: curve.map(({ iteration, loss, squared }) => [iteration, digitsOrNull(loss), digitsOrNull(squared)] as const),
})

/** As it stands in the file: a page made at once and one made of the file say the same. */
export const asWritten = (row: RunRow): RunRow => read(written(row))

const read = ({ curve, ...row }: WrittenRow): RunRow => ({
  ...row,
  curve: curve.map(([iteration, loss, squared]) => ({ iteration, loss, squared })),
})

/** @throws SyntaxError when the file is of another setting */
export function earlierRows(data: unknown, plan: Plan): Map<string, RunRow> {
  if (data === undefined) return new Map()
  const file = data as Plan & { readonly batch: number; readonly runs: readonly WrittenRow[] }
  const { seed, scale, dataset } = plan
  for (const [name, value] of Object.entries({ seed, scale, dataset, batch }))
    if (!isDeepStrictEqual(file[name as keyof Plan], value))
      throw new SyntaxError(`"--data" names runs of other ${name}: ${JSON.stringify(file[name as keyof Plan])}.`)
  return new Map(file.runs.filter(({ violations }) => violations === 0).map(row => [keyOf(row), read(row)]))
}
