// Tables and figures of a generated page, numbers rounded so that the same draws give the same bytes.

/** Decimals as wanted; a dash where there is no number. */
export const fixed = (value: number | null | undefined, digits = 2): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits)

/** So many digits that count, small numbers as powers of ten. */
export const precise = (value: number, digits = 2): string => {
  if (value === 0) return '0'
  const [mantissa, power] = value.toExponential(digits - 1).split('e')
  return Math.abs(Number(power)) <= 2 ? `${Number(value.toPrecision(digits))}` : `${mantissa}e${Number(power)}`
}

export const percent = (share: number): string => `${Math.round(100 * share)} %`

/** First column to the left, figures to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}

export const picture = (name: string, title: string): string => `![${title}](pictures/comparison/${name}.svg)`

export const paragraphs = (...parts: readonly string[]): string => parts.filter(part => part !== '').join('\n\n')

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Of a sample; undefined where it has fewer than two. */
export function deviation(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

/** The smallest value that so large a share of all does not exceed. */
export const quantile = (values: readonly number[], share: number): number | undefined =>
  [...values].sort((one, other) => one - other)[Math.max(0, Math.ceil(share * values.length) - 1)]
