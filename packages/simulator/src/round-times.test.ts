import { describe, expect, test } from 'vitest'
import { equalFleet, exponentialJitter, fluidBound, logNormalFleet, noJitter, unitMs } from './population.ts'
import { simulate } from './simulate.ts'

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const sizes = Array.from({ length: 16 }, (_, i) => i + 1)

describe('the default, 128 partitions', () => {
  test.each(sizes)('[SIM3] %i equal workers, nobody straggling: no more work than needed, near the even split', n => {
    const simulation = simulate({
      seed: n,
      strategy: 'adaptive-repetition',
      world: { partitions: 128, fixedCost: 0, jitter: noJitter },
      workers: equalFleet(n),
      rounds: 12,
    })
    expect(simulation.violations).toEqual([])
    // The first tab to join opens the first round alone; the others come a moment later.
    const rounds = simulation.rounds.slice(1)
    expect(mean(rounds.map(round => round.load))).toBeLessThanOrEqual(1.05)
    for (const round of rounds) expect(round.totalMs / unitMs).toBeLessThanOrEqual(1.15)
  })

  test.each([8, 16])('[SIM4] %i workers of persistent log-normal speeds: within 1.35 of the fluid bound', n => {
    const ratios = Array.from({ length: 50 }, (_, fleet) => {
      const workers = logNormalFleet(fleet, n, 4.5)
      const world = { partitions: 128, fixedCost: 0.1, jitter: exponentialJitter(fleet, 0.1) }
      const { rounds } = simulate({ seed: fleet, strategy: 'adaptive-repetition', world, workers, rounds: 20 })
      return mean(rounds.slice(10).map(round => round.totalMs / unitMs / fluidBound(world, workers, round.round)))
    })
    expect(mean(ratios)).toBeLessThanOrEqual(1.35)
  })
})
