import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planMeeting, type Side } from './meeting.ts'

const plain = fc.record({
  own: fc.integer({ min: 1, max: 40 }),
  finished: fc.nat(12),
  from: fc.double({ min: 0, max: 100, noNaN: true }),
  msPerPartition: fc.double({ min: 0.2, max: 50, noNaN: true }),
  segmentMs: fc.constantFrom(0, 0.5, 3, 20, 100),
})
type Drawn = typeof plain extends fc.Arbitrary<infer D> ? D : never

const sideOf = ({ own, finished, ...rest }: Drawn, early: readonly number[] = []): Side => {
  const done = Math.min(own, finished)
  return { ...rest, own, done, floor: Math.min(own, done + 1), early }
}
const segments = fc.constantFrom(1, 2, 5, 16)

/**
 * When one machine has sent everything: tiles in order of what they hold, and of equal ones in its order; each goes when
 * it is computed and the uplink is free. Who sends nothing is done at once.
 */
function endOf(side: Side, counts: readonly number[]): number {
  const order = counts.filter(count => count > 0).sort((one, other) => one - other)
  let free = order.length === 0 ? 0 : side.from
  for (const count of order)
    free = Math.max(free, side.from + Math.max(0, count - side.done) * side.msPerPartition) + side.segmentMs
  return free
}

/** The least that both need: nobody ends before it has computed and sent its share of either. */
function soonest(left: Side, right: Side, count: number): number {
  const total = left.own + right.own
  const from = Math.min(left.from, right.from)
  const rate = 1 / left.msPerPartition + 1 / right.msPerPartition
  const computed = from + Math.max(0, total - left.done - right.done) / rate
  const links = left.segmentMs === 0 || right.segmentMs === 0 ? 0 : count / (1 / left.segmentMs + 1 / right.segmentMs)
  return Math.max(computed, from + links)
}

describe('[TILE4] a meeting of two', () => {
  test('both hold each partition once at every segment, the one more and more, the other less and less', () => {
    fc.assert(
      fc.property(plain, plain, segments, (one, other, count) => {
        const [left, right] = [sideOf(one), sideOf(other)]
        const plan = planMeeting(left, right, count)
        const total = left.own + right.own
        expect(plan.left.length).toBe(count)
        plan.left.forEach((p, u) => {
          expect(p + plan.right[u]!).toBe(total)
          expect(Number.isInteger(p) && p >= 0 && p <= total).toBe(true)
          // What is in a sum already cannot be taken out of a tile: none at all, or so many.
          if (p !== 0) expect(p).toBeGreaterThanOrEqual(left.floor)
          if (p !== total) expect(total - p).toBeGreaterThanOrEqual(right.floor)
        })
        const both = plan.left.filter(p => p > 0 && p < total)
        expect(both).toEqual([...both].sort((a, b) => a - b))
      }),
      { numRuns: 500 },
    )
  })

  test('ends no later than each with its own part alone, and no earlier than devices and uplinks can', () => {
    fc.assert(
      fc.property(plain, plain, segments, (one, other, count) => {
        const [left, right] = [sideOf(one), sideOf(other)]
        const { endsAt } = planMeeting(left, right, count)
        const flat = Math.max(
          endOf(
            left,
            Array.from({ length: count }, () => left.own),
          ),
          endOf(
            right,
            Array.from({ length: count }, () => right.own),
          ),
        )
        expect(endsAt).toBeLessThanOrEqual(flat + 1e-6)
        expect(endsAt).toBeGreaterThanOrEqual(soonest(left, right, count) - 1e-6)
      }),
      { numRuns: 500 },
    )
  })

  test('two machines of these paces and uplinks are done when it says', () => {
    fc.assert(
      fc.property(plain, plain, segments, (one, other, count) => {
        const [left, right] = [sideOf(one), sideOf(other)]
        const plan = planMeeting(left, right, count)
        const ends = [endOf(left, plan.left), endOf(right, plan.right)]
        expect(Math.max(...ends)).toBeLessThanOrEqual(plan.endsAt + 1e-6 * (1 + plan.endsAt))
      }),
      { numRuns: 500 },
    )
  })

  test('where uploads cost nothing each does about its own speed’s part; where they are dear, each sends half', () => {
    const side = { own: 10, floor: 0, done: 0, from: 0, msPerPartition: 10, segmentMs: 0, early: [] }
    expect(planMeeting(side, side, 4).left).toEqual([10, 10, 10, 10])
    const dear = planMeeting({ ...side, segmentMs: 1e5 }, { ...side, segmentMs: 1e5 }, 4)
    expect(dear.left).toEqual([0, 0, 20, 20])
    expect(dear.endsAt).toBeLessThan(2.1e5)
  })

  test('tiles that are settled stay as they are', () => {
    const early = fc.array(fc.nat(12), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(plain, plain, early, fc.boolean(), (one, other, counts, isLeft) => {
        const [l, r] = [sideOf(one), sideOf(other)]
        const of = isLeft ? l : r
        const settled = counts.map(count => Math.min(count, of.done))
        const plan = isLeft ? planMeeting({ ...l, early: settled }, r, 5) : planMeeting(l, { ...r, early: settled }, 5)
        const sent = isLeft ? plan.left : plan.right
        settled.forEach((count, u) => {
          if (count > 0) expect(sent[u]).toBe(count)
          expect(plan.left[u]! + plan.right[u]!).toBe(l.own + r.own)
        })
      }),
      { numRuns: 300 },
    )
  })
})
