// Dots in rows over one axis: many kinds of thing compared in many cases.

import { type FigureWords, figureOf, figureWidth } from './figure.ts'
import { type Look, markOf } from './looks.ts'
import { type ScaleWishes, scaleOf } from './scale.ts'
import { element, textAt, textWidth } from './svg.ts'

export interface DotKind {
  readonly name: string
  readonly look: Look
}

export interface DotRow {
  readonly name: string
  /** One for each kind; null: nothing is known. */
  readonly values: readonly (number | null)[]
}

export interface DotPlot extends FigureWords {
  readonly axis: ScaleWishes & { readonly name: string }
  readonly kinds: readonly DotKind[]
  readonly rows: readonly DotRow[]
  /** Upright dashed lines: limits with their names. */
  readonly limits?: readonly { readonly at: number; readonly name: string }[]
}

const rowHeight = 24
/** Kinds stand a little above one another, so that equal dots are all seen. */
const stagger = 2

export function drawDotPlot(plot: DotPlot): string {
  const { axis, kinds, rows, limits = [] } = plot
  const values = [...rows.flatMap(row => row.values), ...limits.map(({ at }) => at)].filter(value => value !== null)
  const scale = scaleOf(values, axis)
  const left = Math.max(...rows.map(({ name }) => textWidth(name, 11))) + 16
  const right = figureWidth - 24
  const key = drawKey(kinds)
  const top = key.height + (limits.length > 0 ? 22 : 10)
  const bottom = top + rows.length * rowHeight
  const xOf = (value: number) => left + scale.place(value) * (right - left)
  const parts = [
    key.drawn,
    ...rows.map(({ name }, i) => textAt(left - 10, top + (i + 0.5) * rowHeight + 3.8, name, { 'text-anchor': 'end' })),
    ...rows.map((_, i) => {
      const y = top + (i + 0.5) * rowHeight
      return element('line', { class: 'grid', x1: left, x2: right, y1: y, y2: y })
    }),
    ...scale.ticks.flatMap(({ value, text }) => [
      element('line', { class: 'axis', x1: xOf(value), x2: xOf(value), y1: bottom, y2: bottom + 4 }),
      textAt(xOf(value), bottom + 17, text, { class: 'soft', 'text-anchor': 'middle' }),
    ]),
    element('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }),
    textAt(right, bottom + 33, axis.name, { class: 'soft small', 'text-anchor': 'end' }),
    ...limits.flatMap(({ at, name }) => [
      element('line', { class: 'limit', x1: xOf(at), x2: xOf(at), y1: top - 4, y2: bottom }),
      textAt(Math.min(xOf(at), right - textWidth(name, 10.5) / 2), top - 8, name, {
        class: 'soft small limit-name',
        'text-anchor': 'middle',
      }),
    ]),
    ...rows.flatMap((row, i) =>
      kinds.flatMap(({ look }, kind) => {
        const value = row.values[kind]
        const y = top + (i + 0.5) * rowHeight + (kind - (kinds.length - 1) / 2) * stagger
        return value === null || value === undefined ? [] : [markOf(look, { x: xOf(value), y })]
      }),
    ),
  ]
  return figureOf(plot, bottom + 40, parts)
}

/** Marks and their names in lines: in a plot of dots no place is a name's own. */
function drawKey(kinds: readonly DotKind[]): { readonly drawn: string; readonly height: number } {
  let x = 6
  let y = 14
  const parts: string[] = []
  for (const { name, look } of kinds) {
    const width = textWidth(name, 11) + 30
    if (x + width > figureWidth) {
      x = 6
      y += 18
    }
    parts.push(markOf(look, { x: x + 4, y: y - 4 }), textAt(x + 13, y, name))
    x += width
  }
  return { drawn: parts.join(''), height: y + 6 }
}
