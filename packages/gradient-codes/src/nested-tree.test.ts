import { randomStream } from '@muster/numerics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { subsets } from './gradient-code-suite.ts'
import {
  blockNode,
  coverTree,
  homeLeaves,
  levelCounts,
  type NestedTree,
  nestedTree,
  partitionsOf,
  taskOrder,
} from './nested-tree.ts'

/** When the tree's stopping rule first holds, if worker i finishes its c-th partition at pace[i] · c. */
function stopTime(tree: NestedTree, homes: readonly number[], pace: readonly number[]): number {
  const announcements = homes
    .flatMap((home, i) =>
      levelCounts(tree, home).map((count, level) => ({
        at: count === 0 ? 0 : count * pace[i]!,
        node: blockNode(tree, home, level),
      })),
    )
    .filter(({ at }) => at < Number.POSITIVE_INFINITY)
    .sort((one, other) => one.at - other.at)
  const owned = new Set<number>()
  for (const { at, node } of announcements) {
    owned.add(node)
    if (coverTree(tree, v => owned.has(v))) return at
  }
  return Number.POSITIVE_INFINITY
}

describe('nested tree', () => {
  test('[N6] a cover is disjoint and complete; any n decodes while one worker survives', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 13 })
          .chain(n =>
            fc.tuple(
              fc.constant(n),
              fc.array(fc.nat(6), { minLength: 16, maxLength: 16 }),
              fc.array(fc.boolean(), { minLength: n, maxLength: n }),
            ),
          ),
        ([n, sizes, lives]) => {
          const { leaves, homes } = homeLeaves(n)
          const tree = nestedTree(sizes.slice(0, leaves))
          const owned = new Set<number>()
          homes.forEach((home, i) => {
            if (lives[i]) for (let level = 0; level <= tree.depth; level++) owned.add(blockNode(tree, home, level))
          })
          const cover = coverTree(tree, node => owned.has(node))
          const all = partitionsOf(tree, 1)
          if (!lives.some(Boolean)) {
            expect(cover === undefined || all.length === 0).toBe(true)
            return
          }
          expect(cover!.flatMap(node => partitionsOf(tree, node)).sort((a, b) => a - b)).toEqual(all)
        },
      ),
    )
  })

  test('a codeword of level l is a prefix of the task order and covers exactly its block', () => {
    const tree = nestedTree([3, 0, 2, 4, 1, 1, 0, 5])
    for (let home = 0; home < 8; home++) {
      const order = taskOrder(tree, home)
      levelCounts(tree, home).forEach((count, level) => {
        expect(order.slice(0, count).sort((a, b) => a - b)).toEqual(partitionsOf(tree, blockNode(tree, home, level)))
      })
    }
  })

  test('[N3] with one home per leaf, equal speeds and no straggler every worker stops after its own leaf', () => {
    const { homes, leaves } = homeLeaves(8)
    expect(stopTime(nestedTree(Array(leaves).fill(1)), homes, Array(8).fill(1))).toBe(1)
  })

  test('[N6] never later than fractional repetition of any level, on the same paces', () => {
    const n = 16
    const tree = nestedTree(Array(n).fill(1))
    const { homes } = homeLeaves(n)
    for (let seed = 0; seed < 200; seed++) {
      const draw = randomStream('N6', seed)
      const pace = Array.from({ length: n }, () =>
        draw.uniform() < 0.2 ? Number.POSITIVE_INFINITY : 1 + draw.exponential(),
      )
      const time = stopTime(tree, homes, pace)
      for (let l = 0; l <= 4; l++) {
        const size = 2 ** l
        const groups = Array.from(
          { length: n / size },
          (_, g) => Math.min(...pace.slice(g * size, (g + 1) * size)) * size,
        )
        expect(time).toBeLessThanOrEqual(Math.max(...groups))
      }
    }
  })

  test('[N6] with s dead of n = 8 the worst wait is 2^⌈log₂(s+1)⌉ partitions', () => {
    const tree = nestedTree(Array(8).fill(1))
    const { homes } = homeLeaves(8)
    for (let s = 1; s <= 5; s++) {
      const times = [...subsets(8, s)].map(dead =>
        stopTime(
          tree,
          homes,
          homes.map((_, i) => (dead.includes(i) ? Number.POSITIVE_INFINITY : 1)),
        ),
      )
      expect(Math.max(...times)).toBe(2 ** Math.ceil(Math.log2(s + 1)))
    }
  })

  test('leaves without a home never stand side by side', () => {
    for (let n = 1; n <= 64; n++) {
      const { leaves, homes } = homeLeaves(n)
      expect(new Set(homes).size).toBe(n)
      for (let leaf = 0; leaf < leaves; leaf += 2) expect(homes.includes(leaf) || homes.includes(leaf + 1)).toBe(true)
    }
  })

  test('a tree of a number of leaves that is no power of two is refused', () => {
    expect(() => nestedTree([1, 1, 1])).toThrow(RangeError)
  })
})
