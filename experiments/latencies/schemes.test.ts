import { nestedCyclicCode } from '@muster/gradient-codes'
import { describe, expect, test } from 'vitest'
import { latencyCases } from './latency-table.ts'
import { everyMessage, fixedCode, fractionalRepetition, nestedCyclic, nestedTree, tasksDone } from './schemes.ts'
import { type CompletionTimes, roundTimes, type TimeModel } from './time-models.ts'

/** The stopping rule as a coordinator follows it: announcement after announcement, until for some s enough are deep. */
function stopByRule(times: CompletionTimes, sMax: number): { at: number; levels: number[]; before: number[] } {
  const n = times.length
  const announcements = times
    .flatMap((worker, i) => Array.from({ length: sMax + 1 }, (_, level) => ({ i, level, at: worker[level + 1]! })))
    .sort((one, other) => one.at - other.at)
  const levels = Array.from({ length: n }, () => -1)
  for (const { i, level, at } of announcements) {
    const before = [...levels]
    levels[i] = level
    for (let s = 0; s <= sMax; s++) if (levels.filter(l => l >= s).length >= n - s) return { at, levels, before }
  }
  throw new Error('nobody ends')
}

describe('facts that hold round by round', () => {
  test('[N1] nested codes end no later than a code of any fixed tolerance they hold, waiting for all included', () => {
    for (const { n, model } of latencyCases) {
      for (let round = 0; round < 60; round++) {
        const times = roundTimes(model, n, 1, round)
        const sMax = n / 2 - 1
        const { at } = stopByRule(times, sMax)
        expect(nestedCyclic(times, sMax)).toBe(at)
        for (let s = 0; s <= sMax; s++) expect(at).toBeLessThanOrEqual(fixedCode(times, s))
      }
    }
  })

  test('[N1] at that moment, and no announcement earlier, the latest sums decode', () => {
    for (const { n, model } of latencyCases.filter(row => row.n === 8)) {
      const code = nestedCyclicCode(n, 3, true)
      for (let round = 0; round < 40; round++) {
        const { levels, before } = stopByRule(roundTimes(model, n, 2, round), 3)
        const answers = (reached: number[]) =>
          reached.flatMap((level, worker) => (level < 0 ? [] : [{ worker, level }]))
        expect(code.decode(answers(levels))).toBeDefined()
        expect(code.decode(answers(before))).toBeUndefined()
      }
    }
  })

  test('[N2] with exactly s gone and equal speeds every live worker does s + 1 tasks, for every s', () => {
    const n = 12
    const c = 0.25
    for (let s = 0; s <= 7; s++) {
      const gone = new Set(Array.from({ length: s }, (_, i) => (5 * i) % n))
      const times = Array.from({ length: n }, (_, i) =>
        Float64Array.from({ length: n + 1 }, (_, m) => (gone.has(i) && m > 0 ? Number.POSITIVE_INFINITY : c * m)),
      )
      const end = nestedCyclic(times, 7)
      expect(end).toBe((s + 1) * c)
      expect(tasksDone(times, end)).toEqual(times.map((_, i) => (gone.has(i) ? 0 : s + 1)))
    }
  })

  test('[N6] the nested tree ends no later than repetition of any of its levels; no code beats every single message', () => {
    for (const { n, model } of latencyCases) {
      for (let round = 0; round < 60; round++) {
        const times = roundTimes(model, n, 3, round)
        for (let size = 1; size <= n / 2; size *= 2) {
          expect(nestedTree(times, Math.log2(n / 2))).toBeLessThanOrEqual(fractionalRepetition(times, size - 1))
        }
        expect(everyMessage(times, n / 2 - 1)).toBeLessThanOrEqual(nestedCyclic(times, n / 2 - 1))
      }
    }
  })
})

describe('[N7] speeds a + Exp(b), n = 8, a = 1, b = 2', () => {
  const n = 8
  const model: TimeModel = { kind: 'speed', b: 2 }
  const rounds = Array.from({ length: 20_000 }, (_, round) => roundTimes(model, n, 4, round))
  const mean = (time: (times: CompletionTimes) => number) =>
    rounds.reduce((sum, times) => sum + time(times), 0) / rounds.length
  const within2 = (found: number, expected: number) => expect(Math.abs(found / expected - 1)).toBeLessThan(0.02)
  /** H_n − H_s. */
  const harmonics = (s: number) => Array.from({ length: n - s }, (_, j) => 1 / (s + 1 + j)).reduce((a, b) => a + b)

  test.each([
    [0, 0.8045],
    [1, 1.1089],
    [2, 1.2884],
    [3, 1.3845],
  ])('a code of tolerance %i takes ((s+1)/n)(a + b(H_n − H_s)) = %f in the mean', (s, expected) => {
    expect(((s + 1) / n) * (1 + 2 * harmonics(s))).toBeCloseTo(expected, 4)
    within2(
      mean(times => fixedCode(times, s)),
      expected,
    )
  })

  test('nested codes up to tolerance 3 take 0.757', () => {
    within2(
      mean(times => nestedCyclic(times, 3)),
      0.757,
    )
  })
})
