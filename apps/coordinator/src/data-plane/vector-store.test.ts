import { createMemoryCheckpoints } from '@muster/storage'
import { runId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import { type Combination, createVectorStore } from './vector-store.ts'

/** Plain descent at the rate 1: the model goes down by the mean gradient. */
function openStore(parameters = [0, 0, 0, 0]) {
  const store = createVectorStore(
    {
      run: runId('r'),
      optimiser: { kind: 'sgd', learningRate: 1 },
      parameters: Float32Array.from(parameters),
      optimiserState: { step: 0, slots: {} },
    },
    createMemoryCheckpoints(),
  )
  const combination: Combination = {
    terms: [],
    target: 'gradient',
    tilesOf: null,
    samples: 1,
    learningRate: 1,
    wantsGradient: false,
    wantsDistances: false,
    wantsConsensus: false,
  }
  return {
    ...store,
    tile(round: number, from: number, ...values: number[]) {
      store.hold('tile', Float32Array.from(values), false)
      store.accumulate(round, 'tile', from)
    },
    apply: (changes: Partial<Combination>) => store.apply({ ...combination, ...changes }),
  }
}

describe('[TILE14] the sum of tiles', () => {
  test('is part of the gradient, alone or beside whole answers, and of the gradient that is checked', () => {
    const store = openStore()
    store.tile(0, 0, 2, 4)
    store.tile(0, 2, 6, 8)
    const alone = store.apply({ tilesOf: 0, samples: 2, wantsGradient: true })
    expect([...alone.parameters]).toEqual([-1, -2, -3, -4])
    expect([...alone.gradient!]).toEqual([2, 4, 6, 8])
    expect(alone.gradientNorm).toBeCloseTo(Math.sqrt(30), 12)
    store.tile(1, 1, 5)
    store.hold('whole', Float32Array.of(1, 1, 1, 1), false)
    const both = store.apply({ tilesOf: 1, terms: [{ handle: 'whole', weight: 2 }], wantsGradient: true })
    expect([...both.gradient!]).toEqual([2, 7, 2, 2])
    expect([...both.parameters]).toEqual([-3, -9, -5, -6])
  })

  test('is kept in float64', () => {
    const store = openStore()
    for (const value of [2 ** 24, 1, -(2 ** 24)]) store.tile(0, 3, value)
    expect([...store.apply({ tilesOf: 0 }).parameters]).toEqual([0, 0, 0, -1])
  })

  test('is of one round: what was accumulated in another is gone, and so is what was applied', () => {
    const store = openStore()
    store.tile(0, 0, 100)
    store.tile(1, 1, 1)
    expect(() => store.apply({ tilesOf: 0 })).toThrow('no tile was accumulated in round 0')
    expect([...store.apply({ tilesOf: 1, wantsGradient: true }).gradient!]).toEqual([0, 1, 0, 0])
    expect(() => store.apply({ tilesOf: 1 })).toThrow('no tile was accumulated in round 1')
  })

  test('is left out where it is not asked for, and no later sum holds it', () => {
    const store = openStore()
    store.tile(0, 0, 100)
    store.hold('whole', Float32Array.of(1, 1, 1, 1), false)
    expect([...store.apply({ terms: [{ handle: 'whole', weight: 1 }] }).parameters]).toEqual([-1, -1, -1, -1])
    expect(() => store.apply({ tilesOf: 0 })).toThrow('no tile was accumulated')
  })

  test('never reaches a mix', () => {
    const store = openStore([1, 1, 1, 1])
    store.tile(0, 0, 100)
    store.hold('own', Float32Array.of(3, 3, 3, 3), false)
    const mixed = store.apply({ target: 'mix', tilesOf: 0, terms: [{ handle: 'own', weight: 0.5 }] })
    expect([...mixed.parameters]).toEqual([2, 2, 2, 2])
  })

  test('takes what is held once, and only where it lies within the vector', () => {
    const store = openStore()
    store.tile(0, 0, 1)
    expect(() => store.accumulate(0, 'tile', 0)).toThrow('no vector is held as tile')
    store.hold('far', Float32Array.of(1, 1), false)
    expect(() => store.accumulate(0, 'far', 3)).toThrow(RangeError)
  })

  test('a tile that is held has no distance to the model', () => {
    const store = openStore()
    store.hold('tile', Float32Array.of(1), false)
    store.hold('own', Float32Array.of(1, 0, 0, 0), false)
    store.hold('mixed', Float32Array.of(0, 0, 0, 0), false)
    const terms = [{ handle: 'mixed', weight: 0.5 }]
    expect(store.apply({ target: 'mix', terms, wantsDistances: true }).distances).toEqual({ own: 1 })
  })
})
