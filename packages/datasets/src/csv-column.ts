// One column of a table while it is read: its cells as numbers, and as values of a category, until it is known which
// of both it is.

import { largestNumber } from './standardise.ts'

export interface Cell {
  readonly line: number
  readonly text: string
}

/** Cells kept for the error; more of one kind would not be shown. */
const kept = 10
/** Of a word that may be a value of a category; what is kept of a column stays small whatever it holds. */
const longest = 200
const gapMarks = new Set(['?', 'na', 'n/a', 'nan', 'null', 'none', '-'])

/** NaN for what is no decimal number, and for what is too large to be computed with. */
export function parseNumber(text: string): number {
  const value = text === '' ? Number.NaN : Number(text)
  return Math.abs(value) <= largestNumber && !/^[+-]?0[xob]/i.test(text) ? value : Number.NaN
}

export const isGapMark = (text: string): boolean => gapMarks.has(text.toLowerCase())

export class CsvColumn {
  /** NaN where the cell is none. */
  numbers = new Float64Array(256)
  /** Place of each cell's text in `values`; null when there are too many for a category. */
  codes: Int32Array | null = new Int32Array(256)
  values = new Map<string, number>()
  rows = 0
  numberCount = 0
  wordCount = 0
  gapCount = 0
  emptyCount = 0
  /** The first cells that are no numbers. */
  readonly words: Cell[] = []
  readonly empty: Cell[] = []
  /** The first cell whose bytes are no UTF-8. */
  notText: Cell | undefined
  readonly valueLimit: number

  constructor(valueLimit: number) {
    this.valueLimit = valueLimit
  }

  add(text: string, line: number): void {
    if (this.rows === this.numbers.length) this.#grow()
    const value = parseNumber(text)
    this.numbers[this.rows] = value
    if (text === '') {
      this.emptyCount++
      if (this.empty.length < kept) this.empty.push({ line, text })
    } else if (Number.isNaN(value)) {
      if (text.includes('\ufffd')) this.notText ??= { line, text: text.slice(0, 40) }
      if (isGapMark(text)) this.gapCount++
      else this.wordCount++
      if (this.words.length < kept) this.words.push({ line, text: text.slice(0, longest) })
    } else this.numberCount++
    if (this.codes) this.#encode(text, this.codes)
    this.rows++
  }

  /** A few cells that are no numbers among many that are, are mistakes; otherwise these are names. */
  get isNumeric(): boolean {
    return this.numberCount > 0 && this.numberCount >= this.wordCount
  }

  #encode(text: string, codes: Int32Array): void {
    let code = this.values.get(text)
    if (code === undefined) {
      code = this.values.size
      if (code === this.valueLimit || text.length > longest) {
        this.codes = null
        this.values = new Map()
        return
      }
      this.values.set(text, code)
    }
    codes[this.rows] = code
  }

  #grow(): void {
    const numbers = new Float64Array(2 * this.rows)
    numbers.set(this.numbers)
    this.numbers = numbers
    if (!this.codes) return
    const codes = new Int32Array(2 * this.rows)
    codes.set(this.codes)
    this.codes = codes
  }
}
