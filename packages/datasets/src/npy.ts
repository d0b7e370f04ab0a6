// One array as NumPy keeps it: '\x93NUMPY', version, length of the header, the header (a Python dictionary: element
// type, order, shape), then the elements. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
// Must not hold: files.

import { DatasetError } from './dataset-error.ts'
import { byteLimit, limitText } from './files.ts'

export type NpyValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array

export interface NpyArray {
  readonly shape: readonly number[]
  /** As NumPy writes it without the byte order, e.g. `f4`. */
  readonly dtype: string
  /** The last index runs fastest, whatever the file's order. */
  readonly values: NpyValues
}

interface Element {
  readonly bytes: number
  make(length: number): NpyValues
  read(view: DataView, at: number, isLittle: boolean): number
}

/** Halves of a 64-bit number; exact up to 2⁵³, which no class and no measure exceeds. */
const joined = (view: DataView, at: number, isLittle: boolean, high: (at: number) => number): number =>
  high(isLittle ? at + 4 : at) * 2 ** 32 + view.getUint32(isLittle ? at : at + 4, isLittle)

const elements: Readonly<Record<string, Element>> = {
  b1: { bytes: 1, make: n => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  u1: { bytes: 1, make: n => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, make: n => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, make: n => new Uint16Array(n), read: (view, at, little) => view.getUint16(at, little) },
  i2: { bytes: 2, make: n => new Int16Array(n), read: (view, at, little) => view.getInt16(at, little) },
  u4: { bytes: 4, make: n => new Uint32Array(n), read: (view, at, little) => view.getUint32(at, little) },
  i4: { bytes: 4, make: n => new Int32Array(n), read: (view, at, little) => view.getInt32(at, little) },
  u8: {
    bytes: 8,
    make: n => new Float64Array(n),
    read: (view, at, little) => joined(view, at, little, high => view.getUint32(high, little)),
  },
  i8: {
    bytes: 8,
    make: n => new Float64Array(n),
    read: (view, at, little) => joined(view, at, little, high => view.getInt32(high, little)),
  },
  f2: { bytes: 2, make: n => new Float32Array(n), read: (view, at, little) => halfFloat(view.getUint16(at, little)) },
  f4: { bytes: 4, make: n => new Float32Array(n), read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, make: n => new Float64Array(n), read: (view, at, little) => view.getFloat64(at, little) },
}

const known = Object.keys(elements).join(', ')

/**
 * @param name of the file or the array, for messages
 * @throws DatasetError that says what is wrong, and at which byte.
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const wrong = (what: string) => new DatasetError(`${name}: ${what}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 10 || view.getUint32(0) !== 0x934e554d || view.getUint16(4) !== 0x5059)
    throw wrong('at byte 0: a NumPy file begins with "\\x93NUMPY"')
  const version = bytes[6]!
  if (version < 1 || version > 3) throw wrong(`at byte 6: version ${version} is not known here, only 1 to 3`)
  const headerFrom = version === 1 ? 10 : 12
  if (bytes.length < headerFrom) throw wrong(`its header ends after ${bytes.length} bytes`)
  const dataFrom = headerFrom + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  if (dataFrom > bytes.length) throw wrong(`at byte 8: its header of ${dataFrom} bytes ends after ${bytes.length}`)
  const header = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(headerFrom, dataFrom))
  const { order, dtype, isFortran, shape } = readHeader(header, text => wrong(`at byte ${headerFrom}: ${text}`))
  const element = elements[dtype]!
  const length = shape.reduce((product, extent) => product * extent, 1)
  const described = `${dtype} of shape ${describeShape(shape)}`
  if (length * element.bytes > byteLimit) throw wrong(`${described} is more than ${limitText}`)
  const found = bytes.length - dataFrom
  if (found !== length * element.bytes)
    throw wrong(`at byte ${dataFrom}: ${described} needs ${length * element.bytes} bytes, there are ${found}`)
  const values = readElements(bytes.subarray(dataFrom), element, order !== '>', length)
  return { shape, dtype, values: isFortran && shape.length > 1 ? lastIndexFastest(values, shape, element) : values }
}

export const describeShape = (shape: readonly number[]): string =>
  `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

interface Header {
  readonly order: string
  readonly dtype: string
  readonly isFortran: boolean
  readonly shape: readonly number[]
}

function readHeader(text: string, wrong: (what: string) => DatasetError): Header {
  const type = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|\[)/.exec(text)
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)
  const shape = /['"]shape['"]\s*:\s*\(([\d,\s]*)\)/.exec(text)
  if (!type || !order || !shape) throw wrong('the header lacks one of "descr", "fortran_order" and "shape"')
  const [, kind = '', byteOrder = '', dtype = ''] = /^(([<>|=]?)(.*))$/.exec(type[1] ?? '') ?? []
  if (!(dtype in elements))
    throw wrong(`elements of type ${kind ? `"${kind}"` : 'structure'} are not read; ${adviceFor(dtype)}`)
  const extents = shape[1]!
    .split(',')
    .map(extent => extent.trim())
    .filter(extent => extent !== '')
    .map(Number)
  return { order: byteOrder, dtype, isFortran: order[1] === 'True', shape: extents }
}

function adviceFor(dtype: string): string {
  if (/^[US]/.test(dtype)) return 'number the words: names, y = np.unique(words, return_inverse=True)'
  if (dtype === 'O') return 'objects are pickled; make an array of numbers of them'
  return `known are ${known}; convert with x.astype("f4")`
}

function readElements(bytes: Uint8Array, element: Element, isLittle: boolean, length: number): NpyValues {
  if (element === elements.u1 || element === elements.b1) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = element.make(length)
  for (let i = 0; i < length; i++) values[i] = element.read(view, i * element.bytes, isLittle)
  return values
}

/** From Fortran's order, in which the first index runs fastest. */
function lastIndexFastest(values: NpyValues, shape: readonly number[], element: Element): NpyValues {
  const strides = shape.map((_, d) => shape.slice(0, d).reduce((product, extent) => product * extent, 1))
  const turned = element.make(values.length)
  const index = shape.map(() => 0)
  for (let to = 0, from = 0; to < turned.length; to++) {
    turned[to] = values[from]!
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d]!++
      from += strides[d]!
      if (index[d]! < shape[d]!) break
      from -= strides[d]! * shape[d]!
      index[d] = 0
    }
  }
  return turned
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const written: Readonly<Record<string, string>> = {
  Uint8Array: 'u1',
  Int8Array: 'i1',
  Uint16Array: 'u2',
  Int16Array: 'i2',
  Uint32Array: 'u4',
  Int32Array: 'i4',
  Float32Array: 'f4',
  Float64Array: 'f8',
}

/** Version 1, little-endian, last index fastest. */
export function writeNpy(values: NpyValues, shape: readonly number[]): Uint8Array {
  const dtype = written[values.constructor.name]!
  const order = values.BYTES_PER_ELEMENT === 1 ? '|' : '<'
  const header = `{'descr': '${order}${dtype}', 'fortran_order': False, 'shape': ${describeShape(shape)}, }`
  // Data begin at a multiple of 64 bytes; the header ends with a line feed.
  const dataFrom = Math.ceil((11 + header.length) / 64) * 64
  const bytes = new Uint8Array(dataFrom + values.byteLength)
  const head = `\x93NUMPY\x01\x00\0\0${header.padEnd(dataFrom - 11)}\n`
  for (let i = 0; i < head.length; i++) bytes[i] = head.charCodeAt(i)
  const view = new DataView(bytes.buffer)
  view.setUint16(8, dataFrom - 10, true)
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), dataFrom)
  return bytes
}
