// Rows of an earlier run of the same setting: one seed, one run, so what has been played need not be played again.

import { isDeepStrictEqual } from 'node:util'
import { methods } from './methods.ts'
import type { Plan } from './page.ts'
import { settingFigures, type WrittenFile, type WrittenRow } from './rows-file.ts'
import type { RunRow } from './tally.ts'

type Wanted = Pick<RunRow, 'law' | 'split' | 'method' | 'rate' | 'seed'>

/**
 * The row of the file that `--data` named, if the method had the same settings there. Its curve is the median one of its
 * seeds, which is all that is kept of curves.
 * @throws SyntaxError when the file is of another setting
 */
export function earlierRows(data: unknown, plan: Plan): (wanted: Wanted) => RunRow | undefined {
  if (data === undefined) return () => undefined
  const file = data as WrittenFile
  const { seed, sizes, limits, dataset } = plan
  const setting = settingFigures()
  for (const [name, value] of Object.entries({ seed, sizes, limits, dataset, setting }))
    if (!isDeepStrictEqual(file[name as keyof WrittenFile], value))
      throw new SyntaxError(`"--data" names runs of other ${name}: ${JSON.stringify(file[name as keyof WrittenFile])}.`)
  const isSame = (name: string) =>
    isDeepStrictEqual(
      file.methods.find(method => method.name === name)?.strategy,
      methods.find(method => method.name === name)?.strategy,
    )
  const rows = new Map(file.runs.filter(({ method }) => isSame(method)).map(row => [keyOf(row), row]))
  const curves = new Map(file.medianCurves.map(({ losses, ...of }) => [keyOf({ ...of, seed: 0 }), losses]))
  return wanted => {
    const row: WrittenRow | undefined = rows.get(keyOf(wanted))
    if (row === undefined || row.violations > 0) return undefined
    return { ...row, violations: [], curve: curves.get(keyOf({ ...wanted, seed: 0 })) ?? [] }
  }
}

const keyOf = ({ law, split, method, rate, seed }: Wanted): string => [law, split, method, rate, seed].join(' | ')
