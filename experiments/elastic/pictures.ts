// The paper's figures drawn anew: overlap against the end, and loss and accuracy round by round. Of the seeds the middle
// one is drawn: what leaps away on one of them would bend the mean of all; the tables and the text tell of it.

import { mean } from '../comparison/markdown.ts'
import { type Datum, drawLineChart, type Line, type Panel } from '../drawing/line-chart.ts'
import type { Look } from '../drawing/looks.ts'
import { endAccuracy, endLoss } from './outcome.ts'
import { drawnSettings, type Grid } from './run-plans.ts'
import { failures, optimisers, splits, weightings } from './setting.ts'
import { type Cell, type Cells, cellKey, geometricMean, middle } from './tally.ts'
import { planOf, variants } from './variants.ts'
import { optimiserNames, settingName } from './words.ts'

export interface Picture {
  readonly name: string
  readonly title: string
  readonly svg: string
}

/** Curves show the error, 100 % less the accuracy, on a scale of powers: differences near the end are small. */
type Measure = 'loss' | 'accuracy' | 'error'

const axisNames: Readonly<Record<Measure, string>> = {
  loss: 'training loss',
  accuracy: 'test accuracy, %',
  error: 'test error, %',
}
const titles: Readonly<Record<Measure, string>> = {
  loss: 'Training loss',
  accuracy: 'Test accuracy',
  error: 'Test error',
}

const axisOf = (measure: Measure, words: string) => ({
  name: `${axisNames[measure]}${words}`,
  kind: measure === 'accuracy' ? ('linear' as const) : ('log' as const),
})

const looksOf: Readonly<Record<string, Look>> = {
  'adahessian dynamic': 'green',
  'adahessian fixed': 'violet',
  'sgd dynamic': 'orange',
  'sgd fixed': 'blue',
}

/** One panel for each kind of failure and split; means over workers and steps. */
export function overlapPicture(cells: Cells, grid: Grid, measure: 'loss' | 'accuracy'): Picture {
  const title = `${titles[measure]} at the end against overlap`
  const panels = failures.flatMap(failure =>
    splits.map(
      (split): Panel => ({
        title: settingName({ failure, split }),
        height: 170,
        x: { name: 'overlap, % of the data', kind: 'linear', ticks: grid.overlaps.map(overlap => 100 * overlap) },
        y: axisOf(measure, ', median over seeds, mean over k and τ'),
        lines: optimisers.flatMap(optimiser =>
          weightings.map(
            (weights): Line => ({
              name: `${optimiserNames[optimiser]}, ${weights}`,
              look: looksOf[`${optimiser} ${weights}`]!,
              points: grid.overlaps.map((overlap): Datum => {
                const found = crossed(grid).flatMap(({ workers, steps }) => {
                  const cell = cells.get(cellKey({ workers, steps, overlap, failure, split, optimiser, weights }))
                  return cell ? [cell] : []
                })
                return [100 * overlap, found.length === 0 ? null : ofAll(found, measure)]
              }),
            }),
          ),
        ),
      }),
    ),
  )
  const description = `${titles[measure]} at the end of a run against the share of the data that every worker holds: a panel for each kind of failure and split of the data, a line for each local optimiser with fixed and with dynamic weights.`
  const name = `elastic-overlap-${measure}`
  return { name, title, svg: drawLineChart({ title, description, columns: 2, panels }) }
}

const crossed = ({ fleets, stepCounts }: Grid) =>
  stepCounts.flatMap(steps => fleets.map(workers => ({ workers, steps })))

/** Of losses the geometric mean: they are drawn, and compared, by their ratios. */
function ofAll(cells: readonly Cell[], measure: Measure): number | null {
  const value =
    measure === 'loss'
      ? geometricMean(cells.map(({ rows }) => middle(rows.map(endLoss))))
      : 100 * mean(cells.map(({ rows }) => middle(rows.map(endAccuracy))))
  return Number.isFinite(value) ? value : null
}

type Setting = (typeof drawnSettings)[number]

/** Rows of τ, columns of k. */
export function curvePicture(cells: Cells, grid: Grid, setting: Setting, measure: 'loss' | 'error'): Picture {
  const title = `${titles[measure]} against rounds of communication: ${settingName(setting)}`
  const panels = crossed(grid).map(
    ({ workers, steps }): Panel => ({
      title: `k = ${workers}, τ = ${steps}`,
      height: 150,
      x: { name: 'rounds of communication', kind: 'linear', isTight: true },
      y: axisOf(measure, ', median over seeds'),
      lines: variants.map(variant => ({
        name: variant.name,
        look: variant.look,
        points: curveOf(cells.get(cellKey(planOf(variant, { ...setting, workers, steps }))), measure),
      })),
    }),
  )
  const description = `${titles[measure]} of the model from the start to the end of a run, a panel for each number of workers k and of local steps τ, a line for each published variant.`
  const name = `elastic-${setting.failure}-${setting.split}-${measure}`
  return { name, title, svg: drawLineChart({ title, description, columns: grid.fleets.length, panels }) }
}

function curveOf(cell: Cell | undefined, measure: Measure): Datum[] {
  if (cell === undefined) return []
  return cell.rows[0]!.curve.map(({ round }, i): Datum => {
    const points = cell.rows.map(({ curve }) => curve[i])
    const value = middle(
      points.map(
        point => (measure === 'loss' ? point?.loss : point && 100 * (1 - point.accuracy)) ?? Number.POSITIVE_INFINITY,
      ),
    )
    return [round, Number.isFinite(value) ? value : null]
  })
}

export const picturesOf = (cells: Cells, grid: Grid): Picture[] => [
  overlapPicture(cells, grid, 'loss'),
  overlapPicture(cells, grid, 'accuracy'),
  ...drawnSettings.flatMap(setting => [
    curvePicture(cells, grid, setting, 'loss'),
    curvePicture(cells, grid, setting, 'error'),
  ]),
]
