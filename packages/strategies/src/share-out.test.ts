import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evenShares, type Lane, shareOut } from './share-out.ts'

/** Every way to share `total` among so many lanes. */
function* allShares(total: number, lanes: number): Generator<number[]> {
  if (lanes === 1) return yield [total]
  for (let first = 0; first <= total; first++)
    for (const rest of allShares(total - first, lanes - 1)) yield [first, ...rest]
}

/** When the last lane that was given anything ends. */
const endOf = (shares: readonly number[], lanes: readonly Lane[]): number =>
  Math.max(...shares.map((share, i) => (share === 0 ? 0 : lanes[i]!.startMs + share * lanes[i]!.msPerPartition)))

const lane = fc.record({ startMs: fc.nat(50), msPerPartition: fc.integer({ min: 1, max: 30 }) })

describe('share out', () => {
  test('[SHR1] everything is given, and no sharing ends sooner (brute force)', () => {
    fc.assert(
      fc.property(fc.nat(9), fc.array(lane, { minLength: 1, maxLength: 4 }), (total, lanes) => {
        const shares = shareOut(total, lanes)
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total)
        const best = Math.min(...[...allShares(total, lanes.length)].map(other => endOf(other, lanes)))
        expect(endOf(shares, lanes)).toBe(best)
      }),
    )
  })

  test('[SHR1] ties go to the earlier lane', () => {
    const equal = { startMs: 0, msPerPartition: 5 }
    expect(shareOut(4, [equal, equal, equal])).toEqual([2, 1, 1])
  })

  test('[SHR2] even shares differ by at most one, the larger first', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 20 }), (total, lanes) => {
        const shares = evenShares(total, lanes)
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total)
        expect(shares[0]! - shares.at(-1)!).toBeLessThanOrEqual(1)
        expect(shares).toEqual([...shares].sort((one, other) => other - one))
      }),
    )
  })
})
