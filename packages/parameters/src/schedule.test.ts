import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSchedule, rateAt, type ScheduleSpec } from './schedule.ts'

const factors = (spec: ScheduleSpec, steps: number[]) => steps.map(createSchedule(spec))

const rounds = fc.integer({ min: 1, max: 10_000 })
const anySchedule: fc.Arbitrary<ScheduleSpec> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), warmUp: fc.option(rounds, { nil: undefined }) }),
  rounds.chain(warmUp =>
    fc.record({
      kind: fc.constant('cosine' as const),
      rounds: fc.integer({ min: warmUp + 1, max: 20_000 }),
      floor: fc.double({ min: 0, max: 1, noNaN: true }),
      warmUp: fc.constantFrom(warmUp, undefined),
    }),
  ),
  rounds.chain(warmUp =>
    fc.record({
      kind: fc.constant('steps' as const),
      every: fc.integer({ min: warmUp, max: 20_000 }),
      factor: fc.double({ min: 1e-3, max: 1, noNaN: true }),
      warmUp: fc.constantFrom(warmUp, undefined),
    }),
  ),
)

test('without a schedule, or with a constant one, the rate is the one in force', () => {
  expect([0, 7, 1e6].map(createSchedule(undefined))).toEqual([1, 1, 1])
  expect(factors({ kind: 'constant' }, [0, 7, 1e6])).toEqual([1, 1, 1])
})

test('[OPT5] a warm-up of four rounds: a quarter, a half, three quarters, all of the rate', () => {
  expect(factors({ kind: 'constant', warmUp: 4 }, [0, 1, 2, 3, 4, 1e6])).toEqual([0.25, 0.5, 0.75, 1, 1, 1])
  expect(factors({ kind: 'constant', warmUp: 1 }, [0, 1])).toEqual([1, 1])
})

test('[OPT5] cosine: 1 at first, halfway to the floor in the middle, the floor at the end and beyond', () => {
  const spec: ScheduleSpec = { kind: 'cosine', rounds: 8, floor: 0.25 }
  const values = factors(spec, [0, 2, 4, 6, 8, 9, 1e6])
  const quarter = (1 + Math.SQRT1_2) / 2
  const expected = [1, 0.25 + 0.75 * quarter, 0.625, 0.25 + 0.75 * (1 - quarter), 0.25, 0.25, 0.25]
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 14)
  expect([values[0], values[4], values[5]]).toEqual([1, 0.25, 0.25])
  expect(factors({ kind: 'cosine', rounds: 8 }, [8])).toEqual([0])
})

test('[OPT5] cosine after a warm-up: begins at 1 when it ends, and ends in the round that was asked for', () => {
  const values = factors({ kind: 'cosine', rounds: 10, warmUp: 2 }, [0, 1, 2, 6, 10, 11])
  expect(values.map(value => Math.round(value * 1e12) / 1e12)).toEqual([0.5, 1, 1, 0.5, 0, 0])
})

test('[OPT5] steps: multiplied in every fourth round, counted from the first, warm-up or not', () => {
  const every = { kind: 'steps', every: 4, factor: 0.5 } as const
  expect(factors(every, [0, 3, 4, 7, 8, 12, 16])).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125, 0.0625])
  expect(factors({ ...every, warmUp: 4 }, [0, 1, 2, 3, 4, 8])).toEqual([0.25, 0.5, 0.75, 1, 0.5, 0.25])
})

test('[OPT5] any schedule rises to 1 in its warm-up, then never rises, and stays within 0 and 1', () => {
  fc.assert(
    fc.property(anySchedule, spec => {
      const { warmUp = 0 } = spec
      const factor = createSchedule(spec)
      for (let step = 0; step < warmUp; step += 1 + Math.floor(warmUp / 20))
        expect(factor(step)).toBe((step + 1) / warmUp)
      expect(factor(warmUp === 0 ? 0 : warmUp - 1)).toBe(1)
      let last = 1
      for (let step = warmUp; step < 40_000; step += 997) {
        expect(factor(step) >= 0 && factor(step) <= last).toBe(true)
        last = factor(step)
      }
    }),
    { numRuns: 50 },
  )
})

test('the rate of an update is the rate in force times the factor', () => {
  expect(rateAt({ schedule: { kind: 'constant', warmUp: 4 } }, 0.8, 1)).toBe(0.4)
  expect(rateAt({}, 0.1, 5)).toBe(0.1)
})

test.each<[object, string]>([
  [{ kind: 'exponential' }, 'optimiser.schedule.kind must be one of constant, cosine, steps, not "exponential"'],
  [{ kind: 'constant', warmUp: 0 }, 'optimiser.schedule.warmUp must be a whole number above 0, not 0'],
  [{ kind: 'cosine', rounds: 1.5 }, 'optimiser.schedule.rounds must be a whole number above 0, not 1.5'],
  [{ kind: 'cosine', rounds: 5, floor: 1.1 }, 'optimiser.schedule.floor must be at least 0 and at most 1, not 1.1'],
  [{ kind: 'cosine', rounds: 5, warmUp: 5 }, 'optimiser.schedule.warmUp must be below schedule.rounds (5), not 5'],
  [{ kind: 'steps', every: 0, factor: 0.5 }, 'optimiser.schedule.every must be a whole number above 0, not 0'],
  [{ kind: 'steps', every: 5, factor: 0 }, 'optimiser.schedule.factor must be above 0 and at most 1, not 0'],
  [
    { kind: 'steps', every: 5, factor: 1, warmUp: 6 },
    'optimiser.schedule.warmUp must be at most schedule.every (5), not 6',
  ],
])('%j is refused', (spec, message) => {
  expect(() => createSchedule(spec as ScheduleSpec)).toThrow(new RangeError(message))
})
