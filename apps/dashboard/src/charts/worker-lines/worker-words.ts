// A plot of workers in a sentence, for those who do not see its lines.

import { formatCount, shortId } from '@muster/appearance'
import type { PanelFigure } from '@muster/protocol'
import { formatFigure } from '../../live/panel-figures.ts'
import { pointsOf } from './figure-lines.ts'
import type { Line } from './line-colours.ts'

/** As many as have a colour: nobody listens to more. */
const saidMax = 8

export function summariseLines(figure: PanelFigure, lines: readonly Line[]): string {
  const told = lines.flatMap(line => lineWords(figure, line))
  if (told.length === 0) return `${figure.title}: no rounds yet.`
  const more = told.length > saidMax ? ` And ${formatCount(told.length - saidMax)} more.` : ''
  return `${figure.title} of each worker. ${told.slice(0, saidMax).join(' ')}${more}`
}

function lineWords(figure: PanelFigure, { track, isGone }: Line): string[] {
  const points = pointsOf(track, figure)
  const last = points.at(-1)
  if (last === undefined) return []
  const words = (value: number): string => formatFigure(value, figure.unit)
  const least = points.reduce((low, { value }) => Math.min(low, value), last.value)
  const most = points.reduce((high, { value }) => Math.max(high, value), last.value)
  const name = `${shortId(track.worker)}${isGone ? ', which has left' : ''}`
  return [
    `${name}: last ${words(last.value)} in round ${formatCount(last.round)}, between ${words(least)} and ${words(most)}.`,
  ]
}
