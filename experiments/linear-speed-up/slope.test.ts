import { expect, test } from 'vitest'
import { holds, intervalOf, slopeOf } from './slope.ts'

test('a power law has its exponent as slope', () => {
  const points = [1, 2, 4, 8].map(n => [Math.log(n), Math.log(3 * n ** -0.5)] as const)
  expect(slopeOf(points)).toBeCloseTo(-0.5, 12)
})

test('the interval is Student’s', () => {
  const interval = intervalOf([-0.4, -0.5, -0.6])
  expect(interval.mean).toBeCloseTo(-0.5, 12)
  expect(interval.half).toBeCloseTo((4.303 * 0.1) / Math.sqrt(3), 6)
  expect(holds(interval, -0.3)).toBe(true)
  expect(holds(interval, -0.2)).toBe(false)
  expect(intervalOf([1])).toEqual({ mean: 1, half: null })
  expect(holds(intervalOf([1]), 1)).toBe(false)
})
