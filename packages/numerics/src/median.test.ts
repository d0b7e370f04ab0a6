import { expect, test } from 'vitest'
import { median } from './median.ts'

test('the median of an even number lies between', () => {
  expect(median([])).toBe(0)
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})
