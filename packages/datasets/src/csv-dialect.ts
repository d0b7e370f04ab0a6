// How a table is written: what parts its cells, and whether its first line names them. Judged by its beginning.

import { parse } from 'csv-parse/sync'
import { parseNumber } from './csv-column.ts'
import { DatasetError } from './dataset-error.ts'

export interface Dialect {
  readonly delimiter: string
  readonly hasHeader: boolean
}

const delimiters = [',', ';', '\t']
export const delimiterNames: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' }
const linesJudged = 10

/** Written alike for judging and for reading. */
export const csvOptions = {
  bom: true,
  trim: true,
  skip_empty_lines: true,
  relax_column_count: true,
  /** A quote that is never closed would otherwise swallow the file. */
  max_record_size: 2 ** 24,
} as const

/**
 * @param head the file's first bytes
 * @param isWhole whether they are all
 */
export function judgeDialect(head: Uint8Array, isWhole: boolean, name: string, header?: boolean): Dialect {
  const beginnings = delimiters.map(delimiter => {
    const records = beginning(head, delimiter)
    // The last line may be cut where the head ends; a line that is not whole says nothing.
    const whole = isWhole || records.length === linesJudged || records.length === 1 ? records : records.slice(0, -1)
    return {
      delimiter,
      records: whole,
      width: whole.length === 0 ? 0 : Math.min(...whole.map(record => record.length)),
    }
  })
  const widest = beginnings.reduce((best, next) => (next.width > best.width ? next : best))
  if (widest.width === 0) {
    if (/^\s*$/.test(new TextDecoder().decode(head))) throw new DatasetError(`${name}: it holds no lines.`)
    // Its first line is broken, which is told when the table is read.
    return { delimiter: ',', hasHeader: header ?? true }
  }
  if (widest.width < 2)
    throw new DatasetError(
      `${name}: no comma, semicolon or tab parts each of its first lines; a table needs a column of inputs and a target.`,
    )
  const hasHeader = header ?? !widest.records[0]!.some(cell => Number.isFinite(parseNumber(cell)))
  return { delimiter: widest.delimiter, hasHeader }
}

function beginning(head: Uint8Array, delimiter: string): string[][] {
  const records: string[][] = []
  try {
    parse(head, {
      ...csvOptions,
      delimiter,
      to: linesJudged,
      on_record: (record: string[]) => {
        records.push(record)
        return null
      },
    })
  } catch {
    // What is wrong there is told when the table is read.
  }
  return records
}
