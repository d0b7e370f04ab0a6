import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createWorld, type WorldSettings } from './create-world.ts'
import { fluidBound, genieBound, hindsightBound } from './limits.ts'
import { median } from './median.ts'
import { type ParsedTrace, readTrace } from './read-trace.ts'
import type { World } from './world.ts'

const worldOf = (trace: ParsedTrace, settings: Partial<WorldSettings> = {}) =>
  createWorld({ world: 'trace', workers: 1, partitions: 64, rounds: 30, seed: 1, trace, ...settings })
const never = Number.POSITIVE_INFINITY

/** One worker whose rounds are the columns. */
const alone = (loads: Readonly<Record<string, readonly (number | null)[]>>) =>
  readTrace({
    loads: Object.fromEntries(Object.entries(loads).map(([load, times]) => [load, times.map(time => [time])])),
  })
const times = (world: World, round: number, loads: readonly number[]) =>
  loads.map(load => world.computeTime({ seat: 0, generation: 0 }, round, load))

describe('measured times', () => {
  test('straight between the measured loads, in units of the median time for 1/n, the start paid first', () => {
    const world = worldOf(alone({ '0': [1], '0.5': [2], '1': [4] }))
    expect(times(world, 0, [0, 0.25, 0.5, 0.75, 1])).toEqual([0.25, 0.375, 0.5, 0.75, 1])
    expect(world.claim({ seat: 0, generation: 0 })).toBeCloseTo(0.75, 12)
    expect(world.name).toBe('trace')
    expect(world.costs.fixedCost).toBe(1)
  })

  test('beyond the last load as steep as before it, or as the median of the file where that is flat', () => {
    const world = worldOf(alone({ '0': [1, 1, 1], '0.5': [2, 4, 3], '1': [4, 4, 5] }))
    expect(times(world, 0, [1, 1.5, 2])).toEqual([1, 1.5, 2])
    // 4 s per batch is the steepest of the last halves; over all of it 3, 3 and 4 s.
    expect(times(world, 1, [0.5, 1, 2])).toEqual([1, 1, 1.75])
    expect(times(world, 2, [1, 2])).toEqual([1.25, 2.25])
  })

  test('more work is never done sooner; rounds of the file repeat', () => {
    const world = worldOf(alone({ '0': [2, 1], '0.5': [1, 2], '1': [4, 4] }))
    expect(times(world, 0, [0, 0.25, 0.5, 0.75, 1])).toEqual([0.5, 0.5, 0.5, 0.75, 1])
    for (const round of [2, 30]) expect(times(world, round, [0, 0.7, 3])).toEqual(times(world, 0, [0, 0.7, 3]))
    expect(times(world, 31, [0, 0.25])).toEqual([0.25, 0.375])
  })

  test('no answer: never, from the last load that was answered on', () => {
    const world = worldOf(
      alone({ '0': [1, 1, null, 1, 1, 1, 1], '0.5': [2, null, 2, 2, 2, 2, 2], '1': [null, 4, 4, 4, 4, 4, 4] }),
    )
    expect(times(world, 0, [0.25, 0.5, 0.5000001, 1, 2])).toEqual([0.375, 0.5, never, never, never])
    expect(times(world, 1, [0, 1e-9, 0.5, 1])).toEqual([0.25, never, never, never])
    expect(times(world, 2, [0, 0.5, 1])).toEqual([never, never, never])
    // The median of what it did finish.
    expect(world.claim({ seat: 0, generation: 0 })).toBeCloseTo(0.75, 12)
  })

  test('fewer workers than the file: different ones of it, newcomers any; more are refused', () => {
    const row = [1, 2, 3, 4, 5]
    const trace = readTrace({ loads: { '0': [row.map(() => 0)], '1': [row] } })
    const pick = (seed: number) => {
      const world = worldOf(trace, { workers: 3, seed })
      const first = [0, 1, 2].map(seat => world.computeTime({ seat, generation: 0 }, 0, 1))
      expect(first).toEqual([0, 1, 2].map(seat => world.claim({ seat, generation: 0 })))
      expect(new Set(first).size).toBe(3)
      for (const time of first) expect(row).toContain(Math.round(time))
      const later = Array.from({ length: 50 }, (_, i) => world.computeTime({ seat: 1, generation: i + 1 }, 0, 1))
      expect(new Set(later).size).toBe(5)
      expect(world.claim({ seat: 1, generation: 1 })).toBeCloseTo(3, 12)
      return first
    }
    expect(pick(1)).toEqual(pick(1))
    expect(new Set([1, 2, 3, 4, 5, 6].map(seed => pick(seed).join())).size).toBeGreaterThan(2)
    expect(() => worldOf(trace, { workers: 6 })).toThrow(
      new RangeError('"workers" is 6; allowed: at most 5, as many as the trace has.'),
    )
  })

  test('what the file already says is not asked again', () => {
    const trace = alone({ '0': [1], '1': [2] })
    expect(() => worldOf(trace, { equalSpeeds: true })).toThrow(/^"equalSpeeds" is true; allowed: false/)
    expect(worldOf(trace, { churn: 5 }).stay({ seat: 0, generation: 1 })).toBeLessThan(never)
    expect(worldOf(trace, { vanish: 1 }).vanishes(0, 0)).not.toBeNull()
  })

  test('a file in which half the answers are missing has no unit', () => {
    expect(() => worldOf(alone({ '0': [1, 1], '1': [null, null] }))).toThrow(RangeError)
    expect(() => worldOf(alone({ '0': [0, 0], '1': [0, 0] }))).toThrow(RangeError)
  })
})

