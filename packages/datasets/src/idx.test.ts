import { expect, test } from 'vitest'
import { readIdx } from './idx.ts'

/** Two images of 2 × 3 pixels. */
const intact = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])

const changed = (at: number, value: number) => intact.with(at, value)

test('an intact file gives its shape and bytes', () => {
  const { shape, values } = readIdx(intact, 'images')
  expect(shape).toEqual([2, 2, 3])
  expect([...values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

test('bytes within a larger buffer are read from where they are', () => {
  const padded = new Uint8Array(intact.length + 5)
  padded.set(intact, 5)
  expect(readIdx(padded.subarray(5), 'images').shape).toEqual([2, 2, 3])
})

test.each([
  ['nothing', new Uint8Array(), 'begins with 4 bytes'],
  ['another magic number', changed(0, 7), 'two zero bytes'],
  ['gzip', Uint8Array.from([0x1f, 0x8b, 8, 0]), 'still gzip'],
  ['float32 elements', changed(2, 0x0d), 'float32'],
  ['an unknown element type', changed(2, 0x55), '0x55 is no IDX element type'],
  ['no dimensions', changed(3, 0), 'no dimensions'],
  ['half a header', intact.subarray(0, 9), 'header of 16 bytes ends after 9'],
  ['half the data', intact.subarray(0, 20), '2 × 2 × 3 needs 12 bytes of data, it has 4'],
  ['a byte too many', Uint8Array.from([...intact, 0]), 'it has 13'],
  ['a count that promises too much', changed(4, 255), 'bytes of data'],
])('%s is refused by name', (_, bytes, message) => {
  expect(() => readIdx(bytes, 'some-file')).toThrow(/^some-file: /)
  expect(() => readIdx(bytes, 'some-file')).toThrow(message)
})
