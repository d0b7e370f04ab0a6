import fc from 'fast-check'
import { expect, test } from 'vitest'
import { raisedCosine } from './raised-cosine.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })

test('[OPT6] half a cosine has these bits on every machine', () => {
  expect([0, 0.1, 0.25, 1 / 3, 0.5, 0.9, 1].map(raisedCosine)).toEqual([
    1, 0.9755282581475768, 0.8535533905932737, 0.75, 0.5000000000000001, 0.024471741852423207, 0,
  ])
})

test('is (1 + cos πx) / 2, to the last digits', () => {
  fc.assert(
    fc.property(share, x => {
      expect(Math.abs(raisedCosine(x) - (1 + Math.cos(Math.PI * x)) / 2)).toBeLessThanOrEqual(2 ** -50)
    }),
  )
})

test('never rises, and stays within 0 and 1', () => {
  fc.assert(
    fc.property(share, share, (x, y) => {
      const [early, late] = [raisedCosine(Math.min(x, y)), raisedCosine(Math.max(x, y))]
      expect(1 >= early && early >= late && late >= 0).toBe(true)
    }),
  )
  const fine = Array.from({ length: 10_001 }, (_, i) => raisedCosine(i / 10_000))
  expect(fine.every((value, i) => i === 0 || value <= fine[i - 1]!)).toBe(true)
})
