import { describe, expect, it } from 'vitest'
import { noise } from '../../../stories/run-story.ts'
import { type Point, roundsTogether, thinPoints } from './thin-points.ts'

const points = (count: number, valueAt: (round: number) => number): Point[] =>
  Array.from({ length: count }, (_, index) => ({ round: 4 * index + 1, value: valueAt(4 * index + 1) }))

describe('how many rounds are drawn as one point', () => {
  it('is one until a line is too long, then a power of two that leaves few buckets', () => {
    expect(roundsTogether([1, 10_000], 300, 300)).toBe(1)
    expect(roundsTogether([1, 10_000], 301, 300)).toBe(128)
    expect(roundsTogether([9_001, 10_000], 301, 300)).toBe(16)
    expect(roundsTogether([], 0, 300)).toBe(1)
  })
})

describe('a thinned line', () => {
  const calm = points(2_500, round => 1 + 0.2 * noise(round))

  it('is the line itself where no rounds are drawn together', () => {
    expect(thinPoints(calm, 1)).toBe(calm)
  })

  it('has a point for each bucket, each one of its own, in order', () => {
    const thinned = thinPoints(calm, 128)
    expect(thinned.length).toBeGreaterThanOrEqual(79)
    expect(thinned.length).toBeLessThan(90)
    expect(thinned.every(point => calm.includes(point))).toBe(true)
    expect(thinned.map(({ round }) => round)).toEqual([...thinned.map(({ round }) => round)].sort((a, b) => a - b))
    expect(thinned[0]).toBe(calm[0])
    expect(thinned.at(-1)).toBe(calm.at(-1))
  })

  it('lies in the middle of what it stands for', () => {
    const between = thinPoints(calm, 128).slice(1, -1)
    for (const { value } of between) expect(Math.abs(value - 1.1)).toBeLessThan(0.08)
  })

  it('keeps the one point that stands out, up or down', () => {
    for (const value of [5, -3]) {
      const spike = calm.map(point => (point.round === 4_001 ? { round: 4_001, value } : point))
      expect(thinPoints(spike, 128)).toContainEqual({ round: 4_001, value })
    }
  })

  it('stays where it is when rounds are added', () => {
    const before = thinPoints(calm.slice(0, 2_400), 128)
    const after = thinPoints(calm.slice(0, 2_447), 128)
    const closed = 128 * Math.floor(9_597 / 128)
    const drawn = (thinned: readonly Point[]) => thinned.filter(({ round }) => round < closed)
    expect(drawn(after)).toEqual(drawn(before))
    expect(drawn(before).length).toBeGreaterThan(70)
  })

  it('draws a level line level', () => {
    const level = thinPoints(
      points(800, () => 0.1),
      32,
    )
    expect(new Set(level.map(({ value }) => value))).toEqual(new Set([0.1]))
    expect(level.length).toBeLessThanOrEqual(102)
  })
})
