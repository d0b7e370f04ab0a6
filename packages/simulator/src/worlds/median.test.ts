import { expect, test } from 'vitest'
import { median } from './median.ts'

test('the middle one, or the mean of the two in the middle; infinite ones count', () => {
  expect(median([3, 1, 20])).toBe(3)
  expect(median([4, 1, 2, 30])).toBe(3)
  expect(median([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY)
  expect(median([1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY)
  expect(median([])).toBeNaN()
})