describe('tab sessions', () => {
  const trace = readTrace({
    experiments: {
      a: [
        { host: 0, medianGapSeconds: 1, sessions: [[0, 20, 9]] },
        { host: 1, medianGapSeconds: 2, sessions: [[0, 40, 9]] },
        { host: 2, medianGapSeconds: 8, sessions: [[0, 80, 9]] },
      ],
    },
  })

  test('any session may be anybody’s: its length in units and its host’s pace, with a little jitter', () => {
    const world = worldOf(trace, { workers: 300 })
    const tabs = Array.from({ length: 300 }, (_, seat) => ({ seat, generation: 1 }))
    for (const tab of tabs) {
      const time = world.computeTime(tab, 0, 1 / 300)
      const stay = world.stay(tab)
      expect([10, 20, 40]).toContain(stay)
      const slowness = { 10: 0.5, 20: 1, 40: 4 }[stay]!
      expect(time).toBeGreaterThanOrEqual(slowness)
      expect(time).toBeLessThan(slowness * 2)
      expect(world.claim(tab)).toBe(300)
      expect([150, 300, 1200]).toContain(world.claim({ seat: tab.seat, generation: 0 }))
    }
    const stays = tabs.map(tab => world.stay(tab))
    for (const stay of [10, 20, 40]) expect(stays.filter(other => other === stay).length).toBeGreaterThan(70)
    expect(new Set(tabs.map(({ seat }) => world.stay({ seat, generation: 0 }))).size).toBe(300)
    expect(worldOf(trace, { unitSeconds: 4 }).stay({ seat: 0, generation: 1 })).toBe(
      worldOf(trace).stay({ seat: 0, generation: 1 }) / 2,
    )
  })

  test('speeds may be made equal; stays are the file’s own', () => {
    const world = worldOf(trace, { workers: 8, equalSpeeds: true })
    expect(world.claim({ seat: 3, generation: 0 })).toBe(8)
    expect(() => worldOf(trace, { churn: 9 })).toThrow(/^"churn" is 9; allowed: none/)
  })
})

const folder = new URL('../../../../../shared/traces/', import.meta.url)
const areThere = existsSync(folder)

describe.skipIf(!areThere)(`the recorded traces${areThere ? '' : ' (skipped: ../shared/traces is not there)'}`, () => {
  const read = (file: string) => readTrace(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))

  test('256 workers of Lambda: the unit is the median time for 1/n, the limits are in order', () => {
    const trace = read('lambda-256-canada.json')
    for (const workers of [8, 64, 256]) {
      const world = worldOf(trace, { workers })
      const tabs = Array.from({ length: workers }, (_, seat) => ({ seat, generation: 0 }))
      const all = Array.from({ length: 30 }, (_, round) => tabs.map(tab => world.computeTime(tab, round, 1 / workers)))
      const middle = median(all.flat())
      // A part of the workers has a median of its own.
      expect(Math.abs(middle - 1)).toBeLessThan(workers === 256 ? 1e-12 : 0.1)
      for (let round = 0; round < 3; round++) {
        expect(world.computeTime(tabs[0]!, round, 0)).toBeGreaterThan(0)
        const fluid = fluidBound(world, round, tabs)
        const genie = genieBound(world, round, tabs)
        expect(fluid).toBeGreaterThan(1)
        expect(fluid).toBeLessThanOrEqual(genie)
        expect(genie).toBeLessThanOrEqual(hindsightBound(world, round, tabs))
      }
      for (const tab of tabs) expect(world.claim(tab)).toBeGreaterThan(0)
    }
  })

  test('browser tabs: short stays, paces with p90/p10 of 4 and more', () => {
    const world = worldOf(read('browser-tabs-nodio.json'), { workers: 2000 })
    const tabs = Array.from({ length: 2000 }, (_, seat) => ({ seat, generation: 0 }))
    const claims = tabs.map(tab => world.claim(tab)).sort((a, b) => a - b)
    expect(claims[1800]! / claims[200]!).toBeGreaterThan(2)
    const stays = tabs.map(({ seat }) => world.stay({ seat, generation: 1 }))
    expect(Math.min(...stays)).toBeGreaterThan(0)
    expect(median(stays)).toBeLessThan(30)
  })
})
