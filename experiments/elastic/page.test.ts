import { describe, expect, test } from 'vitest'
import { bearingOf, claimsOf } from './against-paper.ts'
import { filesOf } from './elastic.ts'
import type { Plan } from './page.ts'
import type { RunPlan } from './play-run.ts'
import { earlierRows, rowsFile } from './rows-file.ts'
import { gridPlans, keyOf, momentumPlans, type RunRow, searchPlans, wholeGrid } from './run-plans.ts'
import { cellKey, cellMap, cellsOf, ratioOf } from './tally.ts'
import { dynamicAgainstFixed, leaps, returningWorkers } from './verdicts.ts'
import { keptShares } from './watch-exchanges.ts'

const plan: Plan = {
  question: 'What is it worth?',
  ...{ isQuick: false, seed: 1, dataset: 'mnist', sizes: { train: 100, test: 10, probe: 20 } },
  grid: wholeGrid([1, 2, 3]),
  rounds: { 1: 150, 2: 96, 4: 60 },
  rates: { sgd: 0.3, adahessian: 0.15, momentum: 0.3 },
}

/** Loss at the end of a run. */
type Course = (plan: RunPlan) => number | null

const madeUp = (made: RunPlan, end: number | null): RunRow => ({
  ...made,
  curve: keptShares.map(share => {
    const loss = end === null ? (share > 0.5 ? null : 2) : 2 + share * (end - 2)
    const isEnd = share >= 0.9
    return { round: Math.round(100 * share), loss: isEnd ? end : loss, accuracy: loss === null ? 0.1 : 1 - loss / 4 }
  }),
  ...{ exchanges: 400, resets: made.weights === 'dynamic' ? made.seed - 1 : 0, time: 123.456 },
  returns: made.failure === 'bursts' ? 10 : 0,
  ...{ returnPull: made.failure === 'bursts' ? 0.5 : null, otherPull: 0.1 },
  ...{ violations: [], unfinished: null, refused: {} },
})

const usual: Course = ({ weights, optimiser, overlap, seed }) =>
  (optimiser === 'sgd' ? 0.5 : 0.3) * (weights === 'dynamic' ? 0.98 : 1) * (1 - overlap / 10) + seed / 100

const plans = [...gridPlans(plan.grid, plan.rates), ...momentumPlans(plan.grid, plan.rates)]
const rowsBy = (course: Course): RunRow[] => plans.map(made => madeUp(made, course(made)))
const cellsBy = (course: Course) => cellMap(cellsOf(rowsBy(course)))
const searched = searchPlans(1).map(made => madeUp(made, 1 - made.rate))

const isHardDynamic = ({ failure, split, overlap, weights }: RunPlan) =>
  failure === 'bursts' && split === 'sorted' && overlap > 0 && weights === 'dynamic'

describe('the plans', () => {
  test('cross everything once', () => {
    const grid = gridPlans(plan.grid, plan.rates)
    expect(grid).toHaveLength(1440)
    expect(new Set(grid.map(keyOf)).size).toBe(1440)
    expect(new Set([...plans, ...searchPlans(1)].map(keyOf)).size).toBe(1440 + 36 + 24)
  })

  test('put last what is wanted least', () => {
    const grid = gridPlans(plan.grid, plan.rates)
    expect(new Set(grid.slice(-288).map(({ overlap }) => overlap))).toEqual(new Set([0.375]))
    expect(new Set(grid.slice(0, 384).map(({ seed }) => seed))).toEqual(new Set([1]))
  })
})

describe('a comparison', () => {
  const pick = (course: Course, weights: RunPlan['weights']) =>
    cellsBy(course).get(
      cellKey({ workers: 4, steps: 1, overlap: 0, failure: 'bursts', split: 'iid', optimiser: 'sgd', weights }),
    )!

  test('is made seed by seed', () => {
    const course: Course = ({ weights, seed }) => (weights === 'dynamic' ? [1, 0.5, 0.25][seed - 1]! : 0.5)
    const ratio = ratioOf(pick(course, 'dynamic'), pick(course, 'fixed'))!
    expect(ratio.loss).toBeCloseTo((2 * 1 * 0.5) ** (1 / 3), 12)
    expect(ratio).toMatchObject({ isBelow: false, isAbove: false })
    const twoSeeds = cellMap(cellsOf(rowsBy(course).filter(({ seed, weights }) => seed !== 3 || weights === 'fixed')))
    const cell = (weights: RunPlan['weights']) => twoSeeds.get(cellKey({ ...pick(course, weights) }))!
    expect(ratioOf(cell('dynamic'), cell('fixed'))!.loss).toBeCloseTo(Math.sqrt(2), 12)
  })

  test('with what is no number is lost, and two of them are equal', () => {
    const lost: Course = ({ weights }) => (weights === 'dynamic' ? null : 0.5)
    expect(ratioOf(pick(lost, 'dynamic'), pick(lost, 'fixed'))).toMatchObject({ loss: Infinity, isAbove: true })
    expect(
      ratioOf(
        pick(() => null, 'dynamic'),
        pick(() => null, 'fixed'),
      ),
    ).toMatchObject({ loss: 1 })
  })

  test('names the claim’s own cells', () => {
    const [dynamic, overlap, curved] = claimsOf(cellsBy(usual))
    expect(dynamic!.ratios).toHaveLength(24)
    for (const { one, other } of dynamic!.ratios) {
      expect(one.overlap).toBe(one.workers === 4 ? 0.25 : 0.125)
      expect([one.weights, other.weights, one.optimiser]).toEqual(['dynamic', 'fixed', 'adahessian'])
    }
    for (const { one, other } of overlap!.ratios)
      expect([other.overlap, one.weights, one.optimiser]).toEqual([0, 'fixed', 'adahessian'])
    for (const { one, other } of curved!.ratios)
      expect([one.optimiser, other.optimiser, one.overlap]).toEqual(['adahessian', 'sgd', 0])
  })

  test('agrees with a claim where loss, way and accuracy do in most cells', () => {
    expect(bearingOf(claimsOf(cellsBy(usual))[0]!.ratios).agrees).toBe(true)
    const worse: Course = made => (made.weights === 'dynamic' && made.workers === 4 ? 2 : 1) * usual(made)!
    expect(bearingOf(claimsOf(cellsBy(worse))[0]!.ratios)).toMatchObject({ lower: 12, agrees: false })
  })
})

