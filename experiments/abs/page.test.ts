import { expect, test } from 'vitest'
import { deviation } from '../comparison/markdown.ts'
import { methods } from './methods.ts'
import { type Plan, pageOf } from './page.ts'
import { lossPicture } from './pictures.ts'
import { rowsFile } from './rows-file.ts'
import { learningRates } from './setting.ts'
import { costTable } from './tables.ts'
import { bestOf, type Cell, cellsOf, type RunRow, ratioOf, summaryOf } from './tally.ts'
import { againstSaAdasync, asynchronousAtHighRate } from './verdicts.ts'
import { curvePoints } from './watch-run.ts'

const plan: Plan = {
  question: 'Who is first?',
  isQuick: false,
  seed: 1,
  seeds: [1, 2],
  sizes: { train: 100, test: 10, probe: 20 },
  limits: { lossTarget: 0.25, timeMax: 400, uploadsMax: 5000, commonTime: 100 },
  dataset: 'digits',
}

type Outcome = number | 'late' | 'diverged'

const madeUp = (method: string, rate: number, seed: number, outcome: Outcome): RunRow => ({
  ...{ law: 'pareto', split: 'iid', method, rate, seed },
  reached: typeof outcome === 'number' ? { time: outcome, uploads: 10 * outcome, updates: 3 * outcome } : null,
  isDiverged: outcome === 'diverged',
  common: outcome === 'diverged' ? null : { loss: 0.4, accuracy: 0.9 },
  ...{ stalenessMax: 7, boundedRounds: 50, passedRounds: 0, restarts: 12 },
  curve: Array.from({ length: curvePoints + 1 }, (_, i) => (outcome === 'diverged' && i > 9 ? null : 2 / (1 + i))),
  spent: { time: 120, uploads: 900, updates: 300 },
  ...{ violations: [], unfinished: null, refused: {} },
})

/** By method: outcomes of the two seeds at either rate; all others need 40 and 42 units. */
const outcomes: Readonly<Record<string, readonly (readonly Outcome[])[]>> = {
  'adaptive-bounded-staleness': [
    [30, 34],
    [20, 22],
  ],
  'sa-adasync': [
    [25, 35],
    ['late', 40],
  ],
  asynchronous: [
    [50, 'late'],
    ['diverged', 'diverged'],
  ],
}
const usual: readonly (readonly Outcome[])[] = [
  [40, 42],
  [40, 42],
]
const rows: RunRow[] = methods.flatMap(({ name }) =>
  learningRates.flatMap((rate, r) =>
    plan.seeds.map((seed, s) => madeUp(name, rate, seed, (outcomes[name] ?? usual)[r]![s]!)),
  ),
)
const cells = cellsOf(rows)
const cell = cells[0] as Cell

test('rows fall into cells; the better rate is that of most seeds, then of least time', () => {
  expect(cells).toHaveLength(1)
  expect(cell.contests.map(({ method }) => method.name)).toEqual(methods.map(({ name }) => name))
  expect(bestOf(cell, 'adaptive-bounded-staleness')!.rate).toBe(1)
  expect(bestOf(cell, 'sa-adasync')!.rate).toBe(0.3)
  expect(deviation([30, 34])).toBeCloseTo(Math.sqrt(8), 12)
})

test('ratios are taken on the seeds in which both reached the target', () => {
  const of = (method: string, rate: number) => summaryOf(cell, method, rate)!
  expect(ratioOf(of('adaptive-bounded-staleness', 0.3), of('sa-adasync', 0.3))).toMatchObject({
    pairs: 2,
    ahead: 1,
    time: 64 / 60,
  })
  expect(ratioOf(of('adaptive-bounded-staleness', 1), of('sa-adasync', 1))).toMatchObject({ pairs: 1, time: 22 / 40 })
  expect(ratioOf(of('asynchronous', 1), of('sa-adasync', 1))).toBeNull()
})

test('who did not get there is marked, and the better rate is bold', () => {
  const text = costTable(cell)
  expect(text).toContain(
    '| adaptive-bounded-staleness | 2/2 | 32.0 ± 2.8 | 320 | 7 | 2/2 | **21.0 ± 1.4** | **210** | 7 | 1 | 1.00 |',
  )
  expect(text).toContain('| asynchronous | 1/2 | **50.0** | **500** | 7 | 0/2 | *diverged 2/2* | – | 7 | 0.3 | – |')
})

test('the sentences follow the figures', () => {
  const text = againstSaAdasync(cells)
  expect(text).toContain('Of 2 comparisons 1 are within 1.05 in time and 1 in uploads')
  expect(text).toContain('Beyond 1.05: Pareto, i.i.d., η = 0.3 (time 1.07, uploads 1.07).')
  expect(asynchronousAtHighRate(cells)).toContain(
    'At η = 1 asynchronous reached the target in 0 of 2 runs and diverged in 2; at η = 0.3 it reached it in 1 of 2.',
  )
})

test('page, rows and picture hold no number that is none, and say the same each time', () => {
  const page = pageOf(plan, rows, cells)
  expect(page).toBe(pageOf(plan, rows, cellsOf(rows)))
  for (const text of [page, lossPicture(cell, plan.limits)]) expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/)
  for (const { name } of methods) expect(page).toContain(`| ${name} |`)
  const file = JSON.parse(rowsFile(plan, rows, cells))
  expect(file.runs).toHaveLength(rows.length)
  expect(file.medianCurves).toHaveLength(methods.length * learningRates.length)
  expect(file.runs[0].reached).toEqual({ time: 30, uploads: 300, updates: 90 })
})

test('where nobody reached the target, the page says so and stands', () => {
  const none = rows.map(row => ({ ...row, reached: null }))
  const page = pageOf(plan, none, cellsOf(none))
  expect(page).not.toMatch(/NaN|Infinity|undefined/)
  expect(page).toContain('On no seed did both reach the target.')
})
