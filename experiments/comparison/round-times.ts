// Round time against the number of tabs, world by world.

import { drawLineChart, type Panel } from '../drawing/line-chart.ts'
import type { ExperimentOptions } from '../experiment.ts'
import { bestCells, type CellInput, type FoundCell, inputsOf, measureCell } from './cells.ts'
import { contestants, written } from './contestants.ts'
import { fixed, paragraphs, picture, quantile, table } from './markdown.ts'
import type { Section } from './section.ts'

const worlds = ['jitter', 'bimodal-slow', 'pareto', 'bimodal-dead', 'exponential-setup', 'regime-mid-round']
const chances = [0, 0.05]

interface Size {
  readonly workers: number
  /** k; 16 for each tab unless told. */
  readonly partitions?: number
  /** The first so many; all unless told. */
  readonly worlds?: number
  readonly fleets: number
  readonly rounds: number
  readonly warmUp: number
}

/** The largest first: they take longest, and the cores are to end together. */
const sizes: readonly Size[] = [
  { workers: 256, partitions: 1024, worlds: 3, fleets: 1, rounds: 5, warmUp: 4 },
  { workers: 64, fleets: 1, rounds: 8, warmUp: 6 },
  { workers: 16, fleets: 2, rounds: 25, warmUp: 8 },
  { workers: 8, fleets: 3, rounds: 25, warmUp: 8 },
]
const quickSizes: readonly Size[] = [
  { workers: 64, worlds: 2, fleets: 1, rounds: 2, warmUp: 2 },
  { workers: 16, worlds: 2, fleets: 1, rounds: 8, warmUp: 4 },
  { workers: 8, worlds: 2, fleets: 1, rounds: 8, warmUp: 4 },
]

export async function findCells({ isQuick, seed, spread }: ExperimentOptions): Promise<readonly FoundCell[]> {
  const inputs = (isQuick ? quickSizes : sizes).flatMap(
    ({ workers, partitions, worlds: first, fleets, rounds, warmUp }) =>
      worlds.slice(0, first).flatMap(world =>
        chances.flatMap(vanish =>
          inputsOf({
            ...{ world, workers, partitions, vanish, rounds, warmUp },
            seeds: Array.from({ length: fleets }, (_, fleet) => 1000 * seed + fleet),
          }),
        ),
      ),
  )
  const cells = await spread<CellInput, ReturnType<typeof measureCell.run>>(
    measureCell,
    inputs.map(({ contestant: _, ...input }) => input),
    'round times, cells',
  )
  return bestCells(inputs.map((input, i) => ({ ...input, cell: cells[i]! })))
}

export function roundTimesSection(cells: readonly FoundCell[]): Section {
  const shown = worlds.filter(world => cells.some(cell => cell.world === world))
  const workers = [...new Set(cells.map(cell => cell.workers))].sort((one, other) => one - other)
  const chart = (vanish: number) =>
    drawLineChart({
      title: `Round time against the number of tabs, ${chanceText(vanish)}`,
      description: `One panel for each world: mean round time over the mean fluid bound, ${workers.join(', ')} tabs, one line for each strategy; genie and hindsight redundancy as dashed lines.`,
      columns: 2,
      panels: shown.map(world =>
        panelOf(
          world,
          workers,
          cells.filter(cell => cell.world === world && cell.vanish === vanish),
        ),
      ),
    })
  return {
    text: paragraphs(
      '## Round time against the number of tabs',
      'Mean round time over the mean fluid bound: 1 is what nobody exact can beat. *Genie* knows the stragglers of each ' +
        'round and splits evenly over the rest; *hindsight* is the best that a code of equal loads can do. Where lines go ' +
        'below them, shares follow speeds, which neither limit allows for. Fixed cost of a round: 1 unit. ≈ marks ' +
        'approximate rounds: they leave work out or count it twice, so their times are for another result. Of several ' +
        'settings (s = 1 or 3; 2 or 4 chunks a tab; b = 1 or n/8) the best in hindsight is shown, cell by cell. ' +
        lengthsText(workers, cells),
      `### ${title(chanceText(0))}`,
      picture('round-times', `Round times, ${chanceText(0)}`),
      `### ${title(chanceText(0.05))}`,
      picture('round-times-vanish', `Round times, ${chanceText(0.05)}`),
      winnersText(cells),
      ...shown.map(world => worldTable(world, workers, cells)),
      'p99 and worst: single rounds over their own fluid bound, all sizes together. A dash: not measured, because ' +
        'playing one round of it takes seconds to minutes, or not finished.',
    ),
    drawings: { 'round-times': chart(0), 'round-times-vanish': chart(0.05) },
  }
}

/** Few rounds of many tabs, and few to learn in: to be said. */
function lengthsText(workers: readonly number[], cells: readonly FoundCell[]): string {
  const lengths = workers.map(n => {
    const { seeds, rounds, warmUp } = cells.find(cell => cell.workers === n)!
    return `${seeds.length * rounds} with ${n} tabs (${seeds.length === 1 ? 'one fleet' : `${seeds.length} fleets`}, after ${warmUp} to learn in)`
  })
  return `Rounds a cell: ${lengths.join(', ')}; the more tabs, the less certain.`
}

