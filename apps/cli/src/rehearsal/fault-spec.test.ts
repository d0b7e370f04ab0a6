import { describe, expect, test } from 'vitest'
import { drawStrike, lossSpellsOf, spellsOf } from './fault-schedule.ts'
import { hasFault, readFaultSpec } from './fault-spec.ts'

describe('fault specs', () => {
  test.each([
    ['kill:1@10', { kind: 'kill', count: 1, round: 10 }],
    ['join:2@12', { kind: 'join', count: 2, round: 12 }],
    ['freeze:1@30+5', { kind: 'freeze', count: 1, round: 30, rounds: 5 }],
    ['slow:2x2.5@5-9', { kind: 'slow', count: 2, factor: 2.5, from: 5, to: 9 }],
    ['flaky:30x8@20-40', { kind: 'flaky', percent: 30, factor: 8, from: 20, to: 40 }],
    ['lose:33.3@0-400', { kind: 'lose', percent: 33.3, burst: null, from: 0, to: 400 }],
    ['lose:33x8@0-400', { kind: 'lose', percent: 33, burst: 8, from: 0, to: 400 }],
  ])('[REH1] %s', (text, spec) => expect(readFaultSpec(text)).toEqual(spec))

  test.each([
    'kill:1',
    'kill:x@3',
    'explode:1@2',
    'slow:1x0.5@1-2',
    'slow:1x2@9-2',
    'flaky:130x2@1-2',
    'lose:101@0-9',
    'lose:90x2@0-9',
    '',
  ])('[REH1] "%s" is answered with what is allowed', text => expect(() => readFaultSpec(text)).toThrow(/--fault/))

  test('[REH2] the same seed stirs the same way; victims are among the living', () => {
    const flaky = [readFaultSpec('flaky:30x8@0-999')]
    const spells = spellsOf(flaky, 7, 2, 6)
    expect(spellsOf(flaky, 7, 2, 6)).toEqual(spells)
    expect(spellsOf(flaky, 7, 3, 6)).not.toEqual(spells)
    expect(spells.length / 1000).toBeCloseTo(0.3, 1)
    const kill = { kind: 'kill', count: 2, round: 3 } as const
    const strike = drawStrike(kill, 7, 0, [1, 4, 5])
    expect(drawStrike(kill, 7, 0, [1, 4, 5])).toEqual(strike)
    expect(new Set(strike.victims).size).toBe(2)
    expect(strike.victims.every(victim => [1, 4, 5].includes(victim))).toBe(true)
  })

  test('[REH2] each worker loses answers of its own, in the rounds that are named', () => {
    const faults = [readFaultSpec('kill:1@3'), readFaultSpec('lose:50x4@10-20')]
    expect(lossSpellsOf(faults, 7, 2)).toEqual([{ from: 10, to: 20, losses: { share: 0.5, burst: 4 }, key: [7, 1, 2] }])
    expect(hasFault(faults, 15)).toBe(true)
  })

  test('[REH2] slow hits as many workers as it says', () => {
    const slow = [readFaultSpec('slow:2x3@1-4')]
    expect(
      Array.from({ length: 6 }, (_, i) => spellsOf(slow, 1, i, 6).length).reduce((sum, count) => sum + count, 0),
    ).toBe(2)
  })

  test('rounds with a fault are known', () => {
    const faults = [readFaultSpec('freeze:1@30+5'), readFaultSpec('kill:1@3')]
    expect([2, 3, 4, 29, 30, 35, 36].map(round => hasFault(faults, round))).toEqual([
      false,
      true,
      false,
      false,
      true,
      true,
      false,
    ])
  })
})
