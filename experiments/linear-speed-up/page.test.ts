import { describe, expect, test } from 'vitest'
import { filesOf } from './linear-speed-up.ts'
import { type Plan, verdictText } from './page.ts'
import { chooseFactor, gridPlans, keyOf, type RunRow, searchPlans } from './plans.ts'
import type { RunPlan } from './play-run.ts'
import { earlierRows, rowsFile } from './rows-file.ts'
import { rateOf, wholeScale } from './setting.ts'
import { measured, slopeInterval } from './tally.ts'

const plan: Plan = {
  question: 'Does it fall?',
  ...{ isQuick: false, seed: 1, scale: wholeScale, dataset: 'mnist', factor: 2, bestLoss: 0.01 },
}
const context = { iterations: wholeScale.iterations, bestLoss: plan.bestLoss }

/** Of an error that is so far above what descent makes of it. */
function madeUp(made: RunPlan, error: number | null): RunRow {
  const end = 0.1 + 1 / made.workers / 10
  const loss = (iteration: number) => 2.3 + (iteration / wholeScale.iterations) * (end - 2.3)
  const points = Array.from({ length: 51 }, (_, i) => wholeScale.every * i)
  return {
    ...made,
    curve: points.map(iteration => ({ iteration, loss: loss(iteration), squared: error === null ? null : error })),
    ...{ error, steps: made.workers > 2 ? 0.5 : 1, violations: 0 },
  }
}

type ErrorOf = (made: RunPlan) => number | null
const usual: ErrorOf = ({ workers, kind, seed }) =>
  (kind === 'alone' ? workers : 1 / Math.sqrt(workers)) * (1 + seed / 50)
const rowsBy = (errorOf: ErrorOf): RunRow[] => gridPlans(2, wholeScale, 1).map(made => madeUp(made, errorOf(made)))
const searched = searchPlans(wholeScale, 1).map(made => madeUp(made, Math.abs(Math.log(made.factor / 2)) + 0.1))

describe('the tally', () => {
  test('a law of NK has its exponent as slope, the same on every seed', () => {
    const slope = slopeInterval(rowsBy(usual), 'full', 'error', context)!
    expect(slope.mean).toBeCloseTo(-0.5, 9)
    expect(slope.half).toBeCloseTo(0, 9)
    // Half of the gradients from four peers on: less work for the same error.
    expect(slopeInterval(rowsBy(usual), 'full', 'error', context, 'gradients')!.mean).toBeLessThan(-0.55)
    expect(slopeInterval(rowsBy(usual), 'alone', 'error', context)!.mean).toBeCloseTo(1, 9)
  })

  test('what descent explains is no noise', () => {
    const [row] = rowsBy(usual)
    const [start, end] = [row!.curve[0]!.loss!, row!.curve.at(-1)!.loss!]
    const explained = (start - end) / (400 * rateOf(2, row!.workers, 400))
    expect(measured(row!, 'noise', context)).toBeCloseTo(row!.error! - explained, 12)
    expect(measured({ ...row!, error: explained / 2 }, 'noise', context)).toBeNull()
    expect(measured(row!, 'excess', context)).toBeCloseTo(end - 0.01, 12)
  })

  test('one run without a number leaves its kind without a slope', () => {
    const rows = rowsBy(made => (made.kind === 'redraw' && made.seed === 2 && made.workers === 8 ? null : usual(made)))
    expect(slopeInterval(rows, 'redraw', 'error', context)).toBeNull()
    expect(slopeInterval(rows, 'full', 'error', context)).not.toBeNull()
  })

  test('c is the one with the lowest mean of log error', () => {
    expect(chooseFactor(searched)).toBe(2)
    expect(chooseFactor([])).toBe(0.5)
    expect(chooseFactor(searched.map(row => (row.factor === 2 ? { ...row, error: null } : row)))).not.toBe(2)
  })
})

test('the verdict follows the figures', () => {
  expect(verdictText(plan, rowsBy(usual))).toMatch(/- cb-Full: −0\.50 ± 0\.00\. /)
  const flat = rowsBy(({ seed, workers }) => (1 + seed / 50) * workers ** (seed % 2 === 0 ? -0.19 : -0.21))
  expect(verdictText(plan, flat)).toContain('- cb-Full: −0.20 ± 0.01. **Not near −1/2: shallower.**')
  const steep = rowsBy(({ seed, workers }) => workers ** (seed % 2 === 0 ? -0.54 : -0.56))
  expect(verdictText(plan, steep)).toContain('though the interval does not hold it: a little steeper.')
})

describe('page, rows and pictures', () => {
  const rows = [...searched, ...rowsBy(usual)]
  const files = filesOf(plan, rows)
  const page = files.get('docs/experiments/linear-speed-up.md')!

  test('hold no number that is none, and say the same each time', () => {
    expect(filesOf(plan, rows)).toEqual(files)
    for (const text of files.values()) expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/)
    for (const text of filesOf(plan, [...searched, ...rowsBy(() => null)]).values())
      expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/)
  })

  test('every picture that the page shows is there, and the other way round', () => {
    const shown = [...page.matchAll(/\]\((pictures\/[^)]+)\)/g)].map(([, file]) => `docs/experiments/${file}`)
    expect(shown.sort()).toEqual([...files.keys()].filter(file => file.endsWith('.svg')).sort())
  })

  test('what was not played is said', () => {
    expect(page).not.toContain('were not played')
    expect(filesOf(plan, rows.slice(0, -7)).get('docs/experiments/linear-speed-up.md')).toContain(
      '**7 of 130 runs were not played.**',
    )
  })

  test('rows are read again as they were written; of another setting they are refused', () => {
    const text = rowsFile(plan, rows)
    const earlier = earlierRows(JSON.parse(text), plan)
    expect(rowsFile(plan, [...earlier.values()])).toBe(text)
    expect([...earlier.keys()]).toEqual(rows.map(keyOf))
    expect(() => earlierRows(JSON.parse(text), { ...plan, seed: 2 })).toThrow(/other seed/)
  })
})
