import { expect, test } from 'vitest'
import { chooseRates, ratesSeen } from './choose-rates.ts'
import { type RunRow, searchPlans } from './run-plans.ts'
import { calmFactor } from './setting.ts'

const start = 2
/** Loss at the end, and the highest before. */
type Course = readonly [end: number, highest: number]

const rowsOf = (courses: Readonly<Record<string, Course>>): RunRow[] =>
  searchPlans(1).map(plan => {
    const [end, highest] = courses[`${plan.optimiser} ${plan.rate}`] ?? [1.5, start]
    const curve = [start, highest, end, end, end].map((loss, round) => ({ round, loss, accuracy: 0.5 }))
    return {
      ...plan,
      ...{ curve, exchanges: 10, resets: 0, returns: 0, returnPull: null, otherPull: 0.1, time: 9 },
      ...{ violations: [], unfinished: null, refused: {} },
    }
  })

test('the lowest loss at the end wins, of rates that never leapt away', () => {
  const rows = rowsOf({ 'sgd 0.1': [0.4, start], 'adahessian 0.05': [0.5, start], 'adahessian 0.15': [0.3, 2.6] })
  expect(chooseRates(rows)).toEqual({ sgd: 0.1, adahessian: 0.05, momentum: 0.1 })
})

test('one run that leaps is enough, and just below the bound is calm', () => {
  const below = calmFactor * start - 0.01
  const rows = rowsOf({ 'sgd 0.3': [0.3, below] })
  expect(chooseRates(rows).sgd).toBe(0.3)
  const last = rows.findLastIndex(({ optimiser, rate }) => optimiser === 'sgd' && rate === 0.3)
  const leapt = rows.map((row, i) =>
    i === last ? { ...row, curve: row.curve.map((point, at) => (at === 1 ? { ...point, loss: null } : point)) } : row,
  )
  expect(chooseRates(leapt).sgd).not.toBe(0.3)
  expect(ratesSeen(leapt).find(({ rate }) => rate === 0.3)).toMatchObject({ isCalm: false, leap: Infinity })
})

test('where no rate is calm it is the lowest; without rows too', () => {
  const wild: Course = [0.1, 99]
  const rows = rowsOf({ 'sgd 0.05': wild, 'sgd 0.1': wild, 'sgd 0.3': wild })
  expect(chooseRates(rows).sgd).toBe(0.05)
  expect(chooseRates([])).toEqual({ sgd: 0.05, adahessian: 0.01, momentum: 0.05 })
})
