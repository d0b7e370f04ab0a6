import { expect, test } from 'vitest'
import { distance, measureVector, relativeError } from './measure.ts'

test('measures the norm in float64', () => {
  expect(measureVector(Float32Array.of(3, -4))).toEqual({ finite: true, norm: 5 })
  expect(measureVector(new Float32Array(0))).toEqual({ finite: true, norm: 0 })
})

test('the largest float32 are finite, and one entry that is not is seen', () => {
  const largest = 3.4028234663852886e38
  const measure = measureVector(new Float32Array(1000).fill(largest))
  expect(measure.finite).toBe(true)
  expect(measure.norm / (largest * Math.sqrt(1000))).toBeCloseTo(1, 12)
  for (const bad of [Number.NaN, Infinity, -Infinity])
    expect(measureVector(Float32Array.of(1, bad, 2)).finite).toBe(false)
})

test('distances and relative errors', () => {
  expect(distance(Float32Array.of(1, 2), Float64Array.of(4, 6))).toBe(5)
  expect(relativeError(Float64Array.of(1, 2), Float64Array.of(1, 1))).toBe(1 / Math.SQRT2)
  expect(relativeError(new Float32Array(2), new Float32Array(2))).toBe(0)
  expect(relativeError(Float32Array.of(1), new Float32Array(1))).toBe(Infinity)
  expect(() => distance(new Float32Array(2), new Float32Array(3))).toThrow(RangeError)
})
