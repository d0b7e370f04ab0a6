// Lines over an axis, one panel or many: names at the ends of lines, limits dashed and quiet, what is below a limit
// that nobody can beat shaded.

import { type FigureWords, figureOf, figureWidth } from './figure.ts'
import { spreadApart } from './labels.ts'
import { type Look, lookOf, markOf } from './looks.ts'
import { type Scale, type ScaleWishes, scaleOf } from './scale.ts'
import { element, type Point, pathOf, textAt, textWidth } from './svg.ts'

/** x and y; null: nothing is known there, and the line is broken. */
export type Datum = readonly [number, number | null]

export interface Line {
  readonly name: string
  readonly look: Look
  readonly points: readonly Datum[]
  /** Holds until the next point. */
  readonly isStep?: boolean
}

export interface Limit {
  readonly name: string
  readonly points: readonly Datum[]
  /** What is below it is out of reach, and shaded. */
  readonly isFloor?: boolean
}

export interface Axis extends ScaleWishes {
  readonly name: string
}

export interface Panel {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly lines: readonly Line[]
  readonly limits?: readonly Limit[]
  /** Upright lines with a word above, if any. */
  readonly events?: readonly { readonly x: number; readonly name: string }[]
  /** Of the plot itself; 190 unless told. */
  readonly height?: number
}

