// Lines whose points lie in different rounds against one list of rounds, as a plot wants them.

import type { Point } from './thin-points.ts'

export interface Aligned {
  readonly rounds: readonly number[]
  /** A row for each line, as long as the rounds: null where the line has no point. */
  readonly rows: readonly (readonly (number | null)[])[]
}

/** The ends of the span are among the rounds, whoever has a point there. */
export function alignPoints(lines: readonly (readonly Point[])[], span: readonly number[]): Aligned {
  const rounds = [...new Set([...span, ...lines.flatMap(points => points.map(({ round }) => round))])]
  rounds.sort((a, b) => a - b)
  const index = new Map(rounds.map((round, at) => [round, at]))
  const rows = lines.map(points => {
    const row: (number | null)[] = new Array(rounds.length).fill(null)
    for (const { round, value } of points) row[index.get(round) ?? 0] = value
    return row
  })
  return { rounds, rows }
}
