// What a model is fed of a table: a number for a number, an input per value for a word.

import type { Column } from '@muster/workloads'
import type { CsvColumn } from './csv-column.ts'
import type { Report } from './report.ts'
import type { Split } from './split.ts'
import { scaleOf, standardised } from './standardise.ts'

const categoryLimit = 64

/** How one column becomes inputs. */
export interface Encoder {
  readonly column: Column
  readonly width: number
  /** All training rows hold the same. */
  readonly isConstant: boolean
  /** Words that occur in test rows only. */
  readonly unseen: readonly string[]
  write(row: number, into: Float32Array, at: number): void
}

export function sayOddities(encoders: readonly Encoder[], report: Report): void {
  const constant = encoders.filter(({ isConstant }) => isConstant).map(({ column }) => `"${column.name}"`)
  if (constant.length > 0)
    report.say(`Nothing can be learnt from columns that are the same in all training rows: ${few(constant)}.`)
  for (const { column, unseen } of encoders)
    if (unseen.length > 0)
      report.say(`Column "${column.name}", in test rows only: ${few(unseen)}; there all inputs of the column are 0.`)
}

const few = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')

export function encode(encoders: readonly Encoder[], inputSize: number, rows: Uint32Array): Float32Array {
  const inputs = new Float32Array(rows.length * inputSize)
  let at = 0
  for (const row of rows)
    for (const encoder of encoders) {
      encoder.write(row, inputs, at)
      at += encoder.width
    }
  return inputs
}

/** Or what is wrong with the column. */
export const encoderOf = (name: string, column: CsvColumn, split: Split): Encoder | string =>
  column.isNumeric ? numberEncoder(name, column, split) : categoryEncoder(name, column, split)

function numberEncoder(name: string, { numbers }: CsvColumn, { train }: Split): Encoder {
  const scale = scaleOf(train, row => numbers[row]!)
  return {
    column: { name, ...scale },
    width: 1,
    isConstant: train.every(row => numbers[row] === numbers[train[0]!]),
    unseen: [],
    write(row, into, at) {
      into[at] = standardised(numbers[row]!, scale)
    },
  }
}

function categoryEncoder(name: string, column: CsvColumn, split: Split): Encoder | string {
  const texts = [...column.values.keys()]
  const codes = column.codes
  const used = codes ? [...new Set(Array.from(split.train, row => codes[row]!))] : []
  if (!codes || used.length > categoryLimit)
    return (
      `column "${name}": it holds ${codes ? used.length : 'too many'} different words, and each would be an input; ` +
      `allowed: at most ${categoryLimit}.${hintFor(column)}`
    )
  const values = used.map(code => texts[code]!).sort()
  const placeOf = Int32Array.from(texts, text => values.indexOf(text))
  const unseen = new Set(Array.from(split.test, row => codes[row]!).filter(code => placeOf[code] === -1))
  return {
    column: { name, values },
    width: values.length,
    isConstant: values.length === 1,
    unseen: Array.from(unseen, code => `"${texts[code]}"`),
    write(row, into, at) {
      const place = placeOf[codes[row]!]!
      if (place >= 0) into[at + place] = 1
    },
  }
}

const hintFor = ({ words }: CsvColumn): string =>
  words.some(({ text }) => /^[+-]?\d+,\d+$/.test(text))
    ? ' If these are numbers, write them with a point: 3.14.'
    : ' Leave the column out, or group its values.'
