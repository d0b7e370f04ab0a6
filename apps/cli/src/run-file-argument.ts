// A run file named on the command line.

import { readFileSync } from 'node:fs'
import { OperatorError } from '@muster/coordinator'

/** @throws OperatorError that says what is wrong with the file. */
export function loadRunFile(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new OperatorError(
      code === 'ENOENT'
        ? `There is no file ${file}. The examples are in examples/.`
        : `${file} cannot be read (${code}).`,
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new OperatorError(`${file} is not JSON: ${(error as Error).message}.`)
  }
}
