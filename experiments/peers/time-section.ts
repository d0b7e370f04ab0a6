// The part of the page about iteration times: tables, verdicts and pictures, computed from the rows.

import { deviation, fixed, mean, paragraphs, percent, quantile, table } from '../comparison/markdown.ts'
import type { Section } from '../comparison/section.ts'
import { drawDotPlot } from '../drawing/dot-plot.ts'
import type { TimeSizes } from './play-times.ts'
import { type TimeCell, timePlans } from './time-cells.ts'
import { lawNames } from './time-laws.ts'
import { distanceToReference, type TimedCell, type TimeRow, timedCells } from './time-tally.ts'
import { type Variant, variantLooks, variantNames, variants } from './variants.ts'

/** Under test: an iteration takes at least so much less than with everybody waiting for everybody. */
export const savedLeast = 0.4

export const cellName = ({ workers, law }: Pick<TimeCell, 'workers' | 'law'>): string =>
  `n = ${workers}, ${lawNames[law]}`

export function timeSection(rows: readonly TimeRow[], sizes: TimeSizes): Section {
  const cells = timedCells(rows)
  if (cells.length === 0) return { text: '', drawings: {} }
  const text = paragraphs(
    '## How long an iteration takes',
    `${sizes.graphs} random connected graphs for each cell, every edge with chance 0.5; of each graph ${sizes.iterations} iterations after a warm-up of ` +
      `${sizes.warmUp}. All variants meet the same graphs and the same times: a step’s time is a function of seed, graph, worker and iteration. Nothing is learnt here. ` +
      'Units: a step that nothing slows. *Saved*: how much less than cb-Full, of the means.',
    timesTable(cells),
    savedVerdict(cells),
    '**Units of an iteration in the mean.**',
    '![Units of an iteration in the mean](pictures/peers-times.svg)',
    '### Graph by graph',
    'Saved against cb-Full on the same graph with the same times.',
    spreadTable(cells),
    '**Saved by DyBW with carry-over, graph by graph.**',
    '![Saved by DyBW with carry-over, graph by graph](pictures/peers-saved.svg)',
    '### Beside an earlier simulation',
    'The *reference* simulated the rule alone, apart from the code that is played here, on graphs and times of its own.',
    referenceTable(cells),
    referenceVerdict(cells),
    '### With a fixed number of backup workers',
    'An iteration ends when all but one, or all but two, have finished; unfinished steps are carried over.',
    fixedTable(cells),
    checksText(rows),
  )
  return { text, drawings: { 'peers-times': timesPicture(cells), 'peers-saved': savedPicture(cells) } }
}

const timeOf = (cell: TimedCell, variant: Variant): string => fixed(cell.variants.get(variant)?.time)

const shareText = (share: number | undefined): string => (share === undefined ? '–' : percent(share))

const timesTable = (cells: readonly TimedCell[]): string =>
  table(
    ['', 'carry-over', 'redraw', 'cb-Full', 'saved, carry-over', 'redraw', 'links skipped, carry-over', 'redraw'],
    cells.map(cell => {
      const [carried, redrawn] = [cell.variants.get('carry-over'), cell.variants.get('redraw')]
      return [
        cellName(cell),
        ...[timeOf(cell, 'carry-over'), timeOf(cell, 'redraw'), timeOf(cell, 'full')],
        ...[shareText(carried?.saved), shareText(redrawn?.saved)],
        ...[shareText(carried?.skipped), shareText(redrawn?.skipped)],
      ]
    }),
  )

export function savedVerdict(cells: readonly TimedCell[]): string {
  const verdictOf = (variant: Variant) => {
    const found = cells.flatMap(cell => {
      const own = cell.variants.get(variant)
      return own === undefined ? [] : [{ cell, saved: own.saved }]
    })
    if (found.length === 0) return null
    const worst = found.reduce((one, other) => (other.saved < one.saved ? other : one))
    const count = found.filter(({ saved }) => saved >= savedLeast).length
    return { isMet: count === found.length, text: `in ${count} of ${found.length} cells`, worst }
  }
  const [carried, redrawn] = [verdictOf('carry-over'), verdictOf('redraw')]
  if (carried === null) return ''
  const worstText = ({ cell, saved }: { readonly cell: TimedCell; readonly saved: number }) =>
    `${cellName(cell)} (${fixed(100 * saved, 1)} %)`
  return paragraphs(
    `Under test: *an iteration takes at least ${percent(savedLeast)} less than with everybody waiting for everybody, in each cell.* With carry-over ${carried.text}; ` +
      `the least is saved under ${worstText(carried.worst)}. ${carried.isMet ? 'So it holds.' : '**So it does not hold in every cell.**'}` +
      (redrawn === null ? '' : ` With redraw ${redrawn.text}; the least under ${worstText(redrawn.worst)}.`),
    'A short iteration is not yet quick learning: fewer workers have finished in it. What becomes of that is seen below, at equal time.',
  )
}

