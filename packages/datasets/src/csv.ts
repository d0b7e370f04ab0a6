// A table as samples: numbers are standardised, categories become one input per value, one column is the class.

import type { Dataset, Rows } from '@muster/workloads'
import { type ClassLabels, classesOfNumbers, classesOfWords, tooManyClasses } from './class-labels.ts'
import { type CsvColumn, isGapMark } from './csv-column.ts'
import { type Encoder, encode, encoderOf, sayOddities } from './csv-encoder.ts'
import { type Problem, readTable, type Table } from './csv-table.ts'
import { DatasetError, problemsError } from './dataset-error.ts'
import { byteLimit, limitText } from './files.ts'
import type { ReadOptions } from './options.ts'
import type { Report } from './report.ts'
import { pickLabels, type Split, splitByChance } from './split.ts'

/** @throws DatasetError with the first ten problems, each by line and column. */
export async function readCsv(file: string, options: ReadOptions, report: Report): Promise<Dataset<Rows>> {
  const table = await readTable(file, options, report)
  checkCells(table)
  const { classNames, labels } = targetOf(table)
  const split = splitByChance(table.rows, options)
  const inputs = encodersOf(inputColumns(table, report), split, table.name)
  sayOddities(inputs, report)
  const inputSize = inputs.reduce((sum, { width }) => sum + width, 0)
  if (4 * inputSize * table.rows > byteLimit)
    throw new DatasetError(`${table.name}: its ${table.rows} rows of ${inputSize} inputs need more than ${limitText}.`)
  const rowsOf = (rows: Uint32Array): Rows => ({
    kind: 'rows',
    count: rows.length,
    inputSize,
    inputs: encode(inputs, inputSize, rows),
    labels: pickLabels(labels, rows),
  })
  return {
    name: '',
    title: table.name,
    inputShape: [inputSize],
    classes: classNames.length,
    classNames,
    columns: inputs.map(({ column }) => column),
    train: rowsOf(split.train),
    test: rowsOf(split.test),
  }
}

/** Of all columns together, in the order of lines, as people mend them. */
function checkCells({ name, header, columns, ragged, raggedCount }: Table): void {
  for (const { notText } of columns)
    if (notText)
      throw new DatasetError(`${name}, line ${notText.line}: "${notText.text}" is not UTF-8; save the table as UTF-8.`)
  let found = raggedCount
  const problems: Problem[] = [...ragged]
  for (const [place, column] of columns.entries()) {
    const missing = (line: number, text: string) =>
      problems.push({
        line,
        text: `, column "${header[place]}": ${text === '' ? 'the cell is empty' : `"${text}" is no value`}`,
      })
    found += column.emptyCount
    for (const { line, text } of column.empty) missing(line, text)
    if (!column.isNumeric) continue
    found += column.wordCount + column.gapCount
    for (const { line, text } of column.words)
      if (isGapMark(text)) missing(line, text)
      else
        problems.push({
          line,
          text: `, column "${header[place]}": "${shorten(text)}" is no number (the column's other values are)`,
        })
  }
  if (found === 0) return
  const sentences = problems.sort((a, b) => a.line - b.line).map(({ line, text }) => `${name}, line ${line}${text}`)
  throw problemsError(sentences, found)
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text)

function targetOf({ name, header, columns, target, rows }: Table): ClassLabels {
  const column = columns[target]!
  const what = `${name}: the target column "${header[target]}"`
  if (column.isNumeric) return classesOfNumbers(column.numbers.subarray(0, rows), what)
  if (!column.codes) throw tooManyClasses(what)
  return classesOfWords(column.codes.subarray(0, rows), [...column.values.keys()], what)
}

interface NamedColumn {
  readonly name: string
  readonly column: CsvColumn
}

/** @throws DatasetError with all columns that cannot be inputs. */
function encodersOf(columns: readonly NamedColumn[], split: Split, file: string): readonly Encoder[] {
  const encoders = columns.map(({ name, column }) => encoderOf(name, column, split))
  const problems = encoders.filter(encoder => typeof encoder === 'string')
  if (problems.length > 0) throw problemsError(problems.map(problem => `${file}, ${problem}`))
  return encoders.filter(encoder => typeof encoder !== 'string')
}

/** All but the target, and but a nameless first column that only counts the rows: sorted rows would betray their class. */
function inputColumns({ header, columns, target, rows, name }: Table, report: Report): NamedColumn[] {
  const named = columns.map((column, place) => ({ name: header[place]!, column }))
  const counts = columns.length > 2 && target !== 0 && countsRows(columns[0]!.numbers, rows)
  const isIndex = counts && header[0] === 'column 1'
  if (isIndex) report.say('The first column has no name and only counts the rows; it is left out.')
  else if (counts)
    report.say(`Column "${header[0]}" only counts the rows; if these are sorted it betrays their class: leave it out.`)
  const inputs = named.filter((_, place) => place !== target && !(isIndex && place === 0))
  if (inputs.length === 0) throw new DatasetError(`${name}: beside the target there is no column of inputs.`)
  return inputs
}

function countsRows(numbers: Float64Array, rows: number): boolean {
  const first = numbers[0]!
  if (first !== 0 && first !== 1) return false
  for (let i = 1; i < rows; i++) if (numbers[i] !== first + i) return false
  return true
}
