// Loss against virtual time, one drawing for each cell: the family of bounded staleness above, the others below, each
// method at the better of its rates.

import { drawLineChart, type Line, type Panel } from '../drawing/line-chart.ts'
import { type Family, protagonist } from './methods.ts'
import type { Limits } from './setting.ts'
import { bestBy, type Cell, cellName, type Summary } from './tally.ts'
import { curvePoints } from './watch-run.ts'

export const pictureName = ({ law, split }: Pick<Cell, 'law' | 'split'>): string => `abs-${law}-${split}`

/** Losses above this are not drawn: the axis belongs to those that learn. */
const lossMax = 4

export function lossPicture(cell: Cell, { commonTime, lossTarget }: Limits): string {
  const panel = (title: string, family: Family): Panel => ({
    title,
    height: family === 'staleness' ? 250 : 190,
    x: { name: 'virtual time, units', kind: 'linear', isTight: true },
    y: { name: 'training loss, median over seeds', kind: 'log', including: [lossTarget] },
    lines: cell.contests.flatMap(({ method, summaries }): Line[] => {
      const { name, look } = method
      if (!look || (method.family !== family && name !== protagonist)) return []
      const best = bestBy(summaries, 'time')
      return [{ name: `${name}, η = ${best.rate}`, look, points: medianCurve(best, commonTime) }]
    }),
    limits: [
      {
        name: `target ${lossTarget}`,
        points: [
          [0, lossTarget],
          [commonTime, lossTarget],
        ],
      },
    ],
  })
  return drawLineChart({
    title: `Training loss against virtual time: ${cellName(cell)}`,
    description: `Median training loss over the seeds from 0 to ${commonTime} units, one line for each method at the better of two learning rates; above the family of bounded staleness, below the other families. Losses above ${lossMax} are left out.`,
    columns: 1,
    panels: [
      panel(`The family of bounded staleness: ${cellName(cell)}`, 'staleness'),
      panel(`Other families: ${cellName(cell)}`, 'other'),
    ],
  })
}

/** Null where a run had ended, or the loss is above the drawing. */
export function medianCurve({ rows }: Summary, commonTime: number): [number, number | null][] {
  return Array.from({ length: curvePoints + 1 }, (_, i) => {
    const losses = rows.map(({ curve }) => curve[i] ?? null)
    const known = losses.filter(loss => loss !== null).sort((one, other) => one - other)
    const middle = known.length === losses.length ? (known[(known.length - 1) >> 1] ?? null) : null
    return [(commonTime * i) / curvePoints, middle !== null && middle <= lossMax ? middle : null]
  })
}
