// The figures that a strategy describes itself: which rounds tell them, and how they are written.

import { formatCount, formatDecimal, formatMs, formatPercent, none } from '@muster/appearance'
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
    case 'ms':
      return formatMs(value)
    case 'count':
      return formatCount(Math.round(value))
    case 'share':
      return formatPercent(value)
    case 'number':
      return formatNumber(value)
  }
}

/** Two decimals, or two digits where these would say nothing; thousands are told whole. */
function formatNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 1000) return size < 1e9 ? formatCount(Math.round(value)) : value.toExponential(1)
  if (size === 0 || size >= 0.1) return formatDecimal(value)
  return size < 1e-4 ? value.toExponential(1) : formatDecimal(value, 3)
}
