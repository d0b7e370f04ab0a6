// Iteration times summed up over graphs: how much shorter than waiting for everybody, cell by cell and graph by graph.

import { mean } from '../comparison/markdown.ts'
import type { TimesFound } from './play-times.ts'
import { type TimeCell, type TimePlan, timeCells, timeKey } from './time-cells.ts'
import type { Variant } from './variants.ts'

export type TimeRow = TimePlan & TimesFound

export interface TimedVariant {
  readonly time: number
  readonly skipped: number
  /** Less than with everybody waiting for everybody: as shares, of the means and graph by graph. */
  readonly saved: number
  readonly savedBy: readonly number[]
}

export interface TimedCell extends TimeCell {
  /** What was played. */
  readonly variants: ReadonlyMap<Variant, TimedVariant>
}

/** Cells in which everybody waited for everybody at least. */
export function timedCells(rows: readonly TimeRow[]): TimedCell[] {
  const byKey = new Map(rows.map(row => [timeKey(row), row]))
  return timeCells.flatMap(cell => {
    const full = byKey.get(timeKey({ ...cell, variant: 'full' }))
    if (full === undefined) return []
    const own = rows.filter(({ workers, law }) => workers === cell.workers && law === cell.law)
    return [{ ...cell, variants: new Map(own.map(row => [row.variant, timed(row, full)])) }]
  })
}

function timed({ times, skipped }: TimeRow, full: TimeRow): TimedVariant {
  return {
    time: mean(times),
    skipped: mean(skipped),
    saved: 1 - mean(times) / mean(full.times),
    savedBy: times.map((time, graph) => 1 - time / full.times[graph]!),
  }
}

/** In the mean over the cells, how far the reference's times are from these: as a share. */
export function distanceToReference(cells: readonly TimedCell[], variant: Variant): number {
  return mean(
    cells.flatMap(({ variants, reference }) => {
      const found = variants.get(variant)
      return found === undefined ? [] : [Math.abs(found.time / reference.dynamic - 1)]
    }),
  )
}
