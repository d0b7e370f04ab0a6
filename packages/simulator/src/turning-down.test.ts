import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'
import { unitMs } from './stage.ts'
import { createWorld } from './worlds/create-world.ts'

const cases = [0, 0.1, 0.3, 1].flatMap(fixedCost => [5, 10].map(factor => [factor, fixedCost] as const))
const workers = 6

describe('two of six turn down', () => {
  test.each(cases)(
    '[SIM5] %i times slower, fixed cost %d: they straggle, others take over, and once their speed is known their blocks are small',
    (factor, fixedCost) => {
      // Late enough for all speeds to be known in every world.
      const at = 33_300
      const faults = ['w1', 'w2'].map(worker => ({ at, fault: { kind: 'slow-down', worker, factor } as const }))
      const size = { workers, partitions: 64, rounds: 90 }
      const world = createWorld({ world: 'jitter:j=0', equalSpeeds: true, ...size, fixedCost, seed: 1 })
      const { rounds, violations } = simulate({
        seed: 1,
        strategy: 'adaptive-repetition',
        world,
        ...size,
        silenceMs: 20_000,
        leaseMs: 20_000,
        faults,
      })
      expect(violations).toEqual([])
      const turned = rounds.findIndex(round => round.openedAt + round.ms > at)
      const after = rounds.slice(turned)
      expect(rounds.slice(1, turned).every(({ redundancy, reissued }) => redundancy === 1 && reissued === 0)).toBe(true)
      const first = after.slice(0, 4)
      expect(first.reduce((sum, round) => sum + round.stragglers, 0)).toBeGreaterThanOrEqual(2)
      expect(first.some(({ redundancy, reissued }) => redundancy > 1 || reissued > 0)).toBe(true)
      // Two go on at a fraction of their speed: the fluid bound of what is left.
      const bound = fixedCost + workers / (workers - 2 + 2 / factor)
      for (const round of after) expect(round.totalMs / unitMs).toBeLessThanOrEqual(2.2 * bound)
      for (const round of after.slice(30)) {
        expect(round.redundancy).toBe(1)
        expect(round.stragglers).toBe(0)
        expect(round.totalMs / unitMs).toBeLessThanOrEqual(1.15 * bound)
      }
      const given = (round: (typeof rounds)[number]) =>
        round.lanes.find(({ worker }) => worker === 'w1')?.partitions ?? 0
      expect(given(after.at(-1)!)).toBeLessThan(given(rounds[turned - 1]!) / 2)
    },
  )
})
