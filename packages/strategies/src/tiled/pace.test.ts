import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { msPerPartitionOf, type Pace, seePace, startPace } from './pace.ts'

const watch = (pace: Pace, partitions: number, ms: number) =>
  Array.from({ length: partitions }).reduce<Pace>(seen => seePace(seen, 1, ms, false), pace)

describe('the pace of a worker in a round', () => {
  test('is what was known until something is seen, and soon what is seen', () => {
    expect(msPerPartitionOf(startPace(12))).toBe(12)
    expect(msPerPartitionOf(watch(startPace(12), 4, 36))).toBeGreaterThan(22)
    expect(msPerPartitionOf(watch(startPace(12), 150, 36))).toBeCloseTo(36, 0)
  })

  test('follows a worker that changes its pace in the middle of a round', () => {
    const slowed = watch(watch(startPace(10), 100, 10), 100, 80)
    expect(msPerPartitionOf(slowed)).toBeGreaterThan(70)
  })

  test('starting up is no part of it', () => {
    expect(msPerPartitionOf(seePace(startPace(10), 1, 5000, true))).toBe(10)
  })

  test('a partition that takes longer than it should makes it slower before it is done', () => {
    const underWay = seePace(startPace(10), 0, 10, false)
    expect(msPerPartitionOf(underWay)).toBe(10)
    const late = seePace(underWay, 0, 500, false)
    expect(msPerPartitionOf(late)).toBeGreaterThan(100)
    expect(msPerPartitionOf(seePace(late, 1, 0, false))).toBeGreaterThan(90)
  })

  test('is about as slow as the slowest that was seen at most, in whatever order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.tuple(fc.nat(5), fc.nat(400))), (known, seen) => {
        let pace = startPace(known)
        let most = known
        let waitedMs = 0
        for (const [finished, ms] of seen) {
          pace = seePace(pace, finished, ms, false)
          waitedMs += ms
          most = Math.max(most, waitedMs)
          if (finished > 0) waitedMs = 0
          const now = msPerPartitionOf(pace)
          expect(now).toBeGreaterThanOrEqual(0)
          // A partition under way that is late counts like half of one.
          expect(now).toBeLessThanOrEqual(1.12 * most + 1e-9)
        }
      }),
    )
  })
})
