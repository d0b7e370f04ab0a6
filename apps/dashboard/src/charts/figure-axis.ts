// The vertical axis of a panel's figure, by its unit and scale.

import { formatMs } from '@muster/appearance'
import type { PanelFigure } from '@muster/protocol'
import { type FigureUnit, formatCountMark } from '../live/panel-figures.ts'
import { formatLogMark, logMarks, logRange } from './log-axis.ts'
import type { PlotContent } from './plot-canvas.tsx'

type Axis = Pick<PlotContent, 'range' | 'isWhole' | 'formatTick' | 'isLogarithmic' | 'ticks' | 'hasZeroLine'>

/** What is drawn at 100 % is seen whole. */
const shareTop = 1.06

const axisOfUnit: Record<FigureUnit, Axis> = {
  count: {
    isWhole: true,
    formatTick: formatCountMark,
    range: (_plot, min, max) => [Math.min(0, min ?? 0), Math.max(2, (max ?? 0) * 1.15)],
  },
  share: {
    formatTick: value => `${Number((value * 100).toFixed(1))}%`,
    range: (_plot, min, max) => [Math.min(0, min ?? 0), Math.max(0.05, Math.min((max ?? 1) * 1.15, shareTop))],
  },
  number: { hasZeroLine: true },
  ms: {
    formatTick: value => formatMs(value),
    range: (_plot, _min, max) => [0, Math.max(1, (max ?? 0) * 1.15)],
  },
}

const logAxis: Axis = {
  isLogarithmic: true,
  range: (_plot, min, max) => logRange(min, max),
  ticks: logMarks,
  formatTick: formatLogMark,
}

export const figureAxis = ({ unit, scale }: Pick<PanelFigure, 'unit' | 'scale'>): Axis =>
  scale === 'log' ? logAxis : axisOfUnit[unit]
