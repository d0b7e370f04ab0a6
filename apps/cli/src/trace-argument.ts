// A recorded trace named on the command line.

import { OperatorError } from '@muster/coordinator'
import { type ParsedTrace, readTrace } from '@muster/simulator'
import { readJsonFile } from './json-file.ts'

const advice = 'Give the path of a recorded trace: --trace FILE.'

/** @throws OperatorError that says what is wrong with the file. */
export function loadTrace(file: string): ParsedTrace {
  const json = readJsonFile(file, { missing: advice, unreadable: advice })
  try {
    return readTrace(json)
  } catch (error) {
    if (error instanceof RangeError) throw new OperatorError(`${file}: ${error.message}.`)
    throw error
  }
}
