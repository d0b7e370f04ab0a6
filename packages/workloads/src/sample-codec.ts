// A partition of samples as bytes. The content never changes, so any cache may keep it.
//
// Little-endian header of 16 bytes, then inputs (count × inputSize), then labels (count):
//   0  'MSMP'   4  version, uint32   8  count, uint32   12  inputSize, uint32

import type { Samples } from './samples.ts'

const magic = 0x504d534d
const version = 1
const headerBytes = 16

export function encodeSamples(samples: Samples): Uint8Array<ArrayBuffer> {
  const { count, inputSize } = samples
  const bytes = new Uint8Array(headerBytes + count * inputSize + count)
  const header = new DataView(bytes.buffer)
  header.setUint32(0, magic, true)
  header.setUint32(4, version, true)
  header.setUint32(8, count, true)
  header.setUint32(12, inputSize, true)
  bytes.set(samples.inputs.subarray(0, count * inputSize), headerBytes)
  bytes.set(samples.labels.subarray(0, count), headerBytes + count * inputSize)
  return bytes
}

/**
 * The result shares the bytes handed in.
 * @throws Error that says what is damaged.
 */
export function decodeSamples(bytes: Uint8Array): Samples {
  if (bytes.length < headerBytes)
    throw new Error(`samples: ${bytes.length} bytes are fewer than the header's ${headerBytes}`)
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes)
  if (header.getUint32(0, true) !== magic) throw new Error('samples: these bytes do not begin with "MSMP"')
  const found = header.getUint32(4, true)
  if (found !== version) throw new Error(`samples: format version ${found} is not known here, only ${version}`)
  const count = header.getUint32(8, true)
  const inputSize = header.getUint32(12, true)
  if (inputSize === 0) throw new Error('samples: inputSize is 0')
  const expected = headerBytes + count * (inputSize + 1)
  if (bytes.length !== expected)
    throw new Error(
      `samples: ${count} samples of ${inputSize} bytes and a label need ${expected} bytes, not ${bytes.length}`,
    )
  const labelsFrom = headerBytes + count * inputSize
  return { count, inputSize, inputs: bytes.subarray(headerBytes, labelsFrom), labels: bytes.subarray(labelsFrom) }
}
