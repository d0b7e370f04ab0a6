// All rows of the experiment as JSON, a line each, with what is needed to run them again; and rows of an earlier time,
// so that what has been played need not be played again.

import { isDeepStrictEqual } from 'node:util'
import { type LearningRow, learningKey } from './learning-plans.ts'
import type { Plan } from './page.ts'
import { batch } from './setting.ts'
import { timeKey } from './time-cells.ts'
import type { TimeRow } from './time-tally.ts'

export interface Rows {
  readonly times: readonly TimeRow[]
  readonly learning: readonly LearningRow[]
}

type WrittenRow = ReturnType<typeof learningWritten>

interface WrittenFile extends Plan {
  readonly batch: number
  readonly times: readonly TimeRow[]
  readonly learning: readonly WrittenRow[]
}

export function rowsFile(plan: Plan, { times, learning }: Rows): string {
  const head = Object.entries({ ...plan, batch }).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  )
  const list = (name: string, rows: readonly unknown[]) =>
    `${JSON.stringify(name)}: [\n${rows.map(row => `  ${JSON.stringify(row)}`).join(',\n')}\n]`
  return `{\n${[...head, list('times', times), list('learning', learning.map(learningWritten))].join(',\n')}\n}\n`
}

const digits = (value: number, count = 4): number => Number(value.toPrecision(count))
const digitsOrNull = (value: number | null): number | null => (value === null ? null : digits(value))

/** As it stands in the file: a page made at once and one made of the file say the same. */
export const timesAsWritten = (row: TimeRow): TimeRow => ({
  ...row,
  times: row.times.map(time => digits(time)),
  skipped: row.skipped.map(share => digits(share)),
})

/** Points as [iterations, time, loss, accuracy, consensus distance, backup workers, steps]. */
const learningWritten = ({ curve, fullTime, ...row }: LearningRow) => ({
  ...row,
  fullTime: digits(fullTime, 10),
  curve: curve.map(
    ({ iterations, time, loss, accuracy, consensus, backups, steps }) =>
      [
        iterations,
        digits(time, 10),
        digitsOrNull(loss),
        digits(accuracy),
        digitsOrNull(consensus),
        digits(backups),
        digits(steps),
      ] as const,
  ),
})

export const learningAsWritten = (row: LearningRow): LearningRow => learningRead(learningWritten(row))

const learningRead = ({ curve, ...row }: WrittenRow): LearningRow => ({
  ...row,
  curve: curve.map(([iterations, time, loss, accuracy, consensus, backups, steps]) => ({
    ...{ iterations, time, loss, accuracy, consensus, backups, steps },
  })),
})

/**
 * The rows of the file that `--data` named, by their plans; those with violations are left out.
 * @throws SyntaxError when the file is of another setting
 */
export function earlierRows(data: unknown, plan: Plan) {
  if (data === undefined) return { times: new Map<string, TimeRow>(), learning: new Map<string, LearningRow>() }
  const file = data as WrittenFile
  const { seed, timeSizes, scale, datasets } = plan
  // As JSON has it: what is absent is not undefined.
  const wanted = JSON.parse(JSON.stringify({ seed, timeSizes, scale, datasets, batch })) as object
  for (const [name, value] of Object.entries(wanted))
    if (!isDeepStrictEqual(file[name as keyof WrittenFile], value))
      throw new SyntaxError(`"--data" names runs of other ${name}: ${JSON.stringify(file[name as keyof WrittenFile])}.`)
  const times = file.times.filter(({ violations }) => violations === 0)
  const learning = file.learning.filter(({ violations }) => violations.length === 0).map(learningRead)
  return {
    times: new Map(times.map(row => [timeKey(row), row])),
    learning: new Map(learning.map(row => [learningKey(row), row])),
  }
}
