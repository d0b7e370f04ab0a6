// At every coordinate every partition exactly once: judged after every event of random rounds, in which workers come and
// go, fall silent, lie about their lists, send twice, late and what is refused, and lose what they were told.

import { randomStream } from '@muster/numerics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StrategySettings } from '../strategy.ts'
import { choices, playTrace } from './random-rounds.ts'

const own = fc.record({
  together: fc.constantFrom(...choices.together),
  moves: fc.constantFrom(...choices.moves),
  rescue: fc.constantFrom(...choices.rescue),
}) as fc.Arbitrary<StrategySettings['own']>

describe('the cover of a tiled round', () => {
  test('[TILE1] is exact after every event: cut, extended, lost, late, repeated, refused, silent, lied about', () => {
    fc.assert(
      fc.property(fc.nat(), own, (seed, settings) => {
        expect(playTrace(randomStream('cover', seed), settings).fault).toBeNull()
      }),
      { numRuns: 150 },
    )
  })

  test('[TILE2] what has arrived is not asked for again, and the traces are rich in all that may happen', () => {
    // That nothing is asked for twice is a law of the scripted fleet, and holds in every trace.
    const seen = new Map<string, number>()
    for (let seed = 0; seed < 40; seed++) {
      const { fault, happened } = playTrace(randomStream('rich', seed), { together: 'meet' })
      expect(fault).toBeNull()
      for (const what of happened) seen.set(what, (seen.get(what) ?? 0) + 1)
    }
    const all = ['extended', 'shortened', 'early tile', 'met', 'orphan', 'rescue', 'race', 'closed', 'lie']
    expect(all.filter(what => !seen.has(what))).toEqual([])
  })
})
