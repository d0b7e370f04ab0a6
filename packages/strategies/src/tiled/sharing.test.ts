import { leaseId, workerId } from '@muster/vocabulary'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dealOf, type Line, levelOf, sharesOf, shorteningsOf, wholeShares } from './sharing.ts'

const line = fc.record({
  worker: fc.nat(99).map(i => workerId(`w${i}`)),
  lease: fc.nat(99).map(i => leaseId(i + 1)),
  done: fc.nat(20),
  from: fc.double({ min: 0, max: 1000, noNaN: true }),
  msPerPartition: fc.double({ min: 0.5, max: 200, noNaN: true }),
  length: fc.nat(60),
  isShortening: fc.boolean(),
}) as fc.Arbitrary<Line>
const lines = fc.array(line, { minLength: 1, maxLength: 12 })
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

describe('[TILE3] shares by water-filling', () => {
  test('what all do by the level is the total, and nobody has to wait for another', () => {
    fc.assert(
      fc.property(lines, fc.nat(400), (all, more) => {
        const total = sum(all.map(({ done }) => done)) + more + 1
        const level = levelOf(all, total)
        const shares = sharesOf(all, level)
        expect(sum(shares.map(({ target }) => target))).toBeCloseTo(total, 6)
        // Whoever begins before the level works until it; whoever does not adds nothing.
        for (const { line: of, target } of shares) {
          const by = of.from < level ? of.from + (target - of.done) * of.msPerPartition : level
          expect(by).toBeCloseTo(level, 6)
        }
      }),
    )
  })

  test('nothing is left: the level is when the first of them begins; with nobody it is never', () => {
    const one = { worker: workerId('a'), lease: null, done: 4, from: 30, msPerPartition: 10, length: 4 }
    expect(levelOf([{ ...one, isShortening: false }], 4)).toBe(30)
    expect(levelOf([{ ...one, isShortening: false }], 6)).toBe(50)
    expect(levelOf([], 6)).toBe(Number.POSITIVE_INFINITY)
  })

  test('whole shares have the same sum, each within one of what it was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }), fc.nat(500), (weights, total) => {
        const all = sum(weights)
        const shares = weights.map(weight => (all === 0 ? total / weights.length : (weight * total) / all))
        const counts = wholeShares(shares, total)
        expect(sum(counts)).toBe(total)
        counts.forEach((count, i) => {
          expect(Math.abs(count - shares[i]!)).toBeLessThan(1 + 1e-9)
        })
      }),
    )
  })

  test('lists are cut to their share, and only where they are too late by more than is tolerated, and by a partition', () => {
    fc.assert(
      fc.property(lines, fc.nat(400), fc.nat(300), (all, total, toleranceMs) => {
        const shares = sharesOf(all, levelOf(all, total))
        const cuts = shorteningsOf(shares, toleranceMs)
        for (const { line: of, target } of shares) {
          const lateMs = (of.length - target) * of.msPerPartition
          const isCut = cuts.some(({ lease, to }) => lease === of.lease && to === Math.ceil(target - 1e-6))
          // Leases of one number may be drawn twice.
          if (all.filter(({ lease }) => lease === of.lease).length > 1) continue
          const isTolerated = lateMs <= Math.max(toleranceMs, of.msPerPartition)
          if (of.isShortening || isTolerated) expect(isCut).toBe(false)
          else expect(isCut).toBe(Math.ceil(target - 1e-6) < of.length)
        }
        for (const { to } of cuts) expect(to).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('what is nobody’s is dealt whole, to nobody whose list is being cut', () => {
    fc.assert(
      fc.property(lines, fc.nat(400), fc.nat(60), (all, total, pool) => {
        const dealt = dealOf(sharesOf(all, levelOf(all, total)), pool)
        const isAble = all.some(({ isShortening }) => !isShortening)
        expect(sum(dealt.map(({ count }) => count))).toBe(isAble ? pool : 0)
        expect(dealt.every(part => part.count >= 0 && !part.line.isShortening)).toBe(true)
      }),
    )
  })
})
