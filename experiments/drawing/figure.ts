// The sheet a drawing is made on: size, words for those who do not see it, style.

import { styleSheet } from './looks.ts'
import { element, escapeText } from './svg.ts'

export const figureWidth = 720

export interface FigureWords {
  readonly title: string
  /** What the drawing shows, for those who do not see it. */
  readonly description: string
}

export const figureOf = ({ title, description }: FigureWords, height: number, parts: readonly string[]): string =>
  `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${figureWidth} ${Math.ceil(height)}`,
      width: figureWidth,
      height: Math.ceil(height),
      role: 'img',
      'aria-labelledby': 'title description',
    },
    `\n<title id="title">${escapeText(title)}</title>`,
    `\n<desc id="description">${escapeText(description)}</desc>`,
    `\n<style>${styleSheet}</style>`,
    ...parts.map(part => `\n${part}`),
    '\n',
  )}\n`
