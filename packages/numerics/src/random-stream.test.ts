import { expect, test } from 'vitest'
import { hashKey, randomStream } from './random-stream.ts'

test('the same key gives the same draws, another key others', () => {
  const draw = (...key: (string | number)[]) => Array.from({ length: 5 }, randomStream(...key).uniform)
  expect(draw(7, 'batch', 3)).toEqual(draw(7, 'batch', 3))
  expect(draw(7, 'batch', 3)).not.toEqual(draw(7, 'batch', 4))
  expect(hashKey(1, 23)).not.toBe(hashKey(12, 3))
})

test('draws have the moments of their distributions', () => {
  const stream = randomStream('moments')
  const count = 20_000
  const mean = (draw: () => number) => Array.from({ length: count }, draw).reduce((sum, x) => sum + x, 0) / count
  expect(mean(stream.uniform)).toBeCloseTo(0.5, 1)
  expect(mean(stream.exponential)).toBeCloseTo(1, 1)
  expect(mean(stream.normal)).toBeCloseTo(0, 1)
  expect(mean(() => stream.normal() ** 2)).toBeCloseTo(1, 1)
})

test('neighbouring seeds are unrelated', () => {
  const first = Array.from({ length: 1000 }, (_, seed) => randomStream(seed).uniform())
  const mean = first.reduce((sum, x) => sum + x, 0) / first.length
  const lag = first.slice(1).reduce((sum, x, i) => sum + (x - mean) * (first[i]! - mean), 0) / (first.length / 12)
  expect(Math.abs(lag)).toBeLessThan(0.1)
})

test('a permutation holds every number once', () => {
  expect([...randomStream('p').permutation(100)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, i) => i),
  )
})
