import { groupSizes } from '@muster/gradient-codes'
import { type WorkerId, workerId } from '@muster/vocabulary'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseRedundancy, type History, type PastRound, wasKept } from './redundancy.ts'

const workers = (n: number): WorkerId[] => Array.from({ length: n }, (_, i) => workerId(`w${i}`))
const pastRound = (round: number, n: number, late: readonly number[]): PastRound => ({
  round,
  workers: workers(n),
  stragglers: late.map(i => workerId(`w${i}`)),
})
const rounds = (n: number, lates: readonly (readonly number[])[]): History =>
  lates.map((late, round) => pastRound(round, n, late))
const quiet = (count: number): number[][] => Array.from({ length: count }, () => [])

describe('redundancy', () => {
  test('a group is kept by one punctual member', () => {
    expect(wasKept(pastRound(0, 6, [1, 2, 4]), 2)).toBe(true)
    expect(wasKept(pastRound(0, 6, [2, 3]), 2)).toBe(false)
    expect(wasKept(pastRound(0, 6, [2, 3]), 3)).toBe(true)
    expect(wasKept(pastRound(0, 1, []), 4)).toBe(true)
  })

  test('[RED1] nobody late, or nothing known: 1', () => {
    expect(chooseRedundancy([], 6, 0.8)).toBe(1)
    expect(chooseRedundancy(rounds(6, quiet(10)), 6, 0.8)).toBe(1)
  })

  test('[RED1] the smallest r under which 80 % of the last rounds kept every group', () => {
    expect(chooseRedundancy(rounds(6, [...quiet(8), [0], [3]]), 6, 0.8)).toBe(1)
    expect(chooseRedundancy(rounds(6, [...quiet(7), [0], [3], [5]]), 6, 0.8)).toBe(2)
    expect(chooseRedundancy(rounds(6, [...quiet(7), [0, 1], [2, 3], [4, 5]]), 6, 0.8)).toBe(3)
    expect(chooseRedundancy(rounds(6, [...quiet(7), [0, 1, 2], [0, 1, 2], [3, 4, 5]]), 6, 0.8)).toBe(4)
  })

  test('[RED1] against the rule spelt out, for any history', () => {
    const history = fc
      .integer({ min: 1, max: 7 })
      .chain(n =>
        fc.tuple(
          fc.constant(n),
          fc.array(fc.subarray(Array.from({ length: n }, (_, i) => i)), { minLength: 1, maxLength: 10 }),
        ),
      )
    fc.assert(
      fc.property(history, fc.constantFrom(0.5, 0.8, 1), ([n, lates], share) => {
        const past = rounds(n, lates)
        const kept = (r: number) =>
          past.filter(({ workers: all, stragglers }) => {
            const left = [...all]
            return groupSizes(n, r).every(size => left.splice(0, size).some(one => !stragglers.includes(one)))
          }).length
        const chosen = chooseRedundancy(past, n, share)
        const counts = Array.from({ length: n }, (_, i) => kept(i + 1))
        const enough = counts.findIndex(count => 10 - past.length + count >= share * 10 - 1e-9)
        expect(chosen).toBe((enough >= 0 ? enough : counts.indexOf(Math.max(...counts))) + 1)
      }),
    )
  })

  test('[RED2] it rises as soon as a round takes it over the line, and falls when those rounds have passed', () => {
    const lates: number[][] = [...quiet(10), [0], [1], [2], ...quiet(12)]
    const chosen = lates.map((_, last) =>
      chooseRedundancy(rounds(6, lates.slice(Math.max(0, last - 9), last + 1)), 6, 0.8),
    )
    expect(chosen.slice(0, 12)).toEqual(Array(12).fill(1))
    // The third late round of the last ten is at index 12; the first of them leaves the window at index 20.
    expect(chosen.slice(12, 20)).toEqual(Array(8).fill(2))
    expect(chosen.slice(20)).toEqual(Array(5).fill(1))
  })

  test('[RED3] everybody late: no redundancy helps, so the least harmful', () => {
    const all = [0, 1, 2, 3]
    expect(chooseRedundancy(rounds(4, Array(10).fill(all)), 4, 0.8)).toBe(1)
    // Half of the rounds can be kept by two to a block, and by no more than those.
    expect(chooseRedundancy(rounds(4, [...Array(5).fill(all), ...Array(5).fill([0])]), 4, 0.8)).toBe(2)
  })
})
