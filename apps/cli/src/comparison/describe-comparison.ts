// A comparison as an operator reads it: every strategy on the whole, then world by world.

import type { Ratio } from '@muster/simulator'
import type { Comparison } from './compare.ts'

type Cells = Comparison['cells']
type Place = NonNullable<Comparison['strategies'][string]['worstCell']>

/** @param width columns of the terminal. */
export function describeComparison(comparison: Comparison, width: number): string {
  const { cells, seed, matrix, strategies, leftOut } = comparison
  const hasUnfinished = Object.values(strategies).some(({ unfinishedCells }) => unfinishedCells > 0)
  return [
    `${cells.length} cells (matrix ${matrix}), seed ${seed}, virtual time. Figures are round time / fluid bound: 1 is the limit.`,
    '',
    ...describeStrategies(strategies),
    '',
    'By world: the mean over its other axes, the worst in brackets.',
    ...describeWorlds(comparison, width),
    '',
    '* the best exact strategy of the row   ~ not exact: in the table, not ranked',
    ...(hasUnfinished ? ['never: a run did not come to its end, which counts as worse than any number'] : []),
    ...(leftOut.length === 0 ? [] : ['', 'Left out:', ...leftOut.map(sentence => `  ${sentence}`)]),
  ].join('\n')
}

function describeStrategies(strategies: Comparison['strategies']): readonly string[] {
  const rows = Object.entries(strategies).map(([name, summary]) => [
    `${summary.isExact ? ' ' : '~'} ${name}`,
    figure(summary.meanRatioToFluid),
    worst(summary.worstRatioToFluid, summary.unfinishedCells),
    figure(summary.meanRatioToBestRival),
    summary.worstCellToBestRival === null ? '' : worst(summary.worstRatioToBestRival, summary.unfinishedCells),
    summary.worstCellToBestRival === null
      ? ''
      : `${place(summary.worstCellToBestRival)}: ${summary.worstCellToBestRival.bestRival}`,
  ])
  const header = ['  strategy', 'mean', 'worst', 'to rival', 'worst to rival', 'where, and who is better']
  return table([header, ...rows])
}

const place = ({ world, trace, workers, fixedCost, vanish }: Place): string =>
  `${shortName(world, trace)} n=${workers} c=${fixedCost} p=${vanish}`

const shortName = (world: string, trace: string | null): string => trace ?? world.split(':')[0]!

function describeWorlds({ cells, strategies }: Comparison, width: number): readonly string[] {
  const names = Object.keys(strategies)
  const worlds = [...new Set(cells.map(({ world, trace }) => shortName(world, trace)))]
  const first = Math.max(...worlds.map(world => world.length))
  const cellWidth = 15
  const perPanel = Math.max(1, Math.floor((width - first) / (cellWidth + 2)))
  const rows = worlds.map(world => {
    const here = cells.filter(cell => shortName(cell.world, cell.trace) === world)
    const entries = names.map(name => entryOf(here, name))
    const ranked = entries.flatMap((entry, i) =>
      entry && !entry.isUnfinished && entry.mean !== null && strategies[names[i]!]!.isExact ? [entry.mean] : [],
    )
    const best = ranked.length === 0 ? null : Math.min(...ranked)
    return { world, entries, best }
  })
  const lines: string[] = []
  for (let from = 0; from < names.length; from += perPanel) {
    const panel = names.slice(from, from + perPanel)
    // The words of a name below each other: `fractional-` above `repetition`.
    const heads = panel.map(name => {
      const cut = name.lastIndexOf('-') + 1
      const sign = strategies[name]!.isExact ? '' : '~ '
      return cut === 0 ? ['', sign + name] : [sign + name.slice(0, cut), name.slice(cut)]
    })
    lines.push(
      '',
      ...table([
        ['', ...heads.map(([above]) => above!)],
        ['', ...heads.map(([, below]) => below!)],
        ...rows.map(({ world, entries, best }) => [
          world.padEnd(first),
          ...panel.map((name, i) => {
            const entry = entries[from + i]!
            if (entry === null) return '-'
            const isBest = strategies[name]!.isExact && !entry.isUnfinished && entry.mean === best
            return `${isBest ? '* ' : ''}${figure(entry.mean)} (${worst(entry.worst, entry.isUnfinished ? 1 : 0)})`
          }),
        ]),
      ]),
    )
  }
  return lines
}

interface Entry {
  readonly mean: Ratio
  readonly worst: Ratio
  readonly isUnfinished: boolean
}

/** Null: it was in none of these cells. */
function entryOf(cells: Cells, name: string): Entry | null {
  const ratios = cells.flatMap(cell => (cell.ratios[name] === undefined ? [] : [cell.ratios[name]]))
  if (ratios.length === 0) return null
  const finished = ratios.filter(ratio => ratio !== null)
  const isUnfinished = finished.length < ratios.length
  return {
    mean: finished.length === 0 ? null : finished.reduce((sum, ratio) => sum + ratio, 0) / finished.length,
    worst: isUnfinished ? null : Math.max(...finished),
    isUnfinished,
  }
}

const figure = (ratio: Ratio): string => (ratio === null ? '-' : ratio < 100 ? ratio.toFixed(2) : ratio.toFixed(0))

const worst = (ratio: Ratio, unfinishedCells: number): string => (unfinishedCells > 0 ? 'never' : figure(ratio))

/** The first and the last column of a long row to the left, figures to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(...rows.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...rows.map(row => row[c]?.length ?? 0)))
  const isWords = (c: number) => c === 0 || rows.some(row => (row[c] ?? '').includes('='))
  return rows.map(row =>
    row
      .map((text, c) => (isWords(c) ? text.padEnd(widths[c]!) : text.padStart(widths[c]!)))
      .join('  ')
      .trimEnd(),
  )
}
