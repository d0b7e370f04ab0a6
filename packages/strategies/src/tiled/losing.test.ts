import fc from 'fast-check'
import { expect, test } from 'vitest'
import { restOf } from './losing.ts'

test('[TILE5] early tiles that came and the rest of a lost list hold each partition once, at every segment', () => {
  const lost = fc.integer({ min: 1, max: 30 }).chain(length =>
    fc.record({
      list: fc.shuffledSubarray(
        Array.from({ length: 60 }, (_, j) => j),
        { minLength: length, maxLength: length },
      ),
      segments: fc.array(fc.tuple(fc.nat(length), fc.boolean()), { minLength: 1, maxLength: 12 }),
    }),
  )
  fc.assert(
    fc.property(lost, ({ list, segments }) => {
      const early = segments.map(([count]) => count)
      const earlyGot = segments.map(([count, has]) => has && count > 0)
      const { pledge } = restOf({ list, early, earlyGot })
      segments.forEach((_, u) => {
        const came = earlyGot[u] ? list.slice(0, early[u]) : []
        const missing = pledge.got[u] ? [] : pledge.list.slice(0, pledge.upTo[u])
        expect([...came, ...missing].sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b))
      })
    }),
  )
})
