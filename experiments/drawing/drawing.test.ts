import { describe, expect, test } from 'vitest'
import { drawDotPlot } from './dot-plot.ts'
import { figureWidth } from './figure.ts'
import { spreadApart } from './labels.ts'
import { drawLineChart, type LineChart } from './line-chart.ts'
import { scaleOf, tickText } from './scale.ts'
import { textWidth } from './svg.ts'

const chart: LineChart = {
  title: 'Rounds & "limits" <in> one picture',
  description: 'Four lines, two of them near each other.',
  columns: 2,
  panels: ['one', 'two', 'three'].map(title => ({
    title,
    x: { name: 'tabs', kind: 'log' as const, ticks: [8, 16, 64, 256] },
    y: { name: 'round time / fluid bound', kind: 'log' as const, including: [0.9] },
    lines: [
      { name: 'the default', look: 'green' as const, points: datum(1.2, 1.3, 1.4, 1.5) },
      { name: 'near it', look: 'violet' as const, points: datum(1.21, 1.31, 1.41, 1.51) },
      { name: 'broken off', look: 'orange' as const, points: datum(3, null, 17, null) },
      { name: 'steps', look: 'grey' as const, points: datum(2, 4, 6, 8), isStep: true },
    ],
    limits: [
      { name: 'fluid', points: datum(1, 1, 1, 1), isFloor: true },
      { name: 'genie', points: datum(1.5, 1.5, 1.5, 1.5) },
    ],
    events: [{ x: 256, name: 'tabs begin to vanish' }],
  })),
}
const dots = {
  title: 'Digits',
  description: 'Errors of codes.',
  axis: { name: 'relative error', kind: 'log' as const },
  kinds: [
    { name: 'tree', look: 'green' as const },
    { name: 'a code with a rather long name', look: 'grey-ring' as const },
  ],
  rows: [
    { name: 'n = 8, s = 1', values: [5e-8, 2e-5] },
    { name: 'n = 64, s = 15', values: [null, 0.3] },
  ],
  limits: [{ at: 1e-4, name: 'the guard' }],
}

function datum(...values: (number | null)[]): [number, number | null][] {
  return values.map((value, i) => [[8, 16, 64, 256][i]!, value])
}

/** Every tag closed in its turn; throws where it is not so. */
function elementsOf(svg: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const open: string[] = []
  const found: { name: string; attributes: Record<string, string>; text: string }[] = []
  for (const [, close, name, body, alone, text] of svg.matchAll(/<(\/?)(\w+)([^<>]*?)(\/?)>([^<]*)/g)) {
    if (close) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
      continue
    }
    const attributes = Object.fromEntries(
      [...body!.matchAll(/([\w-]+)="([^"<]*)"/g)].map(([, key, value]) => [key, value]),
    )
    if (body!.replace(/\s+[\w-]+="[^"<]*"/g, '').trim() !== '') throw new Error(`<${name}${body}> is malformed`)
    found.push({ name: name!, attributes, text: text! })
    if (!alone) open.push(name!)
  }
  if (open.length > 0) throw new Error(`${open.join(', ')} left open`)
  return found
}

describe.each([
  ['lines', drawLineChart(chart), drawLineChart(chart)],
  ['dots', drawDotPlot(dots), drawDotPlot(dots)],
])('a drawing of %s', (_, svg, again) => {
  const elements = elementsOf(svg)

  test('is the same bytes again, has no number that is none, and says what it shows', () => {
    expect(again).toBe(svg)
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    expect(svg).toMatch(/<title id="title">.+<\/title>\s*<desc id="description">.+<\/desc>/)
    expect(svg).toContain('prefers-color-scheme:dark')
  })

  test('stays within its sheet, letters included', () => {
    const [, , width, height] = elements[0]!.attributes.viewBox!.split(' ').map(Number)
    expect(width).toBe(figureWidth)
    const isWithin = (x: number, y: number) => {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x).toBeLessThanOrEqual(width!)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y).toBeLessThanOrEqual(height!)
    }
    for (const { name, attributes, text } of elements.slice(1)) {
      const number = (key: string) => Number(attributes[key])
      if (name === 'circle') isWithin(number('cx'), number('cy'))
      if (name === 'line') {
        isWithin(number('x1'), number('y1'))
        isWithin(number('x2'), number('y2'))
      }
      for (const [, x, y] of (attributes.d ?? '').matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)) isWithin(Number(x), Number(y))
      if (name !== 'text') continue
      const size = attributes.class?.includes('head') ? 12.5 : 11
      const length = textWidth(text, size, /head|strong/.test(attributes.class ?? ''))
      const anchor = { middle: 0.5, end: 1 }[attributes['text-anchor'] ?? ''] ?? 0
      isWithin(number('x') - anchor * length, number('y') - size)
      isWithin(number('x') + (1 - anchor) * length, number('y'))
    }
  })
})

describe('an axis', () => {
  test.each([
    ['linear', [0.3, 7.2]],
    ['linear', [0, 0]],
    ['linear', [1234, 98_765]],
    ['log', [1, 18]],
    ['log', [5e-8, 0.077]],
    ['log', [3]],
  ] as const)('%s of %j covers the data with ticks in order', (kind, values) => {
    const scale = scaleOf(values, { kind })
    for (const value of values) {
      expect(scale.place(value)).toBeGreaterThanOrEqual(0)
      expect(scale.place(value)).toBeLessThanOrEqual(1)
    }
    const places = scale.ticks.map(({ value }) => scale.place(value))
    expect(places).toEqual([...places].sort((one, other) => one - other))
    expect(places.length).toBeGreaterThan(1)
    expect(places.length).toBeLessThan(10)
    expect(new Set(scale.ticks.map(({ text }) => text)).size).toBe(places.length)
  })

  test('of powers gives equal factors equal lengths', () => {
    const { place } = scaleOf([1, 1000], { kind: 'log' })
    expect(place(10) - place(1)).toBeCloseTo(place(1000) - place(100), 12)
  })

  test('writes numbers as people do', () => {
    expect([0, 0.5, 20_000, 1e-7, 5e-4, -3].map(tickText)).toEqual(['0', '0.5', '20000', '10⁻⁷', '5 · 10⁻⁴', '−3'])
  })
})

describe('names beside lines', () => {
  test('stay where they want to be when there is room', () => {
    expect(spreadApart([50, 10], 12, 0, 100)).toEqual([50, 10])
  })

  test('are pushed apart, in order, within the bounds', () => {
    const places = spreadApart([95, 96, 97, 20, 21, 22.5], 12, 0, 100)
    const sorted = [...places].sort((one, other) => one - other)
    expect([3, 4, 5, 0, 1, 2].map(i => places[i])).toEqual(sorted)
    expect(sorted.at(-1)).toBeLessThanOrEqual(100)
    expect(Math.min(...sorted.slice(1).map((place, i) => place - sorted[i]!))).toBeGreaterThanOrEqual(12 - 1e-9)
  })

  test('stand closer where they do not fit', () => {
    expect(spreadApart([5, 5, 5, 5, 5], 12, 0, 20)).toEqual([0, 5, 10, 15, 20])
  })
})
