// A run file named on the command line.

import { readJsonFile } from './json-file.ts'

/** @throws OperatorError that says what is wrong with the file. */
export const loadRunFile = (file: string): unknown => readJsonFile(file, { missing: 'The examples are in examples/.' })
