import type { WorkerEffect } from '@muster/engine'
import { leaseId, segmentsFor, tileFrameBytes } from '@muster/vocabulary'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coordinatesOf, joinTiles } from './tile-frames.ts'

type SendTile = Extract<WorkerEffect, { type: 'send-tile' }>

const tile = (segment: number, { lease = 1, covers = 2, segments = 16 } = {}): SendTile => ({
  type: 'send-tile',
  item: {
    lease: leaseId(lease),
    round: 0,
    modelVersion: 0,
    parameters: 'p',
    rate: 0.1,
    work: { partitions: [0, 1], levels: [], upload: 'in-tiles' },
  },
  segment,
  segments,
  covers,
  computeMs: 3,
})
const small = 100_000
const framesOf = (effects: readonly WorkerEffect[], parameterCount = small) =>
  joinTiles(effects, parameterCount).map(effect =>
    effect.type === 'send-tiles' ? [effect.lowest, effect.highest] : effect.type,
  )

test('[TILE12] adjacent tiles of one sum are one frame, upward and downward', () => {
  expect(framesOf([3, 4, 5, 7, 8].map(segment => tile(segment)))).toEqual([
    [3, 5],
    [7, 8],
  ])
  expect(framesOf([8, 7, 5, 4, 3].map(segment => tile(segment)))).toEqual([
    [7, 8],
    [3, 5],
  ])
  expect(framesOf([0, 2, 4].map(segment => tile(segment)))).toEqual([
    [0, 0],
    [2, 2],
    [4, 4],
  ])
})

test('[TILE12] another lease, another sum or another effect in between begins another frame', () => {
  const drop: WorkerEffect = { type: 'drop-sums', lease: leaseId(1) }
  const effects = [
    tile(0),
    tile(1, { lease: 2 }),
    tile(2, { lease: 2, covers: 3 }),
    drop,
    tile(3, { lease: 2, covers: 3 }),
  ]
  expect(framesOf(effects)).toEqual([[0, 0], [1, 1], [2, 2], 'drop-sums', [3, 3]])
  expect(framesOf([drop, drop])).toEqual(['drop-sums', 'drop-sums'])
})

test('[TILE12] a frame has 256 KiB at most, or one tile; none is missing and none is sent twice', () => {
  const check = (parameterCount: number, direction: 'upward' | 'downward') => {
    const segments = segmentsFor(parameterCount)
    const upward = Array.from({ length: segments }, (_, segment) => segment)
    const due = direction === 'upward' ? upward : upward.toReversed()
    const effects = due.map(segment => tile(segment, { segments }))
    const frames = joinTiles(effects, parameterCount).flatMap(effect => (effect.type === 'send-tiles' ? [effect] : []))
    const bytes = frames.map(frame => {
      const { from, to } = coordinatesOf(frame, parameterCount)
      return 4 * (to - from)
    })
    for (const [i, { lowest, highest }] of frames.entries())
      if (highest > lowest) expect(bytes[i]).toBeLessThanOrEqual(tileFrameBytes)
    const carried = frames.flatMap(({ lowest, highest }) => {
      const run = upward.slice(lowest, highest + 1)
      return direction === 'upward' ? run : run.reverse()
    })
    expect(carried).toEqual(due)
    // No two frames in a row would have fitted into one.
    for (let i = 1; i < frames.length; i++) {
      const next = frames[i]!
      const taken = direction === 'upward' ? next.lowest : next.highest
      const more = coordinatesOf({ segments, lowest: taken, highest: taken }, parameterCount)
      expect(bytes[i - 1]! + 4 * (more.to - more.from)).toBeGreaterThan(tileFrameBytes)
    }
    return frames.length
  }
  expect(check(16_384, 'upward')).toBe(1)
  expect(check(small, 'downward')).toBe(2)
  expect(check(1_000_000, 'upward')).toBe(16)
  expect(check(60_000_000, 'upward')).toBe(512)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000_000 }), fc.constantFrom('upward', 'downward'), (count, direction) => {
      check(count, direction)
    }),
    { numRuns: 50 },
  )
})
