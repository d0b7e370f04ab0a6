import { describe, expect, test } from 'vitest'
import { chooseRates } from './choose-rates.ts'
import { gridPlans, type LearningRow, searchPlans } from './learning-plans.ts'
import { verdictOf } from './learning-section.ts'
import { atGradients, atTime, learnedCells, shareToLoss } from './learning-tally.ts'
import type { Plan } from './page.ts'
import { filesOf } from './peers.ts'
import type { LearningPlan } from './play-learning.ts'
import { earlierRows, rowsFile } from './rows-file.ts'
import { fleetLaws, learningVariants, splits, subjects, wholeScale } from './setting.ts'
import { timePlans } from './time-cells.ts'
import { referenceVerdict, savedVerdict } from './time-section.ts'
import { type TimeRow, timedCells } from './time-tally.ts'
import type { Variant } from './variants.ts'

const plan: Plan = {
  question: 'What is it worth?',
  ...{ isQuick: false, seed: 1, scale: wholeScale, timeSizes: { graphs: 3, warmUp: 20, iterations: 100 } },
  datasets: { lrm: 'mnist', '2nn': 'mnist', 'lrm-photographs': 'cifar10' },
  rates: { lrm: 0.5, '2nn': 0.1, 'lrm-photographs': 0.05 },
}

const paces: Readonly<Record<Variant, number>> = {
  ...{ 'carry-over': 1.5, redraw: 1.9, full: 4, 'all-but-1': 3, 'all-but-2': 2.5 },
}
const timesBy = (paceOf: (row: TimeRow) => number): TimeRow[] =>
  timePlans().map(made => {
    const row = { ...made, times: [], skipped: [0.7, 0.7, 0.7], violations: 0 }
    return { ...row, times: [0.9, 1, 1.1].map(part => part * paceOf(row)) }
  })
const times = timesBy(({ variant }) => paces[variant])

/** Points at every tenth of the time; the end says how many points of a percentage a variant is ahead. */
const madeUp = (made: LearningPlan, ahead: number): LearningRow => ({
  ...made,
  fullTime: 100,
  curve: Array.from({ length: 14 }, (_, i) => ({
    ...{ iterations: 20 * i, time: 10 * i, loss: 2 - 0.15 * i, accuracy: 0.1 + 0.08 * Math.min(i, 10) + ahead / 100 },
    ...{ consensus: i / 10, backups: 2, steps: 10 * i },
  })),
  ...{ violations: [], unfinished: null },
})

const rowsBy = (ahead: (made: LearningPlan) => number): LearningRow[] =>
  gridPlans(plan.rates, wholeScale, 1).map(made => madeUp(made, ahead(made)))
const searched = searchPlans(subjects, 1).map(made => madeUp(made, 0))
const usual = rowsBy(({ variant }) => (variant === 'carry-over' ? 0.2 : 0))

describe('iteration times', () => {
  test('the sentence follows the figures', () => {
    expect(savedVerdict(timedCells(times))).toContain('With carry-over in 7 of 7 cells')
    expect(savedVerdict(timedCells(times))).toContain('So it holds.')
    const slow = timesBy(({ variant, workers }) => (variant === 'carry-over' && workers === 6 ? 2.5 : paces[variant]))
    const text = savedVerdict(timedCells(slow))
    expect(text).toContain('With carry-over in 6 of 7 cells; the least is saved under n = 6, 1 + Exp(1) (37.5 %)')
    expect(text).toContain('**So it does not hold in every cell.**')
  })

  test('the reference is of the rule that is nearer', () => {
    const near = (of: Variant) =>
      timesBy(({ variant, workers }) =>
        variant === of ? { 6: 1.97, 10: 1.6, 20: 1.61 }[workers]! : paces[variant] / 2,
      )
    expect(referenceVerdict(timedCells(near('redraw')))).toContain('it is of the redraw rule')
    expect(referenceVerdict(timedCells(near('carry-over')))).toContain('it is of the carry-over rule')
  })
})

