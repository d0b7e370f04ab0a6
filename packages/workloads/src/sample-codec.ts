// Samples as bytes. The content never changes, so any cache may keep it.
//
// Little-endian header of 32 bytes, then labels or tokens (uint16, filled up to a multiple of 4 bytes), then inputs:
//   0  'MSMP'   4  version, uint32   8  kind, uint32   12  count, uint32   16  inputSize, uint32
//   20  stride of windows, uint32   24  labels or tokens that follow, uint32   28  zero
// Kinds: 0 rows of bytes, 1 rows of float32, 2 text, 3 windows of a text.

import type { Content, Samples } from './samples.ts'

const magic = 0x504d534d
export const samplesVersion = 2
const headerBytes = 32

type Encoded = Content | Samples

export function encodeSamples(samples: Encoded): Uint8Array<ArrayBuffer> {
  const { kind, count, inputSize, stride } = describe(samples)
  const words = samples.kind === 'rows' ? samples.labels : samples.tokens
  const inputs = samples.kind === 'rows' ? samples.inputs : new Uint8Array(0)
  const inputsFrom = headerBytes + padded(words.byteLength)
  const bytes = new Uint8Array(inputsFrom + inputs.byteLength)
  const header = [magic, samplesVersion, kind, count, inputSize, stride, words.length, 0]
  const view = new DataView(bytes.buffer)
  for (const [i, value] of header.entries()) view.setUint32(4 * i, value, true)
  bytes.set(asBytes(words), headerBytes)
  bytes.set(asBytes(inputs), inputsFrom)
  return bytes
}

/**
 * The result shares the bytes handed in, where these lie at a multiple of 4.
 * @throws Error that says what is damaged, and where.
 */
export function decodeSamples(given: Uint8Array): Encoded {
  if (given.length < headerBytes)
    throw new Error(`samples: ${given.length} bytes are fewer than the header's ${headerBytes}`)
  const bytes = given.byteOffset % 4 === 0 ? given : given.slice()
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes)
  const field = (index: number) => header.getUint32(4 * index, true)
  if (field(0) !== magic) throw new Error('samples: these bytes do not begin with "MSMP"')
  if (field(1) !== samplesVersion)
    throw new Error(`samples: format version ${field(1)} is not known here, only ${samplesVersion}`)
  const [kind, count, inputSize, stride, length] = [field(2), field(3), field(4), field(5), field(6)]
  if (kind > 3) throw new Error(`samples: byte 8 names kind ${kind}; known are 0 to 3`)
  if (kind !== 2 && inputSize === 0) throw new Error('samples: inputSize is 0')
  const isRows = kind <= 1
  const inputBytes = isRows ? count * inputSize * (kind === 1 ? 4 : 1) : 0
  const expected = headerBytes + padded(2 * length) + inputBytes
  const enough = isRows ? count : kind === 3 ? (count - 1) * stride + inputSize + 1 : length
  if (length !== enough) throw new Error(`samples: ${length} labels or tokens, where ${enough} belong`)
  if (bytes.length !== expected)
    throw new Error(`samples: ${count} samples of ${inputSize} numbers need ${expected} bytes, not ${bytes.length}`)
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset + headerBytes, length)
  if (kind === 2) return { kind: 'text', tokens: words }
  if (kind === 3) return { kind: 'windows', count, inputSize, stride, tokens: words }
  const from = headerBytes + padded(2 * length)
  const inputs =
    kind === 1
      ? new Float32Array(bytes.buffer, bytes.byteOffset + from, count * inputSize)
      : bytes.subarray(from, from + inputBytes)
  return { kind: 'rows', count, inputSize, inputs, labels: words }
}

/** @throws Error as `decodeSamples`, and for a text, which has no samples until it is cut. */
export function decodeCutSamples(bytes: Uint8Array): Samples {
  const samples = decodeSamples(bytes)
  if (samples.kind === 'text') throw new Error('samples: a text that is not cut into windows')
  return samples
}

function describe(samples: Encoded): { kind: number; count: number; inputSize: number; stride: number } {
  switch (samples.kind) {
    case 'rows':
      return { ...samples, kind: samples.inputs instanceof Float32Array ? 1 : 0, stride: 0 }
    case 'text':
      return { kind: 2, count: 0, inputSize: 0, stride: 0 }
    case 'windows':
      return { ...samples, kind: 3 }
  }
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4
const asBytes = ({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array | Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
