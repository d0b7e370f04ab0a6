import { describe, expect, test } from 'vitest'
import { chooseRedundancy, type History, replayAll } from './redundancy.ts'
import { replayRound, type SeenWorker } from './replay.ts'

const believed = { msPerPartition: 10, overheadMs: 100, isGuess: false }
const worker = (changes: Partial<SeenWorker> = {}): SeenWorker => ({
  believed,
  msPerPartition: 10,
  overheadMs: 100,
  repeatOverheadMs: 55,
  lostMs: Number.POSITIVE_INFINITY,
  ...changes,
})
const fleet = (...changes: Partial<SeenWorker>[]): SeenWorker[] => [
  ...changes.map(worker),
  ...Array.from({ length: 6 - changes.length }, () => worker()),
]
/** Rounds of these replayed times, the first redundancy in force. */
const past = (chosen: number, ...times: readonly (readonly number[])[]): History =>
  times.map((replayedMs, round) => {
    const tookMs = replayedMs[chosen - 1] ?? 0
    return { round, stragglers: [], chosen, tookMs, replayedMs }
  })

describe('replaying a round of six workers and 60 partitions', () => {
  test('[RED2] nobody late: groups of r take r times the computing', () => {
    for (const r of [1, 2, 3, 6]) expect(replayRound(fleet(), 60, r)).toBeCloseTo(100 + 10 * 10 * r, 6)
  })

  test('[RED2] a partner who is quick hides one who is slow', () => {
    const slow = fleet({ msPerPartition: 80 })
    expect(replayRound(slow, 60, 2)).toBeCloseTo(100 + 200, 6)
    // Alone it holds up the round until the five others, done after 200, have repeated its block.
    const alone = replayRound(slow, 60, 1)
    expect(alone).toBeGreaterThan(200 + 55 + (10 * 10) / 5 - 1e-6)
    expect(alone).toBeLessThan(1.1 * (200 + 55 + (10 * 10) / 5))
  })

  test('[RED2] a lost block is issued again when its holder is known to be gone; whoever is busy ends first', () => {
    const alone = replayRound(fleet({ lostMs: 50 }), 60, 1)
    expect(alone).toBeGreaterThan(200 + 55)
    expect(alone).toBeLessThan(1.1 * (200 + 55 + (10 * 10) / 5))
    expect(replayRound(fleet({ lostMs: 50 }), 60, 2)).toBeCloseTo(300, 6)
  })

  test('[RED2] a slow one that ends before anybody could repeat its work is waited for', () => {
    expect(replayRound(fleet({ msPerPartition: 14 }), 60, 1)).toBeCloseTo(100 + 140, 6)
  })

  test('nobody left to repeat a block: its holder is waited for, however long', () => {
    expect(replayRound([worker({ msPerPartition: 1000 })], 5, 1)).toBeCloseTo(5100, 6)
  })

  test('[RED2] all lost: only a newcomer could end the round, and nothing is said of it', () => {
    expect(replayAll([worker({ lostMs: 10 })], 5)).toEqual([])
    expect(replayAll([worker({ lostMs: 10 }), worker({})], 5)).toHaveLength(2)
  })
})

describe('choosing the redundancy', () => {
  test('[RED1] nothing known: 1', () => {
    expect(chooseRedundancy([])).toBe(1)
    expect(chooseRedundancy(past(1, []))).toBe(1)
  })

  test('[RED1] the one under which the last rounds would have taken least', () => {
    expect(chooseRedundancy(past(1, [200, 300, 400], [200, 300, 400]))).toBe(1)
    expect(chooseRedundancy(past(1, [200, 300, 400], [900, 300, 400]))).toBe(2)
    expect(chooseRedundancy(past(1, [900, 900, 400], [900, 300, 400]))).toBe(3)
  })

  test('[RED1] what was lately counts more than what was before', () => {
    const bad = [1000, 300]
    const good = [200, 300]
    expect(chooseRedundancy(past(2, ...Array(10).fill(bad)))).toBe(2)
    expect(chooseRedundancy(past(2, ...Array(10).fill(bad), ...Array(14).fill(good)))).toBe(1)
  })

  test('[RED1] of those that are about as good the smallest', () => {
    expect(chooseRedundancy(past(2, [308, 300]))).toBe(1)
    expect(chooseRedundancy(past(1, [308, 300]))).toBe(1)
    expect(chooseRedundancy(past(1, [320, 300]))).toBe(2)
    expect(chooseRedundancy(past(1, [400, 305, 300]))).toBe(2)
  })

  test('rounds of fewer workers offer fewer choices', () => {
    expect(chooseRedundancy(past(1, [900, 300, 100], [900, 300]))).toBe(2)
  })

  test('[RED3] the round that was played needs no estimate', () => {
    const round = { round: 0, stragglers: [], chosen: 1, tookMs: 900, replayedMs: [200, 300] }
    expect(chooseRedundancy([round])).toBe(2)
  })
})