describe('learning', () => {
  test('the plans cross everything once, and cb-Full is in every cell', () => {
    const plans = gridPlans(plan.rates, wholeScale, 1)
    const settings = subjects.reduce(
      (sum, subject) => sum + fleetLaws[subject].reduce((count, { laws }) => count + laws.length, 0) * splits.length,
      0,
    )
    expect(plans).toHaveLength(settings * learningVariants.length * wholeScale.seeds)
    expect(learnedCells(usual, () => 200)).toHaveLength(settings)
    expect(plans.at(-1)).toMatchObject({ subject: '2nn', variant: 'all-but-1', seed: 3 })
  })

  test('runs are held against cb-Full at its time, and never after it', () => {
    const [row] = usual
    expect(atTime(row!).time).toBe(100)
    expect(atTime(row!, 0.55).time).toBe(50)
    expect(shareToLoss(row!, 2 - 0.15 * 4.5)).toBeCloseTo(0.45, 12)
    expect(shareToLoss(row!, 0)).toBeNull()
    expect(atGradients(row!, 45)).toMatchObject({ steps: 45, loss: expect.closeTo(2 - 0.15 * 4.5, 12) })
    expect(atGradients(row!, 1000).time).toBe(130)
  })

  test('half a point is the most that may be lacking', () => {
    const behind = (by: number) =>
      rowsBy(({ variant, law }) => (variant === 'carry-over' && law === 'persistent' ? -by : 0))
    const held = (rows: LearningRow[]) =>
      verdictOf(
        learnedCells(rows, () => 200).filter(({ subject }) => subject === 'lrm'),
        'carry-over',
        'atTime',
      )
    expect(held(behind(0.4))).toMatchObject({ held: 20, of: 20 })
    expect(held(behind(0.6))).toMatchObject({ held: 16, of: 20 })
    expect(held(behind(0.6)).worst[0]!.cell.law).toBe('persistent')
  })

  test('the rate with the lowest loss at the end is chosen, of those that never leapt', () => {
    const rows = searched.map(row => {
      const end = row.rate === 1 ? 0.2 : row.rate === 2 ? 0.1 : 0.5
      const leap = row.rate === 2 ? 4 : 1
      const curve = row.curve.map((point, i) => ({ ...point, loss: i === 1 ? 2 * leap : i === 13 ? end : 1 }))
      return { ...row, curve: curve.map((point, i) => (i === 0 ? { ...point, loss: 2 } : point)) }
    })
    expect(chooseRates(rows, ['lrm'])).toEqual({ lrm: 1 })
    expect(chooseRates([], ['2nn'])).toEqual({ '2nn': 0.05 })
  })
})

describe('page, rows and pictures', () => {
  const rows = { times, learning: [...searched, ...usual] }
  const files = filesOf(plan, rows)
  const page = files.get('docs/experiments/peers.md')!

  test('hold no number that is none, and say the same each time', () => {
    expect(filesOf(plan, rows)).toEqual(files)
    for (const text of files.values()) expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/)
  })

  test('every picture that the page shows is there, and the other way round', () => {
    const shown = [...page.matchAll(/\]\((pictures\/[^)]+)\)/g)].map(([, file]) => `docs/experiments/${file}`)
    expect(shown.sort()).toEqual([...files.keys()].filter(file => file.endsWith('.svg')).sort())
  })

  test('a subject without data is left out, and what was not played is said', () => {
    const fewer = filesOf(
      { ...plan, rates: { lrm: 0.5, '2nn': 0.1 }, datasets: { ...plan.datasets, 'lrm-photographs': null } },
      { times: times.slice(0, 30), learning: rows.learning.filter(({ subject }) => subject !== 'lrm-photographs') },
    ).get('docs/experiments/peers.md')!
    expect(fewer).not.toContain('CIFAR-10,')
    expect(fewer).toContain('5 of 35 cells and variants were not played')
    const none = filesOf(plan, { times, learning: usual.slice(0, 200) }).get('docs/experiments/peers.md')!
    expect(none).toMatch(/\*\*\d+ of \d+ runs were not played/)
  })

  test('rows are read again as they were written; of another setting they are refused', () => {
    const text = rowsFile(plan, rows)
    const earlier = earlierRows(JSON.parse(text), plan)
    expect(rowsFile(plan, { times: [...earlier.times.values()], learning: [...earlier.learning.values()] })).toBe(text)
    const other = { ...plan, scale: { ...wholeScale, every: 7 } }
    expect(() => earlierRows(JSON.parse(text), other)).toThrow(/other scale/)
    expect(earlierRows(undefined, plan).learning.size).toBe(0)
  })
})