describe('the sentences', () => {
  test('follow the figures where the claim holds', () => {
    const text = dynamicAgainstFixed(cellsBy(usual))
    expect(text).toContain('fixed ones in 48 of 48 cells')
    expect(text).toContain('elsewhere at or below 1.02 times it in 192 of 192 cells')
    expect(text).toContain('So it holds.')
    expect(text).toContain('The worst cells of the first kind: none.')
  })

  test('and where it does not: the worst cell is named', () => {
    const course: Course = made =>
      isHardDynamic(made) && made.workers === 8 && made.steps === 2 && made.overlap === 0.5
        ? (made.optimiser === 'sgd' ? 1.5 : 1.8) * usual({ ...made, weights: 'fixed' })!
        : usual(made)
    const text = dynamicAgainstFixed(cellsBy(course))
    expect(text).toContain('fixed ones in 46 of 48 cells')
    expect(text).toContain('**So it does not hold in every cell.**')
    expect(text).toMatch(
      /first kind: k = 8, τ = 2, overlap 50 %, bursts, data by label, AdaHessian: 1\.800 \(0\.\d+ against/,
    )
    expect(text).toMatch(/; k = 8, τ = 2, overlap 50 %, bursts, data by label, SGD: 1\.500 \(/)
  })

  test('tell leaps by the resets of their runs', () => {
    const course: Course = made => (made.weights === 'dynamic' && made.seed === 3 ? 4 : 1) * usual(made)!
    const text = leaps(cellsBy(course))
    expect(text).toContain('| SGD | 0 of 120 | 120 of 240 | 0 of 0 |')
    expect(text).toContain('240 of 720 runs leap; 240 of them had resets.')
    expect(leaps(cellsBy(usual))).toContain('There is none.')
  })

  test('and who came back', () => {
    expect(returningWorkers(cellsBy(usual))).toContain('| SGD, bursts, by label | 10.0 | 0.50 | 0.10 | 1.0 | 2 |')
  })
})

describe('page, rows and pictures', () => {
  const rows = [...searched, ...rowsBy(usual)]
  const files = filesOf(plan, rows)
  const page = files.get('docs/experiments/elastic.md')!

  test('hold no number that is none, and say the same each time', () => {
    expect(filesOf(plan, rows)).toEqual(files)
    expect(files.size).toBe(8)
    for (const text of files.values()) expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/)
  })

  test('every picture that the page shows is there, and the other way round', () => {
    const shown = [...page.matchAll(/\]\((pictures\/[^)]+)\)/g)].map(([, file]) => `docs/experiments/${file}`)
    expect(shown.sort()).toEqual([...files.keys()].filter(file => file.endsWith('.svg')).sort())
  })

  test('the rates are those of the search', () => {
    expect(page).toContain('| SGD | 0.3 | 0.700 | 1.00 | **chosen** |')
    expect(page).toContain('The highest that was tried is chosen for SGD and AdaHessian')
  })

  test('what was not played is said', () => {
    expect(page).toContain('All 1476 runs of the grid and beside it were played.')
    const fewer = filesOf(plan, [...searched, ...rowsBy(usual).filter(row => row.seed < 3 || row.overlap !== 0.375)])
    expect(fewer.get('docs/experiments/elastic.md')).toContain(
      '**96 of 1476 runs were not played**: 96 with overlap 37.5 %, seed 3.',
    )
  })

  test('stand where every run ended without a number', () => {
    for (const text of filesOf(plan, [...searched, ...rowsBy(() => null)]).values())
      expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/)
  })

  test('rows are read again as they were written, those with violations left out; of another setting they are refused', () => {
    const [good, bad] = rows
    const text = rowsFile(plan, [good!, { ...bad!, violations: ['I6: stands still'] }])
    const earlier = earlierRows(JSON.parse(text), plan)
    expect([...earlier.keys()]).toEqual([keyOf(good!)])
    expect(rowsFile(plan, [...earlier.values()])).toBe(rowsFile(plan, [good!]))
    expect(() => earlierRows(JSON.parse(text), { ...plan, rounds: { ...plan.rounds, 4: 61 } })).toThrow(/other rounds/)
    expect(earlierRows(undefined, plan).size).toBe(0)
  })

  test('rows with dynamic weights are not taken over when their rules have changed; with fixed ones they are', () => {
    const [fixed, dynamic] = rowsBy(usual)
    const file = JSON.parse(rowsFile(plan, [fixed!, dynamic!]))
    expect(earlierRows(file, plan).size).toBe(2)
    file.strategy.dynamic.deadZone += 0.1
    expect([...earlierRows(file, plan).keys()]).toEqual([keyOf(fixed!)])
    expect(file.strategy.fixed).not.toHaveProperty('deadZone')
  })
})
