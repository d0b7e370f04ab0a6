import { workerId } from '@muster/vocabulary'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Helper, planRescue } from './rescue.ts'
import { missingOf, type Pledge, reachOf } from './tiled-state.ts'

const pledge: fc.Arbitrary<Pledge> = fc.integer({ min: 1, max: 40 }).chain(length =>
  fc.array(fc.tuple(fc.nat(length), fc.boolean()), { minLength: 1, maxLength: 20 }).map(segments => ({
    // Numbers that are not their places, so that a list that is cut wrongly shows.
    list: Array.from({ length }, (_, i) => 7 * i + 3),
    upTo: segments.map(([count]) => count),
    got: segments.map(([, has]) => has),
  })),
)

const helpers: fc.Arbitrary<readonly Helper[]> = fc
  .array(
    fc.record({
      computeFrom: fc.nat(500),
      uplinkFrom: fc.nat(800),
      msPerPartition: fc.double({ min: 0.1, max: 80, noNaN: true }),
      uploadMs: fc.constantFrom(0, 1, 40, 3000),
    }),
    { maxLength: 40 },
  )
  .map(all => all.map((helper, i) => ({ ...helper, worker: workerId(`w${i}`) })))

const pairsOf = ({ list, upTo, got }: Pledge): string[] =>
  upTo.flatMap((count, segment) => (got[segment] ? [] : list.slice(0, count).map(j => `${segment}: ${j}`)))

describe('[TILE5] the rescue of a pledge', () => {
  test('covers exactly what was missing, once each, whoever helps', () => {
    fc.assert(
      fc.property(pledge, helpers, fc.constantFrom('grid', 'columns'), (lost, able, rows) => {
        const rescue = planRescue(lost, able, 0, rows)
        if (missingOf(lost).length === 0 || able.length === 0) {
          expect(rescue).toBeNull()
          return
        }
        expect(rescue!.parts.flatMap(part => pairsOf(part.pledge)).sort()).toEqual(pairsOf(lost).sort())
      }),
      { numRuns: 500 },
    )
  })

  test('is given to those who help, a part each, none of it empty', () => {
    fc.assert(
      fc.property(pledge, helpers, (lost, able) => {
        const parts = planRescue(lost, able, 0)?.parts ?? []
        const names = parts.map(({ worker }) => worker)
        expect(new Set(names).size).toBe(names.length)
        expect(parts.every(part => able.some(({ worker }) => worker === part.worker))).toBe(true)
        for (const part of parts) expect(part.pledge.list.length).toBeGreaterThanOrEqual(reachOf(part.pledge))
        for (const part of parts) expect(missingOf(part.pledge).length).toBeGreaterThan(0)
      }),
    )
  })

  test('in columns only, each part is all missing segments; in a grid an upload is shared', () => {
    const lost = { list: [4, 2, 9, 7], upTo: [4, 4, 4, 4], got: [false, false, false, false] }
    const able = Array.from({ length: 4 }, (_, i) => ({
      ...{ worker: workerId(`w${i}`), computeFrom: 0, uplinkFrom: 0, msPerPartition: 1, uploadMs: 1000 },
    }))
    const rowsOf = (rows: 'grid' | 'columns') =>
      Math.max(...planRescue(lost, able, 0, rows)!.parts.map(part => missingOf(part.pledge).length))
    expect(rowsOf('columns')).toBe(4)
    expect(rowsOf('grid')).toBe(1)
  })
})
