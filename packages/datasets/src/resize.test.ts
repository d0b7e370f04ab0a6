import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resize } from './resize.ts'

const grey = (width: number, ...pixels: number[]) => ({
  width,
  height: pixels.length / width,
  channels: 1,
  pixels: Uint8Array.from(pixels),
})

test('[DATA5] smaller: each pixel is the mean of the area it covers', () => {
  expect([...resize(grey(4, 0, 100, 200, 40, 20, 80, 0, 0), 2, 1).pixels]).toEqual([50, 60])
  // A third of the way: pixels that are covered in part count in part.
  expect([...resize(grey(3, 0, 90, 240), 2, 1).pixels]).toEqual([30, 190])
})

test('[DATA5] larger: between the centres of two pixels it is in between', () => {
  expect([...resize(grey(2, 0, 100), 4, 1).pixels]).toEqual([0, 25, 75, 100])
})

test('[DATA5] in any size one colour stays that colour, and channels stay apart', () => {
  const side = fc.integer({ min: 1, max: 20 })
  fc.assert(
    fc.property(side, side, side, side, fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), (w, h, toW, toH, colour) => {
      const pixels = Uint8Array.from({ length: 3 * w * h }, (_, i) => colour[i % 3]!)
      const resized = resize({ width: w, height: h, channels: 3, pixels }, toW, toH)
      expect(resized).toMatchObject({ width: toW, height: toH, channels: 3 })
      expect([...resized.pixels]).toEqual(Array.from({ length: 3 * toW * toH }, (_, i) => colour[i % 3]))
    }),
  )
})