const spreadTable = (cells: readonly TimedCell[]): string =>
  table(
    ['carry-over', 'mean', '± deviation', 'least', 'lowest tenth', 'most', `graphs below ${percent(savedLeast)}`],
    cells.flatMap(cell => {
      const saved = cell.variants.get('carry-over')?.savedBy
      if (saved === undefined) return []
      const points = saved.map(share => 100 * share)
      return [
        [
          cellName(cell),
          ...[mean(points), deviation(points), Math.min(...points), quantile(points, 0.1), Math.max(...points)].map(
            value => fixed(value, 1),
          ),
          `${saved.filter(share => share < savedLeast).length} of ${saved.length}`,
        ],
      ]
    }),
  )

const referenceTable = (cells: readonly TimedCell[]): string =>
  table(
    ['', 'DyBW: reference', 'redraw', 'carry-over', 'cb-Full: reference', 'here', 'saved: reference', 'redraw'].concat(
      'links skipped: reference',
      'redraw',
    ),
    cells.map(cell => {
      const { reference, variants: found } = cell
      return [
        cellName(cell),
        ...[fixed(reference.dynamic), timeOf(cell, 'redraw'), timeOf(cell, 'carry-over')],
        ...[fixed(reference.full), timeOf(cell, 'full')],
        ...[percent(reference.saved), shareText(found.get('redraw')?.saved)],
        ...[percent(reference.skipped), shareText(found.get('redraw')?.skipped)],
      ]
    }),
  )

export function referenceVerdict(cells: readonly TimedCell[]): string {
  const [redraw, carried] = [distanceToReference(cells, 'redraw'), distanceToReference(cells, 'carry-over')]
  const isRedraw = redraw < carried
  return (
    `The reference’s times are ${percent(redraw)} from those of redraw and ${percent(carried)} from those of carry-over, in the mean over the cells: ` +
    `it is of the ${isRedraw ? 'redraw' : 'carry-over'} rule. ` +
    carriedText(cells)
  )
}

/** In which cells the one rule or the other has the shorter iterations, and why. */
function carriedText(cells: readonly TimedCell[]): string {
  const longer = cells.filter(({ variants: found }) => {
    const [carried, redrawn] = [found.get('carry-over'), found.get('redraw')]
    return carried !== undefined && redrawn !== undefined && carried.time >= redrawn.time
  })
  return (
    `With carry-over an iteration is shorter than with redraw in ${cells.length - longer.length} of ${cells.length} cells: whoever did not finish in one has less ` +
    'left to do in the next, and is among the first to finish.' +
    (longer.length === 0
      ? ''
      : ` It is longer under ${longer.map(cellName).join('; ')}: a step that happens to be very long is not given up.`)
  )
}

const fixedTable = (cells: readonly TimedCell[]): string => {
  const kinds: readonly Variant[] = ['carry-over', 'all-but-1', 'all-but-2', 'full']
  return table(
    [
      '',
      ...kinds.map(kind => variantNames[kind]),
      'saved, all but 1',
      'all but 2',
      'links skipped, all but 1',
      'all but 2',
    ],
    cells.map(cell => [
      cellName(cell),
      ...kinds.map(kind => timeOf(cell, kind)),
      ...(['all-but-1', 'all-but-2'] as const).map(kind => shareText(cell.variants.get(kind)?.saved)),
      ...(['all-but-1', 'all-but-2'] as const).map(kind => shareText(cell.variants.get(kind)?.skipped)),
    ]),
  )
}

function checksText(rows: readonly TimeRow[]): string {
  const wanted = timePlans().length
  const violated = rows.reduce((sum, { violations }) => sum + violations, 0)
  const runs = rows.reduce((sum, { times }) => sum + times.length, 0)
  return (
    `The simulator’s checkers judged ${runs} runs: violations ${violated === 0 ? 'none' : violated}.` +
    (rows.length < wanted ? ` **${wanted - rows.length} of ${wanted} cells and variants were not played.**` : '')
  )
}

const timesPicture = (cells: readonly TimedCell[]): string =>
  drawDotPlot({
    title: 'Units of an iteration in the mean',
    description: 'How long an iteration takes in each cell of fleet and time law, a mark for each variant.',
    axis: { name: 'units of an iteration, mean over graphs', kind: 'linear', including: [0] },
    kinds: variants.map(variant => ({ name: variantNames[variant], look: variantLooks[variant] })),
    rows: cells.map(cell => ({
      name: cellName(cell),
      values: variants.map(variant => cell.variants.get(variant)?.time ?? null),
    })),
  })

const savedPicture = (cells: readonly TimedCell[]): string =>
  drawDotPlot({
    title: 'Saved by DyBW with carry-over, graph by graph',
    description: 'How much shorter than with cb-Full an iteration is: the worst graph, the mean, the best graph.',
    axis: { name: 'saved against cb-Full, %', kind: 'linear', including: [0, 100] },
    kinds: [
      { name: 'mean of the graphs', look: 'green' },
      { name: 'worst graph', look: 'grey-cross' },
      { name: 'best graph', look: 'grey-ring' },
    ],
    rows: cells.map(cell => {
      const saved = cell.variants.get('carry-over')?.savedBy.map(share => 100 * share)
      return { name: cellName(cell), values: saved ? [mean(saved), Math.min(...saved), Math.max(...saved)] : [] }
    }),
    limits: [{ at: 100 * savedLeast, name: `${100 * savedLeast} %` }],
  })