export interface LineChart extends FigureWords {
  readonly columns: number
  readonly panels: readonly Panel[]
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const gutter = 22
const above = 36
const below = 40
const labelGap = 12.5
/** More points than this are a line without marks. */
const marksMax = 16

export function drawLineChart(chart: LineChart): string {
  const { columns, panels } = chart
  const width = (figureWidth - (columns - 1) * gutter) / columns
  const measured = panels.map(measurePanel)
  const margins = marginsOf(measured)
  const parts: string[] = []
  let top = 4
  for (let first = 0; first < panels.length; first += columns) {
    const row = measured.slice(first, first + columns)
    const height = Math.max(...row.map(({ panel }) => panel.height ?? 190))
    row.forEach((panel, i) => {
      parts.push(drawPanel(panel, margins, i * (width + gutter), top, width, height))
    })
    top += above + height + below
  }
  return figureOf(chart, top, parts)
}

interface Measured {
  readonly panel: Panel
  readonly xScale: Scale
  readonly yScale: Scale
}

function measurePanel(panel: Panel): Measured {
  const all = [...panel.lines, ...(panel.limits ?? [])].flatMap(({ points }) => points)
  const xs = all.map(([x]) => x)
  const ys = all.flatMap(([, y]) => (y === null ? [] : [y]))
  return { panel, xScale: scaleOf(xs, panel.x), yScale: scaleOf(ys, panel.y) }
}

/** The same for all panels of a chart, so that one axis stands above the other. */
interface Margins {
  readonly left: number
  readonly right: number
}

function marginsOf(measured: readonly Measured[]): Margins {
  const ticks = measured.flatMap(({ yScale }) => yScale.ticks.map(({ text }) => textWidth(text, 11)))
  const names = measured.flatMap(({ panel }) => [
    ...panel.lines.map(({ name, look }) => textWidth(name, 11, !isQuiet(look))),
    ...(panel.limits ?? []).map(({ name }) => textWidth(name, 11)),
  ])
  return { left: Math.max(...ticks) + 7, right: Math.max(8, ...names.map(name => name + 16)) }
}

function drawPanel(
  { panel, xScale, yScale }: Measured,
  margins: Margins,
  left: number,
  top: number,
  width: number,
  height: number,
): string {
  const limits = panel.limits ?? []
  const box: Box = {
    left: left + margins.left,
    right: left + width - margins.right,
    top: top + above,
    bottom: top + above + height,
  }
  const toPoint = placer(xScale, yScale, box)
  return element(
    'g',
    {},
    textAt(left, top + 12, panel.title, { class: 'head' }),
    textAt(left, top + 27, panel.y.name, { class: 'soft small' }),
    ...limits.filter(({ isFloor }) => isFloor).map(limit => shadeBelow(limit, toPoint, box)),
    ...drawAxes(panel, xScale, yScale, box),
    ...(panel.events ?? []).map(event => drawEvent(event, toPoint, box)),
    ...limits.map(({ points }) => drawPieces(piecesOf(points, toPoint, false), { class: 'limit' })),
    // The first line is drawn last, above the others.
    ...[...panel.lines].reverse().map(line => drawLine(line, toPoint)),
    ...drawNames(panel, limits, toPoint, box),
  )
}

/** Those who are there to be compared with. */
const isQuiet = (look: Look): boolean => look.startsWith('grey')

type Placer = (x: number, y: number) => Point

const placer =
  (xScale: Scale, yScale: Scale, box: Box): Placer =>
  (x, y) => ({
    x: box.left + xScale.place(x) * (box.right - box.left),
    y: box.bottom - yScale.place(y) * (box.bottom - box.top),
  })

function drawAxes(panel: Panel, xScale: Scale, yScale: Scale, box: Box): string[] {
  const at = placer(xScale, yScale, box)
  const rows = yScale.ticks.flatMap(({ value, text }) => {
    const { y } = at(xScale.from, value)
    return [
      element('line', { class: 'grid', x1: box.left, x2: box.right, y1: y, y2: y }),
      textAt(box.left - 6, y + 3.8, text, { class: 'soft', 'text-anchor': 'end' }),
    ]
  })
  const columns = xScale.ticks.flatMap(({ value, text }) => {
    const { x } = at(value, yScale.from)
    return [
      element('line', { class: 'axis', x1: x, x2: x, y1: box.bottom, y2: box.bottom + 4 }),
      textAt(x, box.bottom + 16, text, { class: 'soft', 'text-anchor': 'middle' }),
    ]
  })
  return [
    ...rows,
    element('line', { class: 'axis', x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }),
    ...columns,
    textAt(box.right, box.bottom + 29, panel.x.name, { class: 'soft small', 'text-anchor': 'end' }),
  ]
}

function drawEvent({ x, name }: { x: number; name: string }, at: Placer, box: Box): string {
  const place = at(x, 1).x
  const isLate = place + textWidth(name, 10.5) + 6 > box.right
  return element(
    'g',
    {},
    element('line', { class: 'leader', x1: place, x2: place, y1: box.top, y2: box.bottom }),
    name === ''
      ? ''
      : textAt(place + (isLate ? 3 : -3), box.top - 6, name, {
          class: 'soft small',
          'text-anchor': isLate ? 'end' : 'start',
        }),
  )
}

/** The unbroken stretches of a line. */
function piecesOf(points: readonly Datum[], at: Placer, isStep: boolean): Point[][] {
  const pieces: Point[][] = [[]]
  for (const [x, y] of points) {
    const piece = pieces.at(-1)!
    if (y === null) {
      if (piece.length > 0) pieces.push([])
      continue
    }
    const point = at(x, y)
    const last = piece.at(-1)
    if (isStep && last) piece.push({ x: point.x, y: last.y })
    piece.push(point)
  }
  return pieces.filter(piece => piece.length > 0)
}

const drawPieces = (pieces: readonly (readonly Point[])[], attributes: Readonly<Record<string, string>>): string =>
  element('path', { ...attributes, d: pieces.map(pathOf).join('') })

function drawLine({ points, look, isStep = false }: Line, at: Placer): string {
  const { dash, width } = lookOf(look)
  const drawn = drawPieces(piecesOf(points, at, isStep), {
    class: `l-${look}`,
    'stroke-width': `${width}`,
    'stroke-linejoin': 'round',
    ...(dash === undefined ? {} : { 'stroke-dasharray': dash }),
  })
  const marks = points.length > marksMax ? [] : points.flatMap(([x, y]) => (y === null ? [] : [markOf(look, at(x, y))]))
  return drawn + marks.join('')
}

function shadeBelow({ points }: Limit, at: Placer, box: Box): string {
  return piecesOf(points, at, false)
    .map(piece => {
      const edge = [
        { x: piece.at(-1)!.x, y: box.bottom },
        { x: piece[0]!.x, y: box.bottom },
      ]
      return element('path', { class: 'wash', d: `${pathOf([...piece, ...edge])}Z` })
    })
    .join('')
}

function drawNames(panel: Panel, limits: readonly Limit[], at: Placer, box: Box): string[] {
  const lastOf = (points: readonly Datum[]) => points.findLast(([, y]) => y !== null)
  const ends = [
    ...panel.lines.map(({ name, points, look }) => ({ name, last: lastOf(points), look })),
    ...limits.map(({ name, points }) => ({ name, last: lastOf(points), look: null })),
  ].flatMap(({ name, last, look }) => (last ? [{ name, look, end: at(last[0], last[1]!) }] : []))
  const places = spreadApart(
    ends.map(({ end }) => end.y),
    labelGap,
    box.top - 4,
    box.bottom,
  )
  return ends.map(({ name, look, end }, i) => {
    const y = places[i]!
    const x = box.right + 14
    const isNear = Math.abs(end.y - y) < 2 && box.right - end.x < 3
    const leader = element('path', {
      class: 'leader',
      d: pathOf([
        { x: Math.min(end.x + 4, box.right + 3), y: end.y },
        { x: box.right + 3, y: end.y },
        { x: x - 3, y },
      ]),
    })
    const colour = look === null ? 'soft limit-name' : isQuiet(look) ? 'soft' : `d-${look} strong`
    return (isNear ? '' : leader) + textAt(x, y + 3.8, name, { class: colour })
  })
}
