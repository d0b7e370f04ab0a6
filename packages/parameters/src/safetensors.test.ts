import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeSafetensors, encodeSafetensors, SafetensorsError, type Tensor } from './safetensors.ts'
import { type Dtype, dtypes } from './tensor-data.ts'

const tensor: fc.Arbitrary<Tensor> = fc
  .record({
    name: fc.string({ unit: 'grapheme' }).filter(name => name !== '__metadata__'),
    dtype: fc.constantFrom(...(Object.keys(dtypes) as Dtype[])),
    shape: fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
    seed: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  })
  .map(({ name, dtype, shape, seed }) => {
    const length = shape.reduce((product, size) => product * size, 1) * dtypes[dtype].BYTES_PER_ELEMENT
    const bytes = Uint8Array.from({ length }, (_, i) => seed[i % seed.length]!)
    return { name, dtype, shape, data: new dtypes[dtype](bytes.buffer) }
  })
const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 })
const metadata = fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' }), { maxKeys: 3 })

const bytesOf = ({ data, ...rest }: Tensor) => ({
  ...rest,
  data: [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
})
const byName = (list: readonly Tensor[]) => new Map(list.map(each => [each.name, bytesOf(each)]))

test('what is written is read: bit for bit, every dtype, any names', () => {
  fc.assert(
    fc.property(tensors, metadata, (list, notes) => {
      const file = decodeSafetensors(encodeSafetensors(list, notes))
      expect(byName(file.tensors)).toEqual(byName(list))
      expect(Object.entries(file.metadata)).toEqual(Object.entries(notes))
    }),
  )
})

test('data starts at a multiple of 8 and every tensor at a multiple of its width', () => {
  fc.assert(
    fc.property(tensors, list => {
      const bytes = encodeSafetensors(list)
      const headerLength = new DataView(bytes.buffer).getUint32(0, true)
      expect(headerLength % 8).toBe(0)
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)))
      for (const { name, data } of list) expect(header[name].data_offsets[0] % data.BYTES_PER_ELEMENT).toBe(0)
    }),
  )
})

test('the bytes of a known file', () => {
  const bytes = encodeSafetensors([{ name: 'é', dtype: 'F32', shape: [1], data: Float32Array.of(1) }], { k: 'v' })
  const header = '{"__metadata__":{"k":"v"},"\\u00e9":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
  const expected = [padded.length, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(padded), 0, 0, 0x80, 0x3f]
  expect([...bytes]).toEqual(expected)
})

test('reads a header in UTF-8, from bytes that begin at an odd place', () => {
  const header = new TextEncoder().encode('{"schön %41":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}')
  const file = Buffer.concat([Buffer.of(0xff, header.length, 0, 0, 0, 0, 0, 0, 0), header, Buffer.of(0, 0, 0x80, 0x3f)])
  const bytes = file.subarray(1)
  const { tensors: list } = decodeSafetensors(bytes)
  expect(list).toEqual([{ name: 'schön %41', dtype: 'F32', shape: [], data: Float32Array.of(1) }])
  bytes.fill(0)
  expect(list[0]!.data[0]).toBe(1)
})

describe('damage', () => {
  const decodes = (bytes: Uint8Array) => {
    try {
      decodeSafetensors(bytes)
      return true
    } catch (error) {
      if (!(error instanceof SafetensorsError)) throw error
      return false
    }
  }

  test('no truncated file is taken for a whole one', () => {
    fc.assert(
      fc.property(tensors, fc.double({ min: 0, max: 1, noNaN: true }), (list, part) => {
        const bytes = encodeSafetensors(list)
        expect(decodes(bytes.subarray(0, Math.min(bytes.length - 1, Math.floor(part * bytes.length))))).toBe(false)
      }),
    )
  })

  test('corrupted or random bytes end in the designed error or in a file', () => {
    const change = fc.record({ at: fc.double({ min: 0, max: 0.999999, noNaN: true }), to: fc.nat({ max: 255 }) })
    fc.assert(
      fc.property(tensors, fc.array(change, { minLength: 1, maxLength: 8 }), (list, changes) => {
        const bytes = encodeSafetensors(list, { round: '7' })
        for (const { at, to } of changes) bytes[Math.floor(at * bytes.length)] = to
        decodes(bytes)
      }),
      { numRuns: 500 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => void decodes(bytes)))
  })
})

describe('says what is wrong', () => {
  const withHeader = (header: unknown, dataBytes = 0) => {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
    return Uint8Array.of(text.length & 255, text.length >> 8, 0, 0, 0, 0, 0, 0, ...text, ...new Uint8Array(dataBytes))
  }
  const f32 = (shape: unknown, begin: unknown, end: unknown) => ({ dtype: 'F32', shape, data_offsets: [begin, end] })

  test.each([
    ['3 bytes are too few', new Uint8Array(3)],
    ['is above 100000000', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)],
    ['the header should have 9 bytes, the file has only 2', Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 1, 2)],
    ['the header is not JSON', withHeader('{"a":')],
    ['the header is not JSON', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff)],
    ['not a JSON object', withHeader([1])],
    ['__metadata__ must be an object of strings', withHeader({ __metadata__: { a: 1 } })],
    ['tensor "a" is not described by an object', withHeader({ a: 1 })],
    ['unknown dtype "F7"', withHeader({ a: { dtype: 'F7', shape: [], data_offsets: [0, 4] } }, 4)],
    ['unknown dtype "toString"', withHeader({ a: { dtype: 'toString', shape: [], data_offsets: [0, 4] } }, 4)],
    ['a shape that is not a list of sizes', withHeader({ a: f32([-1], 0, 4) }, 4)],
    ['data_offsets that are not two offsets', withHeader({ a: f32([1], 0, 4.5) }, 4)],
    ['"a" has 4 bytes, F32 of shape [2] needs 8', withHeader({ a: f32([2], 0, 4) }, 4)],
    ['"b" begins at byte 8, the one before it ends at 4', withHeader({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12)],
    ['"b" begins at byte 2, the one before it ends at 4', withHeader({ a: f32([1], 0, 4), b: f32([1], 2, 6) }, 6)],
    ['"a" ends at byte 8, the data has 4', withHeader({ a: f32([2], 0, 8) }, 4)],
    ['cover 4 bytes, the data has 5', withHeader({ a: f32([1], 0, 4) }, 5)],
  ])('%s', (message, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError)
    expect(() => decodeSafetensors(bytes)).toThrow(message)
  })

  const one: Tensor = { name: 'a', dtype: 'F32', shape: [1], data: new Float32Array(1) }
  test.each<[string, Tensor[]]>([
    ['two tensors have the same name', [one, one]],
    ['cannot be named __metadata__', [{ ...one, name: '__metadata__' }]],
    ['"a" must hold a Float64Array to be F64', [{ ...one, dtype: 'F64' }]],
    ['"a" has 1 entries, its shape is [2]', [{ ...one, shape: [2] }]],
    ['not Unicode text', [{ ...one, name: '\ud800' }]],
  ])('refuses to write: %s', (message, list) => {
    expect(() => encodeSafetensors(list)).toThrow(message)
  })
})
