import { describe, expect, it } from 'vitest'
import { formatLogMark, logMarks, logRange } from './log-axis.ts'

describe('a logarithmic axis', () => {
  it('begins and ends at round numbers around what is drawn', () => {
    expect(logRange(0.35, 4.8)).toEqual([0.2, 5])
    expect(logRange(0.001, 1000)).toEqual([0.001, 1000])
    expect(logRange(0.3, 0.7)).toEqual([0.2, 1])
    expect(logRange(3e-9, 7e4)).toEqual([2e-9, 1e5])
  })

  it('is never one number alone, and is there before anything is', () => {
    const [low, high] = logRange(2, 2)
    expect(low).toBeLessThan(2)
    expect(high).toBeGreaterThan(2)
    expect(logRange(null, null)).toEqual([0.1, 1])
    expect(logRange(0, 5)).toEqual([0.1, 1])
  })

  it('is marked at 1, 2 and 5 where it is short, and both ends are among the marks', () => {
    expect(logMarks(0.2, 5)).toEqual([0.2, 0.5, 1, 2, 5])
    expect(logMarks(20, 100)).toEqual([20, 50, 100])
  })

  it('is marked at powers of ten where it is long, few however long', () => {
    expect(logMarks(0.002, 50)).toEqual([0.01, 0.1, 1, 10])
    for (const low of [1e-5, 1e-9, 1e-16]) {
      const marks = logMarks(low, 1e6)
      expect(marks.length).toBeGreaterThanOrEqual(3)
      expect(marks.length).toBeLessThanOrEqual(6)
      const ratios = marks.slice(1).map((mark, index) => Math.round(Math.log10(mark / marks[index]!)))
      expect(new Set(ratios).size).toBe(1)
    }
  })

  it('is marked in few characters', () => {
    expect([1e-5, 0.001, 0.2, 1, 50, 2_000].map(formatLogMark)).toEqual(['1e-5', '0.001', '0.2', '1', '50', '2K'])
  })
})
