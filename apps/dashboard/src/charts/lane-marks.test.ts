import type { Lane } from '@muster/protocol'
import { describe, expect, it } from 'vitest'
import { drawLanes, rowHeight } from './lane-geometry.ts'
import { countMarks, drawChanges, drawHatched, drawTiles, lanesOfWorker, marksIn } from './lane-marks.ts'

const lane: Lane = {
  ...{ worker: 'w', fate: 'answered', partitions: 5, assignedAt: 0, announcedAt: 60, answeredAt: 100, endedAt: null },
}
const moved: Lane['held'] = [
  [0, 10],
  [20, 12],
  [40, 12],
  [60, 9],
]
const tiled: Lane = {
  ...{ ...lane, held: moved },
  tiles: [
    [70, 0.25],
    [71, 0.25],
    [90, 0.5],
  ],
}
const same = (at: number): number => at
const startsOf = (path: string): number[] => [...path.matchAll(/M(-?[\d.]+) /g)].map(match => Number(match[1]))
const heightsOf = (path: string): number[] => [...path.matchAll(/M-?[\d.]+ (-?[\d.]+)/g)].map(match => Number(match[1]))

describe('the marks of a lane', () => {
  it('point up above the bar where its list grew, down below it where it shrank', () => {
    const { grew, shrank } = drawChanges(tiled, same, 13)
    expect(startsOf(grew)).toEqual([17.5])
    expect(startsOf(shrank)).toEqual([57.5])
    expect(Math.max(...heightsOf(grew))).toBeLessThan(13 - 5)
    expect(Math.min(...heightsOf(shrank))).toBeGreaterThan(13 + 5)
  })

  it('stand across the bar where tiles came, apart from each other', () => {
    expect(startsOf(drawTiles(tiled, same, 13))).toEqual([70, 90])
    expect(startsOf(drawTiles(tiled, at => 10 * at, 13))).toEqual([700, 710, 900])
  })

  it('are none where nothing is told of tiles', () => {
    expect(drawChanges(lane, same, 13)).toEqual({ grew: '', shrank: '' })
    expect(drawTiles(lane, same, 13)).toBe('')
  })
})

describe('a rescue', () => {
  it('is hatched from end to end, and no stroke leaves it', () => {
    const path = drawHatched(10, 33, 13)
    expect(startsOf(path)).toEqual([10, 10, 14, 18, 22, 26, 30])
    for (const [, from, run] of path.matchAll(/M([\d.]+) [\d.]+l([\d.]+)/g))
      expect(Number(from) + Number(run)).toBeLessThanOrEqual(33)
    expect(startsOf(drawHatched(10, 10, 13))).toEqual([10])
  })

  it('has a lane of its own in the row of its worker, below what is its own work', () => {
    const rounds = [{ round: 1, ms: 100, workers: [lane, { ...lane, isRescue: true }] }]
    const drawing = drawLanes(rounds, [], 110)
    expect(drawing.height).toBe(rowHeight)
    expect(startsOf(drawing.computing.answered)).toHaveLength(1)
    expect(Math.min(...heightsOf(drawing.rescues.answered))).toBeGreaterThan(rowHeight / 2 + 5)
    expect(Math.max(...heightsOf(drawing.rescues.answered))).toBeLessThan(rowHeight)
    expect(drawing.rescueMarks.answered).not.toBe('')
  })
})

describe('the counts of marks', () => {
  it('name what was seen, tiles in whole sums', () => {
    expect(countMarks([tiled, { ...lane, isRescue: true }])).toEqual({ grew: 1, shrank: 1, tile: 1, rescue: 1 })
    const rounds = [{ round: 1, ms: 100, workers: [tiled, { ...lane, worker: 'v' }] }]
    expect(marksIn(rounds)).toEqual(['grew', 'shrank', 'tile'])
    expect(marksIn([{ round: 1, ms: 100, workers: [lane] }])).toEqual([])
    expect(lanesOfWorker(rounds, 'v')).toHaveLength(1)
  })
})
