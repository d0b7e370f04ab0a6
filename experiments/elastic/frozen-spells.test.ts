import { expect, test } from 'vitest'
import { mean } from '../comparison/markdown.ts'
import { unitsPerExchange } from './exchange-world.ts'
import { freezesOf, spellsOf } from './frozen-spells.ts'
import { failureShare, spellExchanges } from './setting.ts'

const until = 40_000

test.each([1, 4])(
  'with %d local steps a worker stands still a third of the time, in spells of eight exchanges',
  steps => {
    const spells = [1, 2, 3].flatMap(seed => spellsOf(seed, 0, steps, until))
    const lengths = spells.map(({ from, to }) => to - from)
    expect(mean(lengths) / (spellExchanges * unitsPerExchange(steps))).toBeCloseTo(1, 0)
    const share = lengths.reduce((sum, length) => sum + length, 0) / (3 * until)
    expect(Math.abs(share - failureShare)).toBeLessThan(0.04)
  },
)

test('spells follow each other, and are a function of seed and seat', () => {
  const spells = spellsOf(1, 2, 2, until)
  for (const [i, { from, to }] of spells.entries()) {
    expect(to).toBeGreaterThan(from)
    if (i > 0) expect(from).toBeGreaterThan(spells[i - 1]!.to)
  }
  expect(spellsOf(1, 2, 2, until)).toEqual(spells)
  expect(spellsOf(1, 3, 2, until)).not.toEqual(spells)
  expect(spellsOf(2, 2, 2, until)).not.toEqual(spells)
})

test('a worker may stand still from the start', () => {
  const first = Array.from({ length: 300 }, (_, seat) => spellsOf(1, seat, 1, until)[0]!.from)
  expect(Math.abs(first.filter(from => from === 0).length / 300 - failureShare)).toBeLessThan(0.08)
})

test('each spell is a freeze of the worker in that seat, in milliseconds', () => {
  expect(freezesOf([[], [{ from: 1.5, to: 4 }]])).toEqual([
    { at: 1500, fault: { kind: 'freeze', worker: 'w1', forMs: 2500 } },
  ])
})
