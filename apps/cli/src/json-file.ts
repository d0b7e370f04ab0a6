// A JSON file named on the command line.

import { readFileSync } from 'node:fs'
import { OperatorError } from '@muster/coordinator'

export interface Advice {
  /** Where there is no such file. */
  readonly missing: string
  /** Where it cannot be read. */
  readonly unreadable?: string
}

/** @throws OperatorError that says what is wrong with the file, and what to do. */
export function readJsonFile(file: string, { missing, unreadable }: Advice): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const advice = unreadable === undefined ? '' : ` ${unreadable}`
    throw new OperatorError(
      code === 'ENOENT' ? `There is no file ${file}. ${missing}` : `${file} cannot be read (${code}).${advice}`,
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new OperatorError(`${file} is not JSON: ${(error as Error).message}${placeOf(error as Error, text)}.`)
  }
}

/** JSON's errors count characters; people count lines. */
function placeOf({ message }: Error, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position === undefined || message.includes('line')) return ''
  const before = text.slice(0, Number(position)).split('\n')
  return ` (line ${before.length}, column ${before.at(-1)!.length + 1})`
}
