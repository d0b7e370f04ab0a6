import { describe, expect, it } from 'vitest'
import { binAt, binWords, drawHistogram } from './histogram-geometry.ts'

const counts = (bins: number): number[] => Array.from({ length: bins }, (_, bin) => Math.round(900 / (bin + 1)))

describe('a histogram', () => {
  it('stays in its frame with 1, 17 or 64 bins, and the tallest bar is the one with most', () => {
    for (const bins of [1, 17, 64]) {
      const { bars, countMarks } = drawHistogram(counts(bins), 64, 260, 120)
      expect(bars).toHaveLength(bins)
      for (const { x, y, width, height } of bars) {
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x + width).toBeLessThanOrEqual(260)
        expect(y).toBeGreaterThanOrEqual(0)
        expect(y + height).toBeCloseTo(120)
      }
      expect(Math.max(...bars.map(({ height }) => height))).toBe(bars[0]!.height)
      expect(countMarks.at(-1)!.count).toBeGreaterThanOrEqual(900)
    }
  })

  it('shows what was seen once beside what was seen a million times, and nothing where nothing was', () => {
    const [often, never, once] = drawHistogram([1_000_000, 0, 1], 64, 260, 120).bars
    expect(often!.height).toBeCloseTo(120)
    expect(never!.height).toBe(0)
    expect(once!.height).toBeGreaterThan(1)
  })

  it('marks bins without collisions, the last of as many as there can be as all beyond', () => {
    expect(drawHistogram(counts(6), 6, 260, 120).binMarks.map(({ words }) => words)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5+',
    ])
    for (const bins of [1, 17, 33, 64]) {
      const { binMarks } = drawHistogram(counts(bins), 64, 220, 120)
      expect(binMarks.at(-1)!.words).toBe(bins === 64 ? '63+' : `${bins - 1}`)
      const places = binMarks.map(({ x }) => x)
      for (const [index, x] of places.slice(1).entries()) expect(x - places[index]!).toBeGreaterThan(20)
    }
  })

  it('counts in whole steps, also when nothing is counted yet', () => {
    expect(drawHistogram([0, 0], 64, 260, 120).countMarks.map(({ count }) => count)).toEqual([0, 1])
    expect(drawHistogram([3], 64, 260, 120).countMarks.map(({ count }) => count)).toEqual([0, 1, 2, 3])
    expect(drawHistogram([], 64, 260, 120)).toMatchObject({ bars: [], binMarks: [] })
  })

  it('finds the bin that is pointed at', () => {
    const { pitch } = drawHistogram(counts(10), 64, 200, 120)
    expect(binAt(0, pitch, 10)).toBe(0)
    expect(binAt(199, pitch, 10)).toBe(9)
    expect(binAt(-1, pitch, 10)).toBeNull()
    expect(binAt(201, pitch, 10)).toBeNull()
    expect(binAt(5, 0, 0)).toBeNull()
  })

  it('names a bin in a sentence', () => {
    expect(binWords(3, 10)).toBe('3')
    expect(binWords(9, 10)).toBe('9 or more')
    expect(binWords(0, 64)).toBe('0')
  })
})
