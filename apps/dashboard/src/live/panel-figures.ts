// The figures that a strategy describes itself: which rounds tell them, and how they are written.

import { formatCount, formatDecimal, formatPercent, none } from '@muster/appearance'
import type { PanelFigure, RoundRecord } from '@muster/protocol'

export type FigureUnit = PanelFigure['unit']

/** From the first round on that tells any of them: before, another strategy was in force. */
export function roundsThatTell(rounds: readonly RoundRecord[], keys: readonly string[]): readonly RoundRecord[] {
  const first = rounds.findIndex(({ figures }) => keys.some(key => figures[key] !== undefined))
  return first === -1 ? [] : rounds.slice(first)
}

const compact = new Intl.NumberFormat('en', { notation: 'compact' })

/** Beside an axis, where there is room for four characters. */
export const formatCountMark = (count: number): string => compact.format(count)

export function formatFigure(value: number | null, unit: FigureUnit): string {
  if (value === null || !Number.isFinite(value)) return none
  switch (unit) {
    case 'count':
      return formatCount(Math.round(value))
    case 'share':
      return formatPercent(value)
    case 'number':
      return formatDecimal(value)
  }
}
