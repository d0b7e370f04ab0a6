// Figures from many measurements, and tables to show them in.

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Linear between the two nearest ranks. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((one, other) => one - other)
  const rank = share * (sorted.length - 1)
  const below = Math.floor(rank)
  return sorted[below]! + (rank - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - sorted[below]!)
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const standardError = (values: readonly number[]): number => {
  const centre = mean(values)
  return Math.sqrt(mean(values.map(value => (value - centre) ** 2)) / Math.max(1, values.length - 1))
}

/** First column to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  )
}
