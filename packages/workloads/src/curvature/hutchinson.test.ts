import { expect, test } from 'vitest'
import { hutchinsonDiagonal, rademacher } from './hutchinson.ts'

test('signs are a function of seed, round, draw and step', () => {
  const signs = rademacher(100, 1, 2, 3)
  expect(rademacher(100, 1, 2, 3)).toEqual(signs)
  for (const other of [
    rademacher(100, 2, 2, 3),
    rademacher(100, 1, 3, 3),
    rademacher(100, 1, 2, 4),
    rademacher(100, 1, 2, 3, 0),
  ])
    expect(other).not.toEqual(signs)
  expect(rademacher(100, 1, 2, 3, 0)).not.toEqual(rademacher(100, 1, 2, 3, 1))
  expect(rademacher(50, 1, 2, 3)).toEqual(signs.subarray(0, 50))
})

test('signs are ±1, as often one as the other, and neighbours are unrelated', () => {
  const signs = rademacher(40_000, 7, 0, 0)
  expect(signs.every(sign => sign === 1 || sign === -1)).toBe(true)
  const meanOf = (value: (i: number) => number) => signs.reduce((sum, _, i) => sum + value(i), 0) / signs.length
  expect(Math.abs(meanOf(i => signs[i]!))).toBeLessThan(0.02)
  for (const lag of [1, 31, 32]) expect(Math.abs(meanOf(i => signs[i]! * (signs[i - lag] ?? 0)))).toBeLessThan(0.02)
})

test('both signs of two coordinates give the diagonal exactly', () => {
  // H = [[2, 3], [3, −1]]: z = (1, 1) gives H z = (5, 2), z = (1, −1) gives (−1, 4).
  const draws = [
    { z: [1, 1], product: [5, 2] },
    { z: [1, -1], product: [-1, 4] },
  ]
  expect([...hutchinsonDiagonal(draws.slice(0, 1))]).toEqual([5, 2])
  expect([...hutchinsonDiagonal(draws)]).toEqual([2, -1])
  expect(() => hutchinsonDiagonal([])).toThrow(RangeError)
  expect(() => hutchinsonDiagonal([...draws, { z: [1], product: [1] }])).toThrow(RangeError)
})
