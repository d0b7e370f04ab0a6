import { expect, test } from 'vitest'
import { augment } from './augment.ts'

const key = { seed: 1, round: 2, partition: 3 }
// 3 × 4 pixels of two channels, all different and none zero.
const image = Float32Array.from({ length: 24 }, (_, i) => i + 1)
const changed = (samples: number[], settings: { flip: boolean; shift: number }, drawKey = key) => {
  const inputs = new Float32Array(samples.length * image.length)
  for (let row = 0; row < samples.length; row++) inputs.set(image, row * image.length)
  augment(inputs, [3, 4, 2], samples, settings, drawKey)
  return samples.map((_, row) => [...inputs.subarray(row * image.length, (row + 1) * image.length)])
}
const samples = Array.from({ length: 60 }, (_, i) => i)

test('[MOD3] the same sample of the same round and partition is changed alike, wherever it stands in a batch', () => {
  const settings = { flip: true, shift: 1 }
  const all = changed(samples, settings)
  expect(changed([7], settings)[0]).toEqual(all[7])
  for (const other of [
    { ...key, seed: 9 },
    { ...key, round: 9 },
    { ...key, partition: 9 },
  ])
    expect(changed(samples, settings, other)).not.toEqual(all)
})

test('about half are mirrored, the others are as they were', () => {
  const mirrored = Array.from({ length: 24 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 8), Math.floor(i / 2) % 4, i % 2]
    return image[(y * 4 + 3 - x) * 2 + c]!
  })
  const found = changed(samples, { flip: true, shift: 0 })
  const isMirrored = found.map(values => values.join() === mirrored.join())
  for (const [i, values] of found.entries()) if (!isMirrored[i]) expect(values).toEqual([...image])
  expect(isMirrored.filter(Boolean).length).toBeGreaterThan(15)
  expect(isMirrored.filter(Boolean).length).toBeLessThan(45)
})

test('a shift moves every pixel alike, and what comes in is zero', () => {
  const seen = new Set<string>()
  for (const values of changed(samples, { flip: false, shift: 2 })) {
    const moves = values.flatMap((value, i) => {
      if (value === 0) return []
      const from = value - 1
      return `${Math.floor(i / 8) - Math.floor(from / 8)},${(Math.floor(i / 2) % 4) - (Math.floor(from / 2) % 4)},${(i % 2) - (from % 2)}`
    })
    expect(new Set(moves).size).toBe(1)
    const [down, right] = moves[0]!.split(',').map(Number)
    expect(moves.length).toBe((3 - Math.abs(down!)) * (4 - Math.abs(right!)) * 2)
    seen.add(moves[0]!)
  }
  expect(seen.size).toBeGreaterThan(15)
})
