import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partitionsOf, takePartitions } from './elastic-data.ts'

test.each([0, 0.125, 0.25, 0.375, 0.5])(
  'an overlap of %f: all is held, the pool by everybody, the rest by one',
  overlap => {
    const k = 64
    const held = Array.from({ length: 4 }, (_, place) => partitionsOf(k, overlap, place, 4))
    const holders = Array.from({ length: k }, (_, j) => held.filter(own => own.includes(j)).length)
    expect(holders.filter(count => count === 4).length).toBe(k * overlap)
    expect(holders.filter(count => count === 1).length).toBe(k * (1 - overlap))
    for (const own of held) expect(own.length).toBe(k * (overlap + (1 - overlap) / 4))
  },
)

test('whatever the numbers, everybody holds something and nothing twice, and all is held', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 1, max: 20 }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      (k, workers, overlap) => {
        const held = Array.from({ length: workers }, (_, place) => partitionsOf(k, overlap, place, workers))
        for (const own of held) {
          expect(own.length).toBeGreaterThan(0)
          expect(new Set(own).size).toBe(own.length)
          expect(own.every(j => Number.isInteger(j) && j >= 0 && j < k)).toBe(true)
        }
        expect(new Set(held.flat()).size).toBe(k)
      },
    ),
  )
})

test('all of the worker’s partitions once before any twice, wherever leases begin', () => {
  const held = [3, 5, 7, 11, 13, 17]
  let cursor = 0
  const taken: number[] = []
  while (taken.length < 24) {
    const next = takePartitions(held, { steps: 2, perStep: 1, place: 1, cursor })
    taken.push(...next.partitions)
    cursor = next.cursor
  }
  const orders = Array.from({ length: 4 }, (_, i) => taken.slice(6 * i, 6 * i + 6))
  for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual(held)
  expect(new Set(orders.map(order => order.join())).size).toBeGreaterThan(1)
})

test('no work lists more than a message may', () => {
  const held = Array.from({ length: 4000 }, (_, j) => j)
  expect(takePartitions(held, { steps: 64, perStep: 512, place: 0, cursor: 0 }).partitions.length).toBe(4096)
})

test('no step takes a partition twice', () => {
  const { partitions } = takePartitions([1, 2, 3, 4, 5], { steps: 9, perStep: 3, place: 0, cursor: 4 })
  for (let step = 0; step < 9; step++) expect(new Set(partitions.slice(3 * step, 3 * step + 3)).size).toBe(3)
})
