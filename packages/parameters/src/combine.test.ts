import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accumulateInto, accumulateSegment, combineInto, type Term } from './combine.ts'

const term = (weight: number, ...vector: number[]): Term => ({ weight, vector: Float32Array.from(vector) })

test('combines with weights and overwrites what was there', () => {
  const out = Float64Array.of(9, 9)
  expect(combineInto(out, [term(2, 1, -3), term(-0.5, 4, 8)])).toBe(out)
  expect([...out]).toEqual([0, -10])
  expect([...combineInto(out, [])]).toEqual([0, 0])
})

test('sums of float32 are exact where float32 sums would round', () => {
  const out = combineInto(new Float64Array(1), [term(1, 2 ** 24), term(1, 1), term(1, -(2 ** 24))])
  expect(out[0]).toBe(1)
})

test('blocks, and sums term by term, give the bits of the plain loop in the order of the terms', () => {
  const length = 5000
  const arbitrary = fc.array(
    fc.record({
      weight: fc.double({ min: -10, max: 10, noNaN: true }),
      vector: fc.float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true }),
    }),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(arbitrary, terms => {
      const plain = new Float64Array(length)
      for (const { weight, vector } of terms) {
        if (weight !== 0) for (let i = 0; i < length; i++) plain[i]! += weight * vector[i]!
      }
      expect(combineInto(new Float64Array(length), terms)).toEqual(plain)
      const summed = new Float64Array(length)
      for (const next of terms) accumulateInto(summed, next)
      expect(summed).toEqual(plain)
    }),
    { numRuns: 20 },
  )
})

test('a term of weight zero has no effect, even if it holds NaN', () => {
  expect([...combineInto(new Float64Array(1), [term(0, Number.NaN), term(1, 3)])]).toEqual([3])
})

test('refuses another length or a weight that is no number, and leaves the sum as it was', () => {
  const out = Float64Array.of(5, 5)
  expect(() => combineInto(out, [term(1, 1, 1), term(1, 1)])).toThrow('a vector of 1 numbers into one of 2')
  expect(() => combineInto(out, [term(Number.NaN, 1, 1)])).toThrow('weight NaN')
  expect(() => accumulateInto(out, term(1, 1, 2, 3))).toThrow(RangeError)
  expect([...out]).toEqual([5, 5])
})

test('a base is part of the sum, and stays as it is', () => {
  const base = Float64Array.of(0.5, 2 ** 40)
  expect([...combineInto(Float64Array.of(9, 9), [term(2, 1, -3)], base)]).toEqual([2.5, 2 ** 40 - 6])
  expect([...base]).toEqual([0.5, 2 ** 40])
  expect(() => combineInto(new Float64Array(2), [], new Float64Array(3))).toThrow('a base of 3 numbers into 2')
})

test('segments add up where they lie, in float64; what lies elsewhere is refused', () => {
  const out = new Float64Array(5)
  accumulateSegment(out, Float32Array.of(2 ** 24, 1), 3)
  accumulateSegment(out, Float32Array.of(1, -(2 ** 24)), 2)
  accumulateSegment(out, Float32Array.of(1), 3)
  expect([...out]).toEqual([0, 0, 1, 1, 1])
  expect([...accumulateSegment(out, new Float32Array(0), 5)]).toEqual([0, 0, 1, 1, 1])
  for (const from of [-1, 4, 1.5]) expect(() => accumulateSegment(out, Float32Array.of(1, 1), from)).toThrow(RangeError)
})
