import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeDigits } from './digits/digits.ts'
import { dropoutMask } from './network/dropout-mask.ts'
import { partitionRange, roundBatch, roundSamples } from './partition.ts'

test('partitions cover every sample once and differ in size by at most one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 5000 }), (partitions, more) => {
      const count = partitions + more
      const ranges = Array.from({ length: partitions }, (_, j) => partitionRange(count, partitions, j))
      expect(ranges[0]!.from).toBe(0)
      expect(ranges.at(-1)!.to).toBe(count)
      for (const [j, range] of ranges.entries()) if (j > 0) expect(range.from).toBe(ranges[j - 1]!.to)
      const sizes = ranges.map(({ from, to }) => to - from)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

test('what cannot be cut is refused', () => {
  expect(() => partitionRange(3, 4, 0)).toThrow('3 samples cannot be cut into 4')
  expect(() => partitionRange(10, 4, 4)).toThrow('no partition 4')
  expect(() => roundBatch(1, 0, 0, 0, 8)).toThrow('0 samples')
})

test('each pass visits every sample of the partition once, whatever the batch size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 90 }), (size, batchSize) => {
      const passes = 3
      const rounds = Math.ceil((passes * size) / batchSize)
      const drawn = Array.from({ length: rounds }, (_, round) => [...roundBatch(5, round, 2, size, batchSize)]).flat()
      for (let pass = 0; pass < passes; pass++) {
        const visited = drawn.slice(pass * size, (pass + 1) * size).sort((a, b) => a - b)
        expect(visited).toEqual(Array.from({ length: size }, (_, i) => i))
      }
    }),
    { numRuns: 60 },
  )
})

test('a batch is a function of seed, round and partition alone', () => {
  const batch = (seed: number, round: number, partition: number) => [...roundBatch(seed, round, partition, 500, 16)]
  expect(batch(1, 7, 3)).toEqual(batch(1, 7, 3))
  for (const other of [batch(2, 7, 3), batch(1, 8, 3), batch(1, 7, 4)]) expect(other).not.toEqual(batch(1, 7, 3))
})

test('passes differ in their order', () => {
  expect([...roundBatch(1, 0, 0, 50, 50)]).not.toEqual([...roundBatch(1, 1, 0, 50, 50)])
})

test('[MOD3] a round’s batch is drawn, changed and marked alike whoever asks for it', () => {
  const samples = makeDigits({ trainCount: 40, testCount: 1 }).train
  const settings = { seed: 1, batchPerPartition: 8, inputShape: [28, 28], augmentation: { flip: true, shift: 2 } }
  const batch = roundSamples(settings, samples, 7, 3)
  expect(roundSamples(settings, samples, 7, 3)).toEqual(batch)
  expect(batch.drawKey).toEqual({ seed: 1, round: 7, partition: 3 })
  const plain = roundSamples({ ...settings, augmentation: null }, samples, 7, 3)
  expect(plain.labels).toEqual(batch.labels)
  expect(plain.inputs).not.toEqual(batch.inputs)
})

test('[MOD3] a dropout mask is a function of seed, round, partition and layer, and keeps the mean', () => {
  const key = { seed: 1, round: 2, partition: 3 }
  const mask = dropoutMask(key, 4, 0.25, 200, 100)
  expect(dropoutMask(key, 4, 0.25, 200, 100)).toEqual(mask)
  for (const other of [
    { ...key, seed: 2 },
    { ...key, round: 3 },
    { ...key, partition: 4 },
  ])
    expect(dropoutMask(other, 4, 0.25, 200, 100)).not.toEqual(mask)
  expect(dropoutMask(key, 5, 0.25, 200, 100)).not.toEqual(mask)
  expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.75)]))
  expect(mask.reduce((sum, value) => sum + value, 0) / mask.length).toBeCloseTo(1, 1)
})
