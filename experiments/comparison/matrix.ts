// The whole matrix of worlds, as `npx muster compare --json` found it, summed up.

import { drawLineChart } from '../drawing/line-chart.ts'
import { contestants } from './contestants.ts'
import { fixed, mean, paragraphs, percent, picture, table } from './markdown.ts'
import type { Section } from './section.ts'

export interface MatrixCell {
  readonly world: string
  /** Of a recorded one, its file. */
  readonly trace?: string | null
  readonly workers: number
  readonly fixedCost: number
  readonly vanish: number
  /** Mean round time / fluid bound; null: the run did not come to its end. */
  readonly ratios: Readonly<Record<string, number | null>>
}

export interface Matrix {
  /** As it is asked for. */
  readonly matrix?: string
  /** What the axes promise and no cell holds, in sentences. */
  readonly leftOut?: readonly string[]
  readonly seed: number
  readonly cells: readonly MatrixCell[]
  readonly strategies: Readonly<Record<string, { readonly isExact: boolean }>>
}

/** @throws SyntaxError that says what is missing. */
export function readMatrix(data: unknown): Matrix {
  const expect = (isSo: boolean, what: string) => {
    if (!isSo) throw new SyntaxError(`The file of --data is not what "npx muster compare --json" writes: ${what}.`)
  }
  const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
  expect(isRecord(data) && Array.isArray(data.cells) && isRecord(data.strategies), '"cells" or "strategies" is missing')
  const matrix = data as unknown as Matrix
  expect(matrix.cells.length > 0, '"cells" is empty')
  matrix.cells.forEach((cell, i) => {
    const isWhole =
      isRecord(cell) &&
      typeof cell.world === 'string' &&
      [cell.workers, cell.fixedCost, cell.vanish].every(Number.isFinite) &&
      isRecord(cell.ratios)
    expect(isWhole, `"cells[${i}]" lacks a world, a number or its ratios`)
  })
  return matrix
}

const within = [1.05, 1.1, 1.2, 1.5, 2]

export function matrixSection({ matrix = 'full', leftOut = [], cells, strategies, seed }: Matrix): Section {
  const names = Object.keys(strategies)
  const isExact = (name: string) => strategies[name]!.isExact
  const ratiosOf = (name: string) => cells.map(({ ratios }) => ratios[name] ?? Infinity)
  const measured = (name: string) => cells.filter(({ ratios }) => ratios[name] !== undefined).length
  const share = (name: string, limit: number) =>
    ratiosOf(name).filter(ratio => ratio <= limit).length / Math.max(1, measured(name))
  const winnerOf = ({ ratios }: MatrixCell): { readonly name: string; readonly ratio: number } | undefined =>
    names
      .flatMap(name => {
        const ratio = ratios[name]
        return isExact(name) && typeof ratio === 'number' ? [{ name, ratio }] : []
      })
      .reduce<{ name: string; ratio: number } | undefined>(
        (best, one) => (best === undefined || one.ratio < best.ratio ? one : best),
        undefined,
      )
  const written = (name: string) => (isExact(name) ? name : `${name} ≈`)
  const worst = (name: string) => {
    const known = cells.flatMap(cell => (typeof cell.ratios[name] === 'number' ? [cell] : []))
    return known.length === 0
      ? undefined
      : known.reduce((one, other) => (other.ratios[name]! > one.ratios[name]! ? other : one))
  }
  const summary = table(
    ['', 'mean', 'worst', 'its cell', 'unfinished', ...within.map(limit => `≤ ${limit}`)],
    [
      ['*fluid bound*', '*1.00*', '*1.00*', '', '', ...within.map(() => '*100 %*')],
      ...names.map(name => {
        const cell = worst(name)
        const finished = ratiosOf(name).filter(Number.isFinite)
        return [
          written(name),
          fixed(finished.length > 0 ? mean(finished) : null),
          fixed(cell?.ratios[name]),
          cell ? cellText(cell) : '',
          `${cells.filter(({ ratios }) => ratios[name] === null).length}`,
          ...within.map(limit => percent(share(name, limit))),
        ]
      }),
    ],
  )
  return {
    text: paragraphs(
      '## The matrix',
      `${cells.length} cells of worlds, numbers of tabs, fixed costs and chances to vanish (\`npx muster compare --matrix ${matrix}\`, seed ${seed}). ` +
        `${leftOut.length === 0 ? '' : `Left out: ${leftOut.join(' ')} `}` +
        'Mean round time over the mean fluid bound; the last columns: the share of cells within so much of it.',
      summary,
      picture('matrix', 'Share of cells within so many times the fluid bound'),
      '### Who is fastest, of the exact ones',
      winnersTable(cells, names.filter(isExact), cell => winnerOf(cell)?.name),
      ...names
        .filter(name => isExact(name) && (name.startsWith('adaptive-repetition') || name.startsWith('nested-')))
        .map(name => worstCells(name, cells, winnerOf)),
    ),
    drawings: { matrix: drawShares(names, isExact, share) },
  }
}

