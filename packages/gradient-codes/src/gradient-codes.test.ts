import { randomStream } from '@muster/numerics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isExact } from './code.ts'
import { cyclicRepetition } from './cyclic-repetition.ts'
import { fractionalRepetition, groupSizes } from './fractional-repetition.ts'
import { describeGradientCode, norm, randomSubsets, subsets } from './gradient-code-suite.ts'

describeGradientCode('repetition of 3 groups of 2, equal blocks', fractionalRepetition([2, 2, 2], [2, 2, 2]))
describeGradientCode('repetition of uneven groups and blocks', fractionalRepetition([2, 3, 4], [5, 1, 9]))
describeGradientCode('repetition for 7 workers, s = 2', fractionalRepetition(groupSizes(7, 3), [4, 4]))
describeGradientCode('cyclic, n = 5, s = 0', cyclicRepetition(5, 0, 1))
describeGradientCode('cyclic, n = 6, s = 2', cyclicRepetition(6, 2, 1))
describeGradientCode('cyclic, n = 8, s = 3', cyclicRepetition(8, 3, 1))
describeGradientCode('cyclic, n = 16, s = 4', cyclicRepetition(16, 4, 2))

describe('load', () => {
  test('[G2] each row holds s + 1 partitions and each partition s + 1 workers', () => {
    const divisible = [2, 3].map(r => fractionalRepetition(groupSizes(12, r), groupSizes(12, r)))
    for (const code of [cyclicRepetition(9, 3, 1), ...divisible]) {
      const copies = new Map<number, number>()
      for (const row of code.rows) {
        expect(row.partitions).toHaveLength(code.tolerance + 1)
        expect(row.weights.every(weight => weight !== 0)).toBe(true)
        for (const j of row.partitions) copies.set(j, (copies.get(j) ?? 0) + 1)
      }
      expect([...copies.values()].every(count => count === code.tolerance + 1)).toBe(true)
    }
  })

  test('[G2] groups share any number of workers evenly, none smaller than asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20 }), (n, r) => {
        const sizes = groupSizes(n, r)
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(n)
        expect(Math.min(...sizes)).toBeGreaterThanOrEqual(Math.min(n, r))
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('too few answers', () => {
  test('[G3] n − s − 1 answers of a cyclic code are refused', () => {
    const code = cyclicRepetition(8, 2, 3)
    for (const responders of subsets(8, 5)) expect(code.decode(responders)).toBeUndefined()
  })

  test('[G3] repetition decodes exactly when each group has a survivor', () => {
    const code = fractionalRepetition([2, 2, 3], [3, 4, 5])
    for (let size = 0; size <= 7; size++) {
      for (const responders of subsets(7, size)) {
        const groups = new Set(responders.map(i => (i < 2 ? 0 : i < 4 ? 1 : 2)))
        expect(code.decode(responders) !== undefined).toBe(groups.size === 3)
      }
    }
  })
})

describe('more answers', () => {
  test('[G4] the least-norm weights of all responders are no longer than those of any n − s of them', () => {
    const code = cyclicRepetition(9, 3, 5)
    const draw = randomStream('G4')
    const length = (responders: number[]) => norm(code.decode(responders)!.terms.map(term => term.weight))
    for (const responders of randomSubsets(9, 8, 20, draw)) {
      for (const subset of subsets(8, 6)) {
        expect(length(responders)).toBeLessThanOrEqual(length(subset.map(i => responders[i]!)) * (1 + 1e-9))
      }
    }
  })
})

describe('amplification', () => {
  test('[G5] is 1 for repetition, whoever answers', () => {
    const code = fractionalRepetition([2, 3, 4], [5, 1, 9])
    for (const responders of [
      [0, 2, 5],
      [1, 4, 8],
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    ]) {
      expect(code.decode(responders)?.amplification).toBe(1)
    }
  })

  test('[G5] is guarded: an exact span with large weights is not taken for an exact sum', () => {
    expect(isExact({ terms: [], residual: 0, amplification: 1e3 })).toBe(false)
    expect(isExact({ terms: [], residual: 0, amplification: 10 })).toBe(true)
    expect(isExact({ terms: [], residual: 1e-7, amplification: 1 })).toBe(false)
  })
})
