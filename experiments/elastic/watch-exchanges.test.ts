import { expect, test } from 'vitest'
import { type ExchangeUpdate, keptShares, watchExchanges } from './watch-exchanges.ts'

const start = Float32Array.of(0)
const begin = (given: Partial<Parameters<typeof watchExchanges>[0]> = {}) =>
  watchExchanges({ workers: 2, rounds: 100, start, spells: [[], []], leastSpell: 1, ...given })

const update = (tried: number, rest: Partial<ExchangeUpdate> = {}): ExchangeUpdate => ({
  ...{ at: tried, tried, resets: 0, pulls: { w0: 0.1 } },
  parameters: Float32Array.of(tried),
  ...rest,
})

test('the model is kept at the first exchange of every due round, lost exchanges counted', () => {
  const watch = begin()
  const isOver = Array.from({ length: 200 }, (_, i) => watch.note(update(i + 1)))
  expect(isOver.indexOf(true)).toBe(199)
  const { snapshots, exchanges, endedAt } = watch.end()
  expect(snapshots.map(({ round }) => round)).toEqual(keptShares.map(share => Math.round(100 * share)))
  expect(snapshots.map(({ parameters }) => parameters[0])).toEqual(snapshots.map(({ round }) => 2 * round))
  expect({ exchanges, endedAt }).toEqual({ exchanges: 200, endedAt: 200 })
})

test('rounds that were passed between two exchanges have the model after them', () => {
  const watch = begin()
  expect(watch.note(update(31))).toBe(false)
  expect(watch.note(update(200))).toBe(true)
  const { snapshots } = watch.end()
  expect(snapshots.filter(({ parameters }) => parameters[0] === 31).map(({ round }) => round)).toEqual([3, 8, 15])
})

test('only the first exchange after a spell is a return, and no short spell is one', () => {
  const spells = [
    [
      { from: 2, to: 5 },
      { from: 8, to: 8.5 },
    ],
    [],
  ]
  const watch = begin({ spells })
  const note = (at: number, worker: string, pull: number, resets = 0) =>
    watch.note(update(at, { at, resets, pulls: { [worker]: pull } }))
  note(1, 'w0', 0.1)
  note(3, 'w1', 0.2)
  note(6, 'w0', 0.7)
  note(7, 'w0', 0.3)
  note(9, 'w0', 1, 2)
  expect(watch.end()).toMatchObject({ returns: 1, returnPull: 0.7, otherPull: (0.1 + 0.2 + 0.3 + 1) / 4, resets: 2 })
})

test('who stood still from the start does not come back: it is new', () => {
  const watch = begin({ spells: [[{ from: 0, to: 5 }], []] })
  watch.note(update(6, { pulls: { w0: 0.5 } }))
  expect(watch.end()).toMatchObject({ returns: 0, returnPull: null, otherPull: 0.5 })
})
