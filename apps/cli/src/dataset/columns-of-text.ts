// Cells set in columns: words to the left, numbers to the right.

const gap = '  '

export function columnsOfText(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const widths = (rows[0] ?? []).map((_, place) => Math.max(...rows.map(row => lengthOf(row[place]!))))
  const isNumeric = widths.map((_, place) => rows.slice(1).every(row => /^[-\d.,e+]*$/.test(row[place]!)))
  return rows.map(row => {
    const cells = row.map((cell, place) => {
      const fill = ' '.repeat(widths[place]! - lengthOf(cell))
      return isNumeric[place] ? fill + cell : cell + fill
    })
    return `${indent}${cells.join(gap)}`.trimEnd()
  })
}

const lengthOf = (text: string): number => [...text].length

/** As few digits as tell one from another. */
export const figure = (value: number): string => String(Number(value.toPrecision(5)))
