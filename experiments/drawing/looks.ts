// How lines, dots and letters look, on light and on dark ground. Five colours that stay apart for colour-blind eyes,
// each with a dash and a marker of its own; grey for those who are there to be compared with.

import { element, type Point, tenths } from './svg.ts'

interface Appearance {
  readonly light: string
  readonly dark: string
  /** Undefined: unbroken. */
  readonly dash?: string
  readonly marker: Marker
  readonly width: number
}

type Marker = 'disc' | 'square' | 'triangle' | 'diamond' | 'ring' | 'cross' | 'none'

const grey = { light: '#6b7178', dark: '#949ca5', width: 1.1 } as const

export const looks = {
  green: { light: '#0d6a5f', dark: '#63cdb9', marker: 'disc', width: 2.6 },
  violet: { light: '#5b4bb3', dark: '#b3a6f5', marker: 'square', dash: '7 3', width: 1.9 },
  orange: { light: '#b45f06', dark: '#f0a04b', marker: 'triangle', dash: '3 2.5', width: 1.9 },
  blue: { light: '#0b6bcb', dark: '#6cb6ff', marker: 'diamond', width: 1.9 },
  red: { light: '#b0246e', dark: '#ff8fc0', marker: 'ring', dash: '9 3 2 3', width: 1.9 },
  grey: { ...grey, marker: 'none' },
  'grey-cross': { ...grey, marker: 'cross' },
  'grey-dashed': { ...grey, marker: 'none', dash: '6 3' },
  'grey-dotted': { ...grey, marker: 'none', dash: '1.5 2.5' },
  'grey-mixed': { ...grey, marker: 'none', dash: '6 2.5 1.5 2.5' },
  'grey-ring': { ...grey, marker: 'ring' },
} as const satisfies Record<string, Appearance>

export type Look = keyof typeof looks

export const lookOf = (look: Look): Appearance => looks[look]

const ground = {
  light: { ink: '#1b1f23', soft: '#575d65', line: '#dedbd2', wash: '#8b8a83', halo: '#ffffff' },
  dark: { ink: '#ece9e3', soft: '#a5abb3', line: '#343a41', wash: '#767c84', halo: '#0d1117' },
}

function rules(mode: 'light' | 'dark'): string {
  const { ink, soft, line, wash, halo } = ground[mode]
  const colours = Object.entries(looks).map(
    ([name, look]) =>
      `.l-${name}{stroke:${look[mode]}}.d-${name}{fill:${look[mode]}}.o-${name}{stroke:${look[mode]};fill:${halo}}`,
  )
  return [
    `text{fill:${ink}}.soft{fill:${soft}}`,
    `.grid{stroke:${line}}.axis{stroke:${wash}}.limit{stroke:${soft}}.leader{stroke:${wash}}.wash{fill:${wash}}`,
    ...colours,
  ].join('')
}

export const styleSheet: string = [
  'text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}',
  '.head{font-weight:620;font-size:12.5px}.small{font-size:10.5px}.strong{font-weight:620}.limit-name{font-style:italic}',
  'path,line{fill:none}.grid,.axis,.leader{stroke-width:1}.leader{stroke-dasharray:1 2}',
  '.limit{stroke-width:1.2;stroke-dasharray:5 4}.wash{opacity:.13}',
  rules('light'),
  `@media (prefers-color-scheme:dark){${rules('dark')}}`,
].join('')

/** The mark of a look at a place; empty where it has none. */
export function markOf(look: Look, { x, y }: Point): string {
  const { marker } = lookOf(look)
  const filled = { class: `d-${look}` }
  const shape = (...corners: readonly (readonly [number, number])[]) =>
    element('path', {
      ...filled,
      d: `${corners.map(([dx, dy], i) => `${i === 0 ? 'M' : 'L'}${tenths(x + dx)} ${tenths(y + dy)}`).join('')}Z`,
      style: 'fill-opacity:1',
    })
  switch (marker) {
    case 'disc':
      return element('circle', { ...filled, cx: x, cy: y, r: 3.2 })
    case 'ring':
      return element('circle', { class: `o-${look}`, cx: x, cy: y, r: 2.8, 'stroke-width': '1.5' })
    case 'square':
      return element('rect', { ...filled, x: x - 2.8, y: y - 2.8, width: 5.6, height: 5.6 })
    case 'triangle':
      return shape([0, -3.8], [3.5, 2.6], [-3.5, 2.6])
    case 'diamond':
      return shape([0, -4.2], [4, 0], [0, 4.2], [-4, 0])
    case 'cross':
      return element('path', {
        class: `l-${look}`,
        d: `M${tenths(x - 2.6)} ${tenths(y - 2.6)}l5.2 5.2m0 -5.2l-5.2 5.2`,
        'stroke-width': '1.2',
      })
    case 'none':
      return ''
  }
}
