import { describe, expect, it } from 'vitest'
import { linePath, rangeOf, roundOut, ticksOf } from './curve-geometry.ts'

describe('ticks', () => {
  it('are round numbers inside the range', () => {
    expect(ticksOf({ min: 0, max: 1 }, 4)).toEqual([0, 0.5, 1])
    expect(ticksOf({ min: 0.13, max: 2.3 }, 4)).toEqual([1, 2])
    expect(ticksOf({ min: 1, max: 87 }, 4)).toEqual([50])
    expect(ticksOf({ min: 0, max: 0.3 }, 3)).toEqual([0, 0.1, 0.2, 0.3])
  })

  it('of an empty range are that value', () => {
    expect(ticksOf({ min: 3, max: 3 }, 4)).toEqual([3])
  })
})

describe('ranges', () => {
  it('have a width even for one value', () => {
    expect(rangeOf([2])).toEqual({ min: 1.5, max: 2.5 })
    expect(rangeOf([])).toEqual({ min: 0, max: 1 })
  })

  it('grow to whole ticks and never cut a value', () => {
    expect(roundOut({ min: 0.13, max: 2.3 }, 4)).toEqual({ min: 0, max: 3 })
    expect(roundOut({ min: 0, max: 2 }, 4)).toEqual({ min: 0, max: 2 })
  })

  it('have a width also where no more than one tick, or none, lies between two values', () => {
    expect(roundOut({ min: 2.31, max: 2.35 }, 1)).toEqual({ min: 2.3, max: 2.35 })
    expect(roundOut({ min: 1.1, max: 2.9 }, 1)).toEqual({ min: 0, max: 4 })
    for (let digit = 1; digit < 300; digit++) {
      const { min, max } = roundOut({ min: 2.3, max: 2.3 + digit / 1000 }, 4)
      expect(max - min).toBeGreaterThan(0)
      expect(min).toBeLessThanOrEqual(2.3)
      expect(max).toBeGreaterThanOrEqual(2.3 + digit / 1000 - 1e-9)
    }
  })
})

describe('the line', () => {
  it('runs from the lower left to the upper right of its frame', () => {
    const frame = { left: 10, right: 110, top: 0, bottom: 50 }
    const points = [
      { x: 0, y: 0 },
      { x: 5, y: 0.5 },
      { x: 10, y: 1 },
    ]
    expect(linePath(points, { min: 0, max: 10 }, { min: 0, max: 1 }, frame)).toBe('M10.0 50.0L60.0 25.0L110.0 0.0')
  })

  it('of nothing is nothing', () => {
    expect(linePath([], { min: 0, max: 1 }, { min: 0, max: 1 }, { left: 0, right: 1, top: 0, bottom: 1 })).toBe('')
  })
})
