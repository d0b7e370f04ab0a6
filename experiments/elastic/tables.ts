// The grid in figures: a table for each number of workers and of local steps.

import { fixed, paragraphs, table } from '../comparison/markdown.ts'
import type { Grid } from './run-plans.ts'
import { failures, optimisers, splits, weightings } from './setting.ts'
import { type Cell, type Cells, cellKey } from './tally.ts'
import { failureNames, optimiserNames, overlapName, splitNames } from './words.ts'

export function gridTable(cells: Cells, { overlaps }: Grid, workers: number, steps: number): string {
  const kinds = optimisers.flatMap(optimiser => weightings.map(weights => ({ optimiser, weights })))
  return table(
    [
      'failures, data, overlap',
      ...kinds.flatMap(({ optimiser, weights }) => [`${optimiserNames[optimiser]}, ${weights}: loss`, 'accuracy, %']),
    ],
    failures.flatMap(failure =>
      splits.flatMap(split =>
        overlaps.map(overlap => {
          const found = kinds.map(kind => cells.get(cellKey({ ...kind, workers, steps, overlap, failure, split })))
          return [
            `${failureNames[failure]}, ${splitNames[split]}, ${overlapName(overlap)}`,
            ...found.flatMap(cell => (cell ? [lossText(cell), accuracyText(cell)] : ['–', '–'])),
          ]
        }),
      ),
    ),
  )
}

const spread = (deviation: number | undefined, digits: number): string =>
  deviation === undefined ? '' : ` ± ${fixed(deviation, digits)}`

const lossText = ({ loss, lossDeviation }: Cell): string =>
  Number.isFinite(loss) ? `${fixed(loss, 3)}${spread(lossDeviation, 3)}` : '*no number*'

const accuracyText = ({ accuracy, accuracyDeviation }: Cell): string =>
  `${fixed(100 * accuracy, 1)}${spread(accuracyDeviation === undefined ? undefined : 100 * accuracyDeviation, 1)}`

/** Folded: they are long. */
export const gridTables = (cells: Cells, grid: Grid): string =>
  paragraphs(
    ...grid.fleets.flatMap(workers =>
      grid.stepCounts.map(steps =>
        paragraphs(
          `<details><summary>k = ${workers}, τ = ${steps}</summary>`,
          gridTable(cells, grid, workers, steps),
          '</details>',
        ),
      ),
    ),
  )
