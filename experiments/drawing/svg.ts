// Text of SVG elements. Numbers are rounded to a tenth of a pixel, so that the same data gives the same bytes.

export type Attributes = Readonly<Record<string, string | number | undefined>>

export const escapeText = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

export const tenths = (value: number): string => {
  const text = value.toFixed(1).replace(/\.0$/, '')
  return text === '-0' ? '0' : text
}

export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? tenths(value) : escapeText(value!)}"`)
    .join('')
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`
}

export const textAt = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escapeText(text))

export interface Point {
  readonly x: number
  readonly y: number
}

export const pathOf = (points: readonly Point[]): string =>
  points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${tenths(x)} ${tenths(y)}`).join('')

const narrow = new Set([..."iljtfrI.,:;'|()[]!-·"])
const wide = new Set([...'mwMW—%@'])
const isCapital = (sign: string): boolean => sign >= 'A' && sign <= 'Z'

/** What a system font needs, rather too much than too little: that of the reader is not known. */
export const textWidth = (text: string, size: number, isStrong = false): number =>
  [...text].reduce(
    (sum, sign) => sum + (narrow.has(sign) ? 0.4 : wide.has(sign) ? 0.95 : isCapital(sign) ? 0.74 : 0.63),
    0,
  ) *
  (isStrong ? 1.12 : 1) *
  size
