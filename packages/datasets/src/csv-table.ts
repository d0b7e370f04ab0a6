// A table from a file, cell by cell into columns: no line of it is held as text.

import { createReadStream } from 'node:fs'
import path from 'node:path'
import { type CsvError, type Info, parse } from 'csv-parse'
import { classLimit } from './class-labels.ts'
import { CsvColumn } from './csv-column.ts'
import { csvOptions, type Dialect, delimiterNames, judgeDialect } from './csv-dialect.ts'
import { DatasetError } from './dataset-error.ts'
import { byteLimit, readHead, sizeOf, tooLarge, unreadable } from './files.ts'
import type { ReadOptions } from './options.ts'
import type { Report } from './report.ts'

export interface Problem {
  readonly line: number
  /** What follows the line's number. */
  readonly text: string
}

export interface Table {
  /** The file's, for messages. */
  readonly name: string
  readonly header: readonly string[]
  readonly columns: readonly CsvColumn[]
  /** Place of the target among the columns. */
  readonly target: number
  readonly rows: number
  /** Lines that are no rows of this table: the first ones, and how many. */
  readonly ragged: readonly Problem[]
  readonly raggedCount: number
}

const headBytes = 2 ** 20
const columnLimit = 10_000
const cellLimit = 100_000_000
/** Beyond this no column of inputs can be a category; more values than allowed are still told by name. */
const valueLimit = 128

/** @throws DatasetError for a file that is no table, or one that is too large. */
export async function readTable(file: string, options: ReadOptions, report: Report): Promise<Table> {
  const name = path.basename(file)
  const size = await sizeOf(file)
  if (size > byteLimit) throw tooLarge(file)
  const head = await readHead(file, headBytes)
  const dialect = judgeDialect(head, head.length === size, name, options.header)
  report.say(describeDialect(dialect, options.header))
  return collect(file, name, dialect, options.target, share => report.reached(share, 'of the table read'))
}

const describeDialect = ({ delimiter, hasHeader }: Dialect, asked: boolean | undefined): string =>
  `Cells are parted by ${delimiterNames[delimiter]}; the first line ${hasHeader ? 'names the columns' : 'is a row'}` +
  `${asked === undefined ? (hasHeader ? ', as it holds no number (--no-header if it is a row)' : ', as it holds a number (--header if it names the columns)') : ''}.`

async function collect(
  file: string,
  name: string,
  { delimiter, hasHeader }: Dialect,
  wanted: string | undefined,
  reached: (share: number) => void,
): Promise<Table> {
  let columns: CsvColumn[] | undefined
  let header: string[] = []
  let target = 0
  let rows = 0
  const ragged: Problem[] = []
  let raggedCount = 0
  const size = await sizeOf(file)
  const parser = parse({ ...csvOptions, delimiter, info: true })
  const source = createReadStream(file)
  source.on('error', error => parser.destroy(unreadable(file, error)))
  source.pipe(parser)
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (!columns) {
        header = columnNames(record, hasHeader, name)
        target = findTarget(header, wanted, name)
        columns = header.map((_, place) => new CsvColumn(place === target ? classLimit : valueLimit))
        if (hasHeader) continue
      }
      if (record.length !== columns.length) {
        raggedCount++
        const text = `: ${count(record.length, 'cell')}, where ${hasHeader ? 'the header' : 'the first line'} has ${columns.length}`
        if (ragged.length < 10) ragged.push({ line: info.lines, text })
        continue
      }
      for (let place = 0; place < columns.length; place++) columns[place]!.add(record[place]!, info.lines)
      rows++
      if (rows * columns.length > cellLimit)
        throw new DatasetError(
          `${name}: it holds more than ${cellLimit.toLocaleString('en')} cells, and data sets are held in memory; bring a part of it.`,
        )
      if (rows % 5000 === 0) reached(source.bytesRead / size)
    }
  } catch (error) {
    throw sentenceFor(error, name)
  } finally {
    source.destroy()
  }
  if (!columns || rows + raggedCount === 0) throw new DatasetError(`${name}: it holds no rows.`)
  return { name, header, columns, target, rows, ragged, raggedCount }
}

function columnNames(first: readonly string[], hasHeader: boolean, name: string): string[] {
  if (first.length > columnLimit)
    throw new DatasetError(`${name}: it has ${first.length} columns; allowed: at most ${columnLimit}.`)
  const names = first.map((text, place) => (hasHeader && text !== '' ? text : `column ${place + 1}`))
  const twice = names.findIndex((text, place) => names.indexOf(text) !== place)
  if (twice >= 0)
    throw new DatasetError(
      `${name}: columns ${names.indexOf(names[twice]!) + 1} and ${twice + 1} are both called "${names[twice]}"; give each a name of its own.`,
    )
  return names
}

function findTarget(header: readonly string[], wanted: string | undefined, name: string): number {
  if (wanted === undefined) return header.length - 1
  const named = header.indexOf(wanted)
  const place = named >= 0 ? named : Number(wanted) - 1
  if (Number.isInteger(place) && place >= 0 && place < header.length) return place
  const known = header.slice(0, 20).map(text => `"${text}"`)
  if (header.length > known.length) known.push('...')
  throw new DatasetError(
    `${name}: the target "${wanted}" is none of its columns; allowed: ${known.join(', ')}, or a number from 1 to ${header.length}.`,
  )
}

const mistakes: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by more text; a quote within quotes is written twice',
  INVALID_OPENING_QUOTE: 'a quote stands within a cell that does not begin with one; put the whole cell in quotes',
  CSV_MAX_RECORD_SIZE: 'this row does not end within 16 million characters; is a quote never closed?',
}

function sentenceFor(error: unknown, name: string): unknown {
  const { code, lines } = error as CsvError & { lines?: number }
  const mistake = mistakes[code]
  return mistake === undefined ? error : new DatasetError(`${name}, line ${lines}: ${mistake}.`)
}

export const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`
