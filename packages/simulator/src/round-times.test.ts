import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'
import { unitMs } from './stage.ts'
import { createWorld } from './worlds/create-world.ts'
import { fluidBound } from './worlds/limits.ts'

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const sizes = Array.from({ length: 16 }, (_, i) => i + 1)

describe('the default, 128 partitions', () => {
  test.each(sizes)('[SIM3] %i equal workers, nobody straggling: no more work than needed, near the even split', n => {
    const size = { workers: n, partitions: 128, rounds: 12 }
    const world = createWorld({ world: 'jitter:j=0', equalSpeeds: true, ...size, fixedCost: 0, seed: n })
    const { violations, rounds } = simulate({ seed: n, strategy: 'adaptive-repetition', world, ...size })
    expect(violations).toEqual([])
    expect(mean(rounds.map(round => round.load))).toBeLessThanOrEqual(1.05)
    for (const round of rounds) expect(round.totalMs / unitMs).toBeLessThanOrEqual(1.15)
  })

  test.each([8, 16])('[SIM4] %i workers of persistent log-normal speeds: within 1.35 of the fluid bound', n => {
    const size = { workers: n, partitions: 128, rounds: 20 }
    const ratios = Array.from({ length: 50 }, (_, fleet) => {
      const world = createWorld({ world: 'jitter', ...size, fixedCost: 0.1, seed: fleet })
      const { rounds } = simulate({ seed: fleet, strategy: 'adaptive-repetition', world, ...size })
      return mean(
        rounds.slice(10).map(round => round.totalMs / unitMs / fluidBound(world, round.round, round.survivors)),
      )
    })
    expect(mean(ratios)).toBeLessThanOrEqual(1.35)
  })
})
