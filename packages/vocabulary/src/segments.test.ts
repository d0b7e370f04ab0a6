import { expect, test } from 'vitest'
import { segmentRange, segmentsFor, segmentsWithin } from './segments.ts'

test('a range of whole segments is read back, whichever they are', () => {
  for (const parameterCount of [1, 3, 16, 17, 250, 7850]) {
    const segments = segmentsFor(parameterCount)
    for (let first = 0; first < segments; first++)
      for (let last = first; last < segments; last++) {
        const { from } = segmentRange(parameterCount, segments, first)
        const { to } = segmentRange(parameterCount, segments, last)
        const run = Array.from({ length: last - first + 1 }, (_, i) => first + i)
        expect(segmentsWithin(parameterCount, segments, { from, to })).toEqual(run)
      }
  }
})

test('what begins or ends within a segment, is empty, or goes beyond the last is none', () => {
  const within = (from: number, to: number) => segmentsWithin(100, 10, { from, to })
  expect(within(0, 100)).toHaveLength(10)
  for (const [from, to] of [
    [0, 19],
    [1, 20],
    [20, 20],
    [100, 110],
    [90, 110],
    [110, 120],
    [20, 10],
  ] as const)
    expect(within(from, to)).toBeNull()
})
