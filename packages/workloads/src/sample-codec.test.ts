import { describe, expect, test } from 'vitest'
import { decodeCutSamples, decodeSamples, encodeSamples } from './sample-codec.ts'
import { type Rows, sliceSamples, type Text, takeBatch, windowsOf } from './samples.ts'

const samples: Rows = {
  kind: 'rows',
  count: 3,
  inputSize: 4,
  inputs: Uint8Array.from([0, 255, 51, 102, 1, 2, 3, 4, 250, 251, 252, 253]),
  labels: Uint16Array.from([7, 0, 900]),
}
const floats: Rows = { ...samples, inputs: Float32Array.from({ length: 12 }, (_, i) => i / 7 - 1) }
const text: Text = { kind: 'text', tokens: Uint16Array.from([5, 6, 7, 8, 9, 10, 700]) }

test.each([samples, floats, text, windowsOf(text, 3), windowsOf(text, 2, 3)])(
  'samples come back as they were',
  given => {
    expect(decodeSamples(encodeSamples(given))).toEqual(given)
  },
)

test('a slice is encoded alone', () => {
  const slice = decodeSamples(encodeSamples(sliceSamples(samples, 1, 3))) as Rows
  expect(slice.count).toBe(2)
  expect([...slice.inputs]).toEqual([1, 2, 3, 4, 250, 251, 252, 253])
  expect([...slice.labels]).toEqual([0, 900])
})

test.each([1, 2, 3, 4])('bytes within a larger buffer are read from where they are: %i', shift => {
  for (const given of [samples, floats, text]) {
    const bytes = encodeSamples(given)
    const padded = new Uint8Array(bytes.length + shift)
    padded.set(bytes, shift)
    expect(decodeSamples(padded.subarray(shift))).toEqual(given)
  }
})

test.each([
  ['too short for a header', (bytes: Uint8Array) => bytes.subarray(0, 9), "fewer than the header's 32"],
  ['another kind of file', (bytes: Uint8Array) => bytes.with(0, 0), 'do not begin with "MSMP"'],
  ['another version', (bytes: Uint8Array) => bytes.with(4, 1), 'version 1'],
  ['another kind of samples', (bytes: Uint8Array) => bytes.with(8, 9), 'kind 9'],
  ['cut off', (bytes: Uint8Array) => bytes.subarray(0, 45), 'need 52 bytes, not 45'],
  ['a byte too long', (bytes: Uint8Array) => Uint8Array.from([...bytes, 0]), 'not 53'],
  ['a count too high', (bytes: Uint8Array) => bytes.with(15, 255), '3 labels or tokens'],
  ['no inputs', (bytes: Uint8Array) => bytes.with(16, 0), 'inputSize is 0'],
])('damaged bytes are refused: %s', (_, damage, message) => {
  expect(() => decodeSamples(damage(encodeSamples(samples)))).toThrow(message)
})

test('a text has no samples until it is cut', () => {
  expect(() => decodeCutSamples(encodeSamples(text))).toThrow('not cut')
  expect(decodeCutSamples(encodeSamples(samples))).toEqual(samples)
})

describe('a batch', () => {
  test('holds the samples asked for, bytes scaled, floats as they are', () => {
    const batch = takeBatch(samples, [2, 0])
    expect(batch.size).toBe(2)
    expect([...batch.labels]).toEqual([900, 7])
    expect(batch.inputs[5]).toBeCloseTo(1, 6)
    expect(batch.inputs[6]).toBeCloseTo(0.2, 6)
    expect([...takeBatch(floats, [1]).inputs]).toEqual([...floats.inputs.slice(4, 8)])
    expect(() => takeBatch(samples, [3])).toThrow('sample 3 asked of 3')
  })

  test('of windows foretells each token’s successor', () => {
    const windows = windowsOf(text, 3)
    expect(windows.count).toBe(4)
    const batch = takeBatch(windows, [3, 0])
    expect([...batch.inputs]).toEqual([8, 9, 10, 5, 6, 7])
    expect([...batch.labels]).toEqual([9, 10, 700, 6, 7, 8])
  })
})

test('[MOD4] windows cover a text: a slice gives the same samples as the whole', () => {
  for (const stride of [1, 2]) {
    const windows = windowsOf(text, 2, stride)
    expect((windows.count - 1) * stride + 2 + 1).toBeLessThanOrEqual(text.tokens.length)
    const part = sliceSamples(windows, 1, windows.count)
    for (let i = 0; i < part.count; i++) expect(takeBatch(part, [i])).toEqual(takeBatch(windows, [i + 1]))
  }
  expect(() => windowsOf(text, 7)).toThrow('7 tokens has no window of 7')
})
