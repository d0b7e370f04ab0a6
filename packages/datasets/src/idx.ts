// Reads IDX, the format of MNIST's files: big-endian, two zero bytes, element type, number of dimensions, one uint32
// per dimension, then the elements. Only unsigned bytes are read here.
// Must not hold: gzip (the bytes come unpacked) or files.

import { DatasetError } from './dataset-error.ts'
import { isGzip } from './gzip.ts'

export interface IdxArray {
  readonly shape: readonly number[]
  /** The product of the shape; shares the bytes handed in. */
  readonly values: Uint8Array
}

const unsignedByte = 0x08
const elementTypes: Readonly<Record<number, string>> = {
  8: 'unsigned bytes',
  9: 'signed bytes',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
}

/**
 * @param name of the file, for messages
 * @throws DatasetError that names the file and what is wrong with it.
 */
export function readIdx(bytes: Uint8Array, name: string): IdxArray {
  const wrong = (what: string) => new DatasetError(`${name}: ${what}`)
  if (bytes.length < 4) throw wrong(`an IDX file begins with 4 bytes, this one has ${bytes.length}`)
  if (isGzip(bytes)) throw wrong('this is still gzip; unpack it first')
  if (bytes[0] !== 0 || bytes[1] !== 0)
    throw wrong(`an IDX file begins with two zero bytes, this one with ${bytes[0]} and ${bytes[1]}`)
  const [type, dimensions] = [bytes[2]!, bytes[3]!]
  if (!(type in elementTypes)) throw wrong(`0x${type.toString(16)} is no IDX element type`)
  if (type !== unsignedByte) throw wrong(`it holds ${elementTypes[type]}; only unsigned bytes are read here`)
  if (dimensions === 0) throw wrong('it states no dimensions')
  const headerBytes = 4 + 4 * dimensions
  if (bytes.length < headerBytes) throw wrong(`its header of ${headerBytes} bytes ends after ${bytes.length}`)
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes)
  const shape = Array.from({ length: dimensions }, (_, d) => header.getUint32(4 + 4 * d))
  const count = shape.reduce((product, extent) => product * extent, 1)
  const found = bytes.length - headerBytes
  if (found !== count) throw wrong(`its shape ${shape.join(' × ')} needs ${count} bytes of data, it has ${found}`)
  return { shape, values: bytes.subarray(headerBytes) }
}