const chanceText = (vanish: number): string =>
  vanish === 0 ? 'nobody vanishes' : `each tab vanishes with ${100 * vanish} % a round`
const title = (text: string): string => text[0]!.toUpperCase() + text.slice(1)

function panelOf(world: string, workers: readonly number[], cells: readonly FoundCell[]): Panel {
  const of = (n: number) => cells.find(cell => cell.workers === n)?.cell ?? null
  return {
    title: world,
    height: 230,
    x: { name: 'tabs', kind: 'log', ticks: workers },
    y: { name: 'round time / fluid bound', kind: 'log', isTight: true, including: [0.9, 2] },
    lines: contestants.map(contestant => ({
      name: written(contestant),
      look: contestant.look,
      points: workers.map(n => [
        n,
        cells.find(cell => cell.workers === n && cell.contestant === contestant)?.cell.ratio ?? null,
      ]),
    })),
    limits: [
      { name: 'fluid bound', points: workers.map(n => [n, 1]), isFloor: true },
      { name: 'genie', points: workers.map(n => [n, of(n)?.genie ?? null]) },
      { name: 'hindsight', points: workers.map(n => [n, of(n)?.hindsight ?? null]) },
    ],
  }
}

/** Who is first in how many cells, of the exact ones. */
function winnersText(cells: readonly FoundCell[]): string {
  const keys = [...new Set(cells.map(({ world, workers, vanish }) => `${world} ${workers} ${vanish}`))]
  const counts = new Map<string, number>()
  let lost = 0
  let worstLoss = { ratio: 1, text: '' }
  for (const key of keys) {
    const here = cells
      .filter(cell => `${cell.world} ${cell.workers} ${cell.vanish}` === key)
      .filter(({ contestant, cell }) => contestant.isExact && cell.ratio !== null)
      .sort((one, other) => one.cell.ratio! - other.cell.ratio!)
    const first = here[0]
    if (!first) continue
    counts.set(first.contestant.name, (counts.get(first.contestant.name) ?? 0) + 1)
    const ours = here.find(({ contestant }) => contestant === contestants[0])
    if (!ours || ours === first) continue
    lost++
    const ratio = ours.cell.ratio! / first.cell.ratio!
    if (ratio > worstLoss.ratio) {
      const { world, workers, vanish } = first
      const times = `${fixed(ours.cell.ratio)} against ${fixed(first.cell.ratio)}`
      worstLoss = {
        ratio,
        text: `${world}, n = ${workers}, ${chanceText(vanish)}: ${times} of ${first.contestant.name}`,
      }
    }
  }
  const ranking = [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))
  const default_ = contestants[0]!.name
  return paragraphs(
    `Of ${keys.length} cells the fastest exact strategy is ${ranking.map(([name, count]) => `${name} in ${count}`).join(', ')}.` +
      (lost === 0
        ? ` The former default, ${default_}, loses none.`
        : ` The former default, ${default_}, loses ${lost}; most in ${worstLoss.text}.`),
  )
}

function worldTable(world: string, workers: readonly number[], cells: readonly FoundCell[]): string {
  const columns = chances.map(vanish => cells.filter(cell => cell.world === world && cell.vanish === vanish))
  const head = ['', ...columns.flatMap(() => [...workers.map(n => `n = ${n}`), 'p99', 'worst'])]
  const limitRow = (name: string, pick: (cell: FoundCell['cell']) => number) => [
    `*${name}*`,
    ...columns.flatMap(column => [
      ...workers.map(n => {
        const cell = column.find(other => other.workers === n)?.cell
        return `*${fixed(cell && pick(cell))}*`
      }),
      '',
      '',
    ]),
  ]
  const rows = contestants.map(contestant => [
    written(contestant),
    ...columns.flatMap(column => {
      const own = column.filter(cell => cell.contestant === contestant)
      const rounds = own.flatMap(({ cell }) => cell.roundRatios)
      const best = (n: number) =>
        Math.min(
          ...column.flatMap(other =>
            other.workers === n && other.contestant.isExact && other.cell.ratio !== null ? [other.cell.ratio] : [],
          ),
        )
      return [
        ...workers.map(n => {
          const ratio = own.find(cell => cell.workers === n)?.cell.ratio
          const text = fixed(ratio)
          return contestant.isExact && ratio === best(n) ? `**${text}**` : text
        }),
        fixed(quantile(rounds, 0.99)),
        fixed(rounds.length === 0 ? null : Math.max(...rounds)),
      ]
    }),
  ])
  return paragraphs(
    `**${world}** — left: nobody vanishes; right: 5 % vanish. Bold: the fastest exact one.`,
    table(head, [
      limitRow('fluid bound', () => 1),
      limitRow('genie', cell => cell.genie),
      limitRow('hindsight', cell => cell.hindsight),
      ...rows,
    ]),
  )
}
