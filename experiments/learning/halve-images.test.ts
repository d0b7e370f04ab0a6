import { expect, test } from 'vitest'
import { halveImages } from './halve-images.ts'

test('each pixel is the mean of four, image by image', () => {
  const one = [0, 10, 1, 1, 20, 30, 1, 2, 255, 255, 0, 0, 255, 255, 0, 1]
  const inputs = Uint8Array.from([...one, ...one.map(() => 7)])
  const halved = halveImages({ kind: 'rows', count: 2, inputSize: 16, inputs, labels: Uint16Array.of(3, 4) })
  expect([...halved.inputs]).toEqual([15, 1, 255, 0, 7, 7, 7, 7])
  expect(halved).toMatchObject({ count: 2, inputSize: 4 })
  expect([...halved.labels]).toEqual([3, 4])
})

test('colours stay apart', () => {
  const inputs = Uint8Array.of(0, 100, 4, 200, 8, 0, 0, 100)
  const halved = halveImages({ kind: 'rows', count: 1, inputSize: 8, inputs, labels: Uint16Array.of(1) }, 2)
  expect([...halved.inputs]).toEqual([3, 100])
})

test('images of an odd side, or of none, are refused', () => {
  const rows = { kind: 'rows', count: 1, inputs: new Uint8Array(9), labels: Uint16Array.of(0) } as const
  expect(() => halveImages({ ...rows, inputSize: 9 })).toThrow(RangeError)
  expect(() => halveImages({ ...rows, inputSize: 8 })).toThrow(RangeError)
})
