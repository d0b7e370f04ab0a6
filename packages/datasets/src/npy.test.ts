import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DatasetError } from './dataset-error.ts'
import { type NpyValues, readNpy, writeNpy } from './npy.ts'

const kinds = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
] as const

/** A file with this header, whatever it says. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = `${header}\n`
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0]
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY'),
    Buffer.from([version, 0, ...length]),
    Buffer.from(text),
    data,
  ])
}
const headerOf = (descr: string, shape: string, isFortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${isFortran}, 'shape': ${shape}, }`

describe('an array in a file', () => {
  test('[DATA3] comes back as it was written, in every type and shape', () => {
    const arrays = fc
      .tuple(
        fc.constantFrom(...kinds),
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
        fc.infiniteStream(fc.double()),
      )
      .map(([Kind, shape, numbers]) => {
        const values: NpyValues = new Kind(shape.reduce((product, extent) => product * extent, 1))
        for (let i = 0; i < values.length; i++) values[i] = numbers.next().value as number
        return { shape, values }
      })
    fc.assert(
      fc.property(arrays, ({ shape, values }) => {
        const bytes = writeNpy(values, shape)
        const read = readNpy(bytes, 'x.npy')
        expect(read.shape).toEqual(shape)
        expect(read.values).toEqual(values)
        // What follows the header begins at a multiple of 64 bytes, as NumPy writes it.
        expect((bytes.length - values.byteLength) % 64).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  test.each([1, 2, 3])('[DATA3] of version %i', version => {
    const read = readNpy(npy(headerOf('|u1', '(2, 2)'), Uint8Array.of(1, 2, 3, 4), version), 'x.npy')
    expect(read).toEqual({ shape: [2, 2], dtype: 'u1', values: Buffer.from([1, 2, 3, 4]) })
  })

  test('[DATA3] in either byte order, and in Fortran order', () => {
    const numbers = (order: string) => [
      ...readNpy(npy(headerOf(`${order}i2`, '(2,)'), Uint8Array.of(1, 2, 255, 254)), 'x').values,
    ]
    expect(numbers('<')).toEqual([0x201, -257])
    expect(numbers('>')).toEqual([0x102, -2])
    const columns = readNpy(npy(headerOf('|u1', '(2, 3)', 'True'), Uint8Array.of(1, 4, 2, 5, 3, 6)), 'x')
    expect([...columns.values]).toEqual([1, 2, 3, 4, 5, 6])
    const cube = readNpy(npy(headerOf('|u1', '(2, 2, 2)', 'True'), Uint8Array.of(1, 5, 3, 7, 2, 6, 4, 8)), 'x')
    expect([...cube.values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('[DATA3] of halves and of 64-bit integers', () => {
    const halves = Uint8Array.of(0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c, 0xff, 0x7b)
    expect([...readNpy(npy(headerOf('<f2', '(5,)'), halves), 'x').values]).toEqual([1, -2, 2 ** -24, Infinity, 65504])
    const wide = new DataView(new ArrayBuffer(24))
    for (const [i, value] of [-2n, 2n ** 53n - 1n, -(2n ** 40n)].entries()) wide.setBigInt64(8 * i, value, true)
    expect([...readNpy(npy(headerOf('<i8', '(3,)'), new Uint8Array(wide.buffer)), 'x').values]).toEqual([
      -2,
      2 ** 53 - 1,
      -(2 ** 40),
    ])
  })

  const two = Uint8Array.of(1, 2)
  test.each([
    ['no array', Buffer.from('x,y\n1,2,3,4,5'), 'at byte 0: a NumPy file begins with'],
    ['an unknown version', npy(headerOf('|u1', '(2,)'), two, 9), 'at byte 6: version 9'],
    ['a header that ends early', npy(headerOf('|u1', '(2,)'), two).subarray(0, 40), 'ends after 40'],
    ['a header without shape', npy("{'descr': '|u1', 'fortran_order': False}", two), 'at byte 10: the header lacks'],
    ['too few bytes', npy(headerOf('<f4', '(3, 5)'), two), 'f4 of shape (3, 5) needs 60 bytes, there are 2'],
    ['too many bytes', npy(headerOf('|u1', '(1,)'), two), 'needs 1 bytes, there are 2'],
    ['an endless shape', npy(headerOf('|u1', '(99999999999, 99999999999)'), two), 'is more than 2 GB'],
    ['objects', npy(headerOf('|O', '(2,)'), two), 'objects are pickled'],
    ['words', npy(headerOf('<U5', '(2,)'), two), 'np.unique'],
    ['complex numbers', npy(headerOf('<c8', '(2,)'), two), 'elements of type "<c8" are not read; known are b1, u1'],
    ['structures', npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", two), 'type structure'],
  ])('[DATA9] %s: refused by file and place', (_, bytes, message) => {
    expect(() => readNpy(bytes, 'my.npy')).toThrow(DatasetError)
    expect(() => readNpy(bytes, 'my.npy')).toThrow(/^my\.npy: /)
    expect(() => readNpy(bytes, 'my.npy')).toThrow(message)
  })

  test('[DATA9] no bytes crash the reader', () => {
    const whole = writeNpy(Float32Array.of(1, 2, 3), [3])
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, end) => {
        const bytes = whole.slice(0, end)
        if (at < end) bytes[at] = value
        try {
          readNpy(bytes, 'x')
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