const cellText = ({ world, trace, workers, fixedCost, vanish }: MatrixCell): string =>
  `${world}${trace ? ` ${trace}` : ''}, n = ${workers}, c = ${fixedCost}, p = ${vanish}`

function winnersTable(
  cells: readonly MatrixCell[],
  names: readonly string[],
  winnerOf: (cell: MatrixCell) => string | undefined,
): string {
  const count = (among: readonly MatrixCell[], name: string) => among.filter(cell => winnerOf(cell) === name).length
  const winners = names
    .filter(name => count(cells, name) > 0)
    .sort((one, other) => count(cells, other) - count(cells, one))
  const groups = new Map<string, MatrixCell[]>()
  const inOrder = [...cells].sort((one, other) => one.fixedCost - other.fixedCost || one.vanish - other.vanish)
  for (const cell of inOrder) {
    const group = `c = ${cell.fixedCost}, p = ${cell.vanish}`
    groups.set(group, [...(groups.get(group) ?? []), cell])
  }
  const row = (title: string, among: readonly MatrixCell[]) => [
    title,
    ...winners.map(name => `${count(among, name)}`),
    `${among.length}`,
  ]
  return table(
    ['cells won', ...winners, 'of'],
    [...[...groups].map(([title, among]) => row(title, among)), row('all', cells)],
  )
}

/** By how much the fastest exact one is better. */
function worstCells(
  name: string,
  cells: readonly MatrixCell[],
  winnerOf: (cell: MatrixCell) => { readonly name: string; readonly ratio: number } | undefined,
): string {
  const behind = cells
    .flatMap(cell => {
      const winner = winnerOf(cell)
      const ratio = cell.ratios[name]
      return winner === undefined || ratio === undefined ? [] : [{ cell, winner, ratio: ratio ?? Infinity }]
    })
    .map(row => ({ ...row, loss: row.ratio / row.winner.ratio }))
    // Infinity minus itself is no number: those that never ended come first, in the order of the cells.
    .sort((one, other) => (one.loss === other.loss ? 0 : other.loss - one.loss))
    .slice(0, 10)
  return paragraphs(
    `### Where ${name} is furthest behind`,
    table(
      ['', 'fluid bound', name, 'fastest exact', 'it is', 'times slower'],
      behind.map(({ cell, winner, ratio, loss }) => [
        cellText(cell),
        '1.00',
        Number.isFinite(ratio) ? fixed(ratio) : 'unfinished',
        fixed(winner.ratio),
        winner.name,
        fixed(loss),
      ]),
    ),
  )
}

function drawShares(
  names: readonly string[],
  isExact: (name: string) => boolean,
  share: (name: string, limit: number) => number,
): string {
  // Further right most lines have come to 100 %, and their names to one place.
  const most = 2.5
  const places = Array.from({ length: 61 }, (_, i) => most ** (i / 60))
  return drawLineChart({
    title: 'Share of cells within so many times the fluid bound',
    description:
      'One rising line for each strategy: the share of the cells of the matrix in which its mean round time is within so many times the fluid bound.',
    columns: 1,
    panels: [
      {
        title: 'Share of cells within so many times the fluid bound',
        height: 280,
        x: {
          name: 'times the fluid bound',
          kind: 'log',
          ticks: [1, 1.1, 1.2, 1.5, 2, most],
        },
        y: { name: 'share of cells, %', kind: 'linear', including: [0, 100] },
        lines: names.map(name => ({
          name: isExact(name) ? name : `${name} ≈`,
          look: contestants.find(known => name.startsWith(known.name))?.look ?? 'grey',
          points: places.map(place => [place, 100 * share(name, place * (1 + 1e-9))] as const),
        })),
      },
    ],
  })
}
