import { expect, test } from 'vitest'
import { divergence, type Limits } from './setting.ts'
import { type Update, watchRun } from './watch-run.ts'

const limits: Limits = { lossTarget: 0.5, timeMax: 100, uploadsMax: 1000, commonTime: 10 }
/** Parameters are their own loss. */
const gauge = { trainingLoss: (w: Float32Array) => w[0]!, testAccuracy: (w: Float32Array) => 1 - w[0]! }
const update = (at: number, loss: number, rest: Partial<Update> = {}): Update => ({
  ...{ at, version: at, uploads: 4 * at, figures: {} },
  parameters: Float32Array.of(loss),
  ...rest,
})
const begin = (given: Partial<Limits> = {}) => watchRun(gauge, { ...limits, ...given }, Float32Array.of(2))

test('the target is reached at the first evaluation at or below it; the run goes on to the common time', () => {
  const watch = begin()
  expect(watch.note(update(2, 1))).toBe(false)
  expect(watch.note(update(4, 0.5))).toBe(false)
  expect(watch.note(update(9, 0.25))).toBe(false)
  expect(watch.note(update(12, 0.125))).toBe(true)
  const { reached, common, curve, spent } = watch.end()
  expect(reached).toEqual({ time: 4, uploads: 16, updates: 4 })
  expect(common).toEqual({ loss: 0.25, accuracy: 0.75 })
  expect(spent.time).toBe(12)
  expect([0, 9, 10, 19, 20, 44, 45, 50].map(i => curve[i])).toEqual([2, 2, 1, 1, 0.5, 0.5, 0.25, 0.25])
})

test('evaluations keep their distance, and the more time has passed, the greater it is', () => {
  let evaluations = 0
  const counted = { ...gauge, trainingLoss: () => 1 + 0 * evaluations++ }
  const watch = watchRun(counted, { ...limits, commonTime: 1000 }, Float32Array.of(2))
  for (let step = 1; step <= 100; step++) watch.note(update(step / 10, 1))
  expect(evaluations).toBeLessThanOrEqual(1 + 10 / 0.5)
  expect(evaluations).toBeGreaterThan(15)
})

test('what comes after the budget of time or uploads does not count', () => {
  const late = begin()
  expect(late.note(update(50, 1))).toBe(false)
  expect(late.note(update(101, 0.1))).toBe(true)
  expect(late.end().reached).toBeNull()
  const wordy = begin()
  wordy.note(update(11, 1))
  expect(wordy.note(update(12, 0.1, { uploads: 1001 }))).toBe(true)
  expect(wordy.end().reached).toBeNull()
})

test('a loss that is no number, or too high for long, is divergence; a high one for a while is not', () => {
  const lost = begin()
  expect(lost.note(update(1, Number.NaN))).toBe(true)
  expect(lost.end()).toMatchObject({ isDiverged: true, common: null, reached: null })
  const high = begin({ timeMax: 400 })
  expect(high.note(update(1, 9))).toBe(false)
  expect(high.note(update(1 + divergence.units, 9))).toBe(false)
  expect(high.note(update(10 + divergence.units, 9))).toBe(true)
  const back = begin({ timeMax: 400 })
  for (const at of [1, 60, 120]) expect(back.note(update(at, at === 60 ? 1 : 9))).toBe(false)
  expect(back.end().isDiverged).toBe(false)
})

test('staleness, bounds passed and restarts are counted over the rounds', () => {
  const watch = begin()
  watch.note(update(1, 1, { figures: { stalenessMax: 3, bound: 4, restarted: 2 } }))
  watch.note(update(2, 1, { figures: { stalenessMax: 5, bound: 4, restarted: 1 } }))
  watch.note(update(3, 1, { figures: { stalenessMax: 9 } }))
  watch.note(update(4, 1))
  expect(watch.end()).toMatchObject({ stalenessMax: 9, boundedRounds: 2, passedRounds: 1, restarts: 3 })
})
