import { expect, test } from 'vitest'
import { decodeSamples, encodeSamples } from './sample-codec.ts'
import { sliceSamples, takeBatch } from './samples.ts'

const samples = {
  count: 3,
  inputSize: 4,
  inputs: Uint8Array.from([0, 255, 51, 102, 1, 2, 3, 4, 250, 251, 252, 253]),
  labels: Uint8Array.from([7, 0, 9]),
}

test('samples come back as they were', () => {
  expect(decodeSamples(encodeSamples(samples))).toEqual(samples)
})

test('a slice is encoded alone', () => {
  const slice = decodeSamples(encodeSamples(sliceSamples(samples, 1, 3)))
  expect(slice.count).toBe(2)
  expect([...slice.inputs]).toEqual([1, 2, 3, 4, 250, 251, 252, 253])
  expect([...slice.labels]).toEqual([0, 9])
})

test('bytes within a larger buffer are read from where they are', () => {
  const bytes = encodeSamples(samples)
  const padded = new Uint8Array(bytes.length + 3)
  padded.set(bytes, 3)
  expect(decodeSamples(padded.subarray(3))).toEqual(samples)
})

test.each([
  ['too short for a header', (bytes: Uint8Array) => bytes.subarray(0, 9), "fewer than the header's 16"],
  ['another kind of file', (bytes: Uint8Array) => bytes.with(0, 0), 'do not begin with "MSMP"'],
  ['another version', (bytes: Uint8Array) => bytes.with(4, 2), 'version 2'],
  ['cut off', (bytes: Uint8Array) => bytes.subarray(0, 25), 'need 31 bytes, not 25'],
  ['a byte too long', (bytes: Uint8Array) => Uint8Array.from([...bytes, 0]), 'not 32'],
  ['a count too high', (bytes: Uint8Array) => bytes.with(11, 255), 'need'],
  ['no inputs', (bytes: Uint8Array) => bytes.with(12, 0), 'inputSize is 0'],
])('damaged bytes are refused: %s', (_, damage, message) => {
  expect(() => decodeSamples(damage(encodeSamples(samples)))).toThrow(message)
})

test('a batch holds the samples asked for, scaled', () => {
  const batch = takeBatch(samples, [2, 0])
  expect(batch.size).toBe(2)
  expect([...batch.labels]).toEqual([9, 7])
  expect(batch.inputs[5]).toBeCloseTo(1, 6)
  expect(batch.inputs[6]).toBeCloseTo(0.2, 6)
  expect(() => takeBatch(samples, [3])).toThrow('sample 3 asked of 3')
})
