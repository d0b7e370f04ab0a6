// A look at the first training samples, as an operator would recognise them.

import { type Image, resize } from '@muster/datasets'
import type { Column, Dataset, Rows } from '@muster/workloads'
import { columnsOfText, figure } from './columns-of-text.ts'

const rowsShown = 5
const columnsShown = 8
const charactersShown = 200
const imagesShown = 3
const widthShown = 28

export function preview({ train, inputShape, classNames, columns }: Dataset): string[] {
  if (train.kind === 'text') {
    const beginning = Array.from(train.tokens.subarray(0, charactersShown), token => classNames[token]!).join('')
    return beginning.split('\n').map(line => `  ${printable(line)}`)
  }
  if (columns) return tableRows(train, columns, classNames)
  return pictures(train, inputShape, classNames)
}

/** Characters that would steer a terminal are shown as a dot. */
export const printable = (text: string): string => text.replace(/\p{C}/gu, '·')

function tableRows(train: Rows, columns: readonly Column[], classNames: readonly string[]): string[] {
  const shown = columns.slice(0, columnsShown)
  const rest = columns.length > shown.length ? ['...'] : []
  const header = [...shown.map(({ name }) => printable(name)), ...rest, 'class']
  const rows = Array.from({ length: Math.min(train.count, rowsShown) }, (_, row) => {
    let at = row * train.inputSize
    const cells = shown.map(column => {
      const cell = originalCell(column, train.inputs, at)
      at += 'values' in column ? column.values.length : 1
      return cell
    })
    return [...cells, ...rest, printable(classNames[train.labels[row]!]!)]
  })
  return columnsOfText([header, ...rows])
}

/** What stood in the table, from what a model is fed. */
function originalCell(column: Column, inputs: ArrayLike<number>, at: number): string {
  if ('values' in column) return printable(column.values.find((_, place) => inputs[at + place] === 1) ?? '(none)')
  const { mean, deviation } = column
  const value = inputs[at]! * deviation + mean
  // A 32-bit float does not bring a nought back as one.
  return figure(Math.abs(value) < 1e-6 * deviation ? 0 : value)
}

function pictures(train: Rows, inputShape: readonly number[], classNames: readonly string[]): string[] {
  const [height, width, channels = 1] = inputShape
  if (!height || !width || inputShape.length > 3) return []
  const drawn = Array.from({ length: Math.min(train.count, imagesShown) }, (_, i) => {
    const pixels = train.inputs.subarray(i * train.inputSize, (i + 1) * train.inputSize) as Uint8Array
    const lines = drawImage({ width, height, channels, pixels })
    return [[...printable(classNames[train.labels[i]!]!)].slice(0, lines[0]!.length).join(''), ...lines]
  })
  return columnsOfText(drawn[0]!.map((_, line) => drawn.map(lines => lines[line]!)))
}

const shades = [...' ░▒▓█']

/** A character is about twice as high as wide. */
function drawImage(image: Image): string[] {
  const columns = Math.min(image.width, widthShown)
  const lines = Math.min(Math.max(Math.round((columns * image.height) / image.width / 2), 1), widthShown)
  const { pixels, channels } = resize(image, columns, lines)
  const bright = Array.from({ length: columns * lines }, (_, i) =>
    pixels.subarray(i * channels, (i + 1) * channels).reduce((sum, value) => sum + value, 0),
  )
  const least = Math.min(...bright)
  const range = Math.max(Math.max(...bright) - least, 1)
  const shade = (value: number) => shades[Math.round(((value - least) / range) * (shades.length - 1))]!
  return Array.from({ length: lines }, (_, line) =>
    bright
      .slice(line * columns, (line + 1) * columns)
      .map(shade)
      .join(''),
  )
}
