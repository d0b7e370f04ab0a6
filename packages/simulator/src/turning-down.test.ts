import { describe, expect, test } from 'vitest'
import { equalFleet, noJitter } from './population.ts'
import { simulate } from './simulate.ts'

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const cases = [0, 0.1, 0.3, 1].flatMap(fixedCost => [5, 10].map(factor => [factor, fixedCost] as const))

describe('two of six turn down', () => {
  test.each(cases)(
    '[SIM5] %i times slower, fixed cost %d: they straggle at once, redundancy rises, and falls back once their speed is known',
    (factor, fixedCost) => {
      // Late enough for all speeds to be known in every world.
      const at = 33_300
      const faults = ['w1', 'w2'].map(worker => ({ at, fault: { kind: 'slow-down', worker, factor } as const }))
      const world = { partitions: 64, fixedCost, jitter: noJitter }
      const { rounds, violations } = simulate({
        seed: 1,
        strategy: 'adaptive-repetition',
        world,
        workers: equalFleet(6),
        rounds: 90,
        faults,
      })
      expect(violations).toEqual([])
      const turned = rounds.findIndex(round => round.openedAt + round.ms > at)
      const after = rounds.slice(turned)
      expect(after.slice(0, 3).reduce((sum, round) => sum + round.stragglers, 0)).toBeGreaterThanOrEqual(2)
      expect(mean(rounds.slice(1, turned).map(round => round.redundancy))).toBe(1)
      expect(Math.max(...after.slice(0, 10).map(round => round.redundancy))).toBeGreaterThanOrEqual(2)
      for (const round of after.slice(30)) {
        expect(round.redundancy).toBe(1)
        expect(round.stragglers).toBe(0)
      }
      const given = (round: (typeof rounds)[number]) =>
        round.lanes.find(({ worker }) => worker === 'w1')?.partitions ?? 0
      expect(given(after.at(-1)!)).toBeLessThan(given(rounds[turned - 1]!) / 2)
    },
  )
})
