import { randomStream } from '@muster/numerics'
import { describe, expect, test } from 'vitest'
import { drawFaults } from './faults.ts'
import { equalFleet, logNormalFleet, noJitter } from './population.ts'
import { simulate } from './simulate.ts'

const names = ['adaptive-repetition', 'nested-tree', 'fractional-repetition', 'full-synchrony']

/** A run under a storm drawn from one seed; everything else is drawn from it too. */
function storm(seed: number) {
  const draw = randomStream(seed, 'storm')
  const n = 1 + draw.integer(9)
  const partitions = 1 + draw.integer(40)
  const strategy = names[seed % names.length]!
  const fixedCost = draw.uniform() < 0.5 ? 0 : 0.2 * draw.exponential()
  return simulate({
    seed,
    strategy,
    world: { partitions, fixedCost, jitter: noJitter },
    workers: logNormalFleet(seed, n, 4.5),
    rounds: 12,
    leaseMs: 5000,
    silenceMs: 4000,
    // A lease, a silence and a freeze, and then the work of the slowest.
    roundMsMax: 120_000,
    faults: drawFaults(seed, n, 60_000, 700 * (1 + draw.uniform())),
  })
}

describe('churn', () => {
  const blocks = Array.from({ length: 10 }, (_, i) => i)
  test.each(blocks)('[SIM1] 50 fault seeds from %i × 50 pass all checkers', block => {
    for (let seed = block * 50; seed < (block + 1) * 50; seed++) {
      const { violations, rounds, referenceError } = storm(seed)
      expect(violations, `seed ${seed}`).toEqual([])
      expect(rounds.length, `seed ${seed}`).toBe(12)
      expect(referenceError, `seed ${seed}`).toBeLessThanOrEqual(1e-5)
    }
  })

  test('[SIM2] the same seed gives the same final bytes and the same rounds', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const [one, other] = [storm(seed), storm(seed)]
      expect(other.parameters).toEqual(one.parameters)
      expect(other.rounds).toEqual(one.rounds)
    }
  })

  test('the storm bites: answers are refused, blocks are issued again, workers straggle', () => {
    const runs = Array.from({ length: 40 }, (_, seed) => storm(seed))
    const codes = new Set(runs.flatMap(run => Object.keys(run.refused)))
    for (const code of [
      'answer-repeated',
      'cover-not-a-level',
      'round-closed',
      'round-mismatch',
      'samples-mismatch',
      'value-not-finite',
      'version-mismatch',
    ]) {
      expect(codes).toContain(code)
    }
    expect(runs.some(run => run.rounds.some(round => round.reissued > 0))).toBe(true)
    expect(runs.some(run => run.rounds.some(round => round.stragglers > 0))).toBe(true)
  })

  test.each(names)('%s: the whole fleet leaves, one newcomer ends the round', strategy => {
    const vanish = ['w0', 'w1', 'w2'].map(worker => ({
      at: 1500,
      fault: { kind: 'vanish', worker, isSilent: false } as const,
    }))
    const join = { at: 9000, fault: { kind: 'join', worker: 'w9', batchTime: 3 } as const }
    const { violations, rounds } = simulate({
      seed: 1,
      strategy,
      world: { partitions: 12, fixedCost: 0.1, jitter: noJitter },
      workers: equalFleet(3),
      rounds: 5,
      faults: [...vanish, join],
    })
    expect(violations).toEqual([])
    expect(rounds.length).toBe(5)
  })
})
