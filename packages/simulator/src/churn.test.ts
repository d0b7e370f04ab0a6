import { strategies } from '@muster/strategies'
import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'
import { storm } from './storm.ts'
import { createWorld } from './worlds/create-world.ts'

const names = strategies.map(({ name }) => name)
const seedsEach = Math.ceil(500 / names.length)

describe('churn', () => {
  test.each(names)(`[SIM1] %s: ${seedsEach} fault seeds with newcomers pass all checkers`, strategy => {
    for (let seed = 0; seed < seedsEach; seed++) {
      const { violations, rounds, referenceError } = storm({ seed, strategy, hasNewcomers: true })
      expect(violations, `seed ${seed}`).toEqual([])
      expect(rounds.length, `seed ${seed}`).toBe(12)
      expect(referenceError, `seed ${seed}`).toBeLessThanOrEqual(1e-5)
    }
  })

  test.each(names)('[SIM1] %s: 25 fault seeds without newcomers pass all checkers', strategy => {
    for (let seed = 0; seed < 25; seed++)
      expect(storm({ seed, strategy, hasNewcomers: false }).violations, `seed ${seed}`).toEqual([])
  })

  test('[SIM2] the same seed gives the same final bytes and the same rounds', () => {
    for (const strategy of names) {
      const [one, other] = [0, 1].map(() => storm({ seed: 7, strategy, hasNewcomers: true }))
      expect(other!.parameters).toEqual(one!.parameters)
      expect(other!.rounds).toEqual(one!.rounds)
    }
  })

  test('the storm bites: answers are refused, blocks are issued again, workers straggle', () => {
    const runs = Array.from({ length: 10 }, (_, seed) =>
      ['adaptive-repetition', 'nested-tree', 'fractional-repetition', 'full-synchrony'].map(strategy =>
        storm({ seed, strategy, hasNewcomers: true }),
      ),
    ).flat()
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
    const join = { at: 9000, fault: { kind: 'join', seat: 3 } as const }
    const size = { workers: 3, partitions: 12, rounds: 5 }
    const { violations, rounds } = simulate({
      seed: 1,
      strategy,
      world: createWorld({ world: 'jitter:j=0', equalSpeeds: true, ...size, fixedCost: 0.1, seed: 1 }),
      ...size,
      faults: [...vanish, join],
    })
    expect(violations).toEqual([])
    expect(rounds.length).toBe(5)
  })
})
