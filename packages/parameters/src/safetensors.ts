// Reader and writer of safetensors files (github.com/huggingface/safetensors, "Format"): 8 bytes little-endian header
// length, a JSON header, then the tensors' bytes end to end.
// Must not hold: what a tensor means. Assumes a little-endian machine, as every browser's and Node's is.

import { asciiJson, decodeUtf8, isUnicode } from './header-text.ts'
import { type Dtype, dtypes, isDtype, type TensorData } from './tensor-data.ts'

export interface Tensor {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** The array kind that `dtypes` gives, as many entries as the product of `shape`. */
  readonly data: TensorData
}

export interface SafetensorsFile {
  /** In the order of their bytes. */
  readonly tensors: readonly Tensor[]
  readonly metadata: Readonly<Record<string, string>>
}

/** The bytes are not a safetensors file, or the tensors cannot be one; the message says what is wrong. */
export class SafetensorsError extends Error {
  override name = 'SafetensorsError'
}

/** The format's own bound. */
const headerBytesMax = 100_000_000
const lengthBytes = 8

/** @throws SafetensorsError when two names are equal or data does not fit its dtype and shape. */
export function encodeSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  // Widest numbers first: then every tensor starts at a multiple of its own width.
  const ordered = tensors.toSorted((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : []
  let end = 0
  for (const tensor of ordered) {
    refuseUnfit(tensor)
    const { name, dtype, shape, data } = tensor
    entries.push([name, { dtype, shape, data_offsets: [end, end + data.byteLength] }])
    end += data.byteLength
  }
  if (new Set(tensors.map(({ name }) => name)).size < tensors.length) fail('two tensors have the same name')
  const texts = [...tensors.map(({ name }) => name), ...Object.entries(metadata).flat()]
  if (!texts.every(isUnicode)) fail('a name or the metadata is not Unicode text')
  const text = asciiJson(Object.fromEntries(entries))
  const header = text.padEnd(Math.ceil(text.length / 8) * 8)
  if (header.length > headerBytesMax) fail(`a header of ${header.length} bytes is above ${headerBytesMax}`)

  const bytes = new Uint8Array(lengthBytes + header.length + end)
  new DataView(bytes.buffer).setUint32(0, header.length, true)
  for (let i = 0; i < header.length; i++) bytes[lengthBytes + i] = header.charCodeAt(i)
  let at = lengthBytes + header.length
  for (const { data } of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/** The tensors are copies: they hold nothing of `bytes`. @throws SafetensorsError and nothing else, whatever the bytes. */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const headerLength = readHeaderLength(bytes)
  const header = parseHeader(bytes.subarray(lengthBytes, lengthBytes + headerLength))
  const body = bytes.subarray(lengthBytes + headerLength)
  const { __metadata__: metadata = {}, ...entries } = header
  if (!isRecord(metadata) || !Object.values(metadata).every(value => typeof value === 'string'))
    fail('__metadata__ must be an object of strings')

  const ordered = Object.entries(entries)
    .map(([name, entry]) => parseEntry(name, entry))
    .sort((a, b) => a.begin - b.begin || a.end - b.end)
  let covered = 0
  for (const { name, begin, end } of ordered) {
    if (begin !== covered) fail(`${quoted(name)} begins at byte ${begin}, the one before it ends at ${covered}`)
    if (end > body.length) fail(`${quoted(name)} ends at byte ${end}, the data has ${body.length}`)
    covered = end
  }
  if (covered !== body.length) fail(`the tensors cover ${covered} bytes, the data has ${body.length}`)
  return { tensors: ordered.map(entry => readTensor(entry, body)), metadata: metadata as Record<string, string> }
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < lengthBytes) fail(`${bytes.length} bytes are too few for a header length`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes)
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true)
  if (length > headerBytesMax) fail(`a header of ${length} bytes is above ${headerBytesMax}`)
  if (lengthBytes + length > bytes.length)
    fail(`the header should have ${length} bytes, the file has only ${bytes.length - lengthBytes} after its length`)
  return length
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(decodeUtf8(bytes))
  } catch {
    fail('the header is not JSON')
  }
  return isRecord(header) ? header : fail('the header is not a JSON object')
}

interface Entry extends Omit<Tensor, 'data'> {
  readonly begin: number
  readonly end: number
}

function parseEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) fail(`${quoted(name)} is not described by an object`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (!isDtype(dtype)) fail(`${quoted(name)} has the unknown dtype ${JSON.stringify(dtype)}`)
  if (!isCounts(shape)) fail(`${quoted(name)} has a shape that is not a list of sizes`)
  if (!isCounts(offsets) || offsets.length !== 2) fail(`${quoted(name)} has data_offsets that are not two offsets`)
  const [begin, end] = offsets as [number, number]
  const expected = elementCount(shape) * dtypes[dtype].BYTES_PER_ELEMENT
  if (end - begin !== expected)
    fail(`${quoted(name)} has ${end - begin} bytes, ${dtype} of shape [${shape}] needs ${expected}`)
  return { name, dtype, shape, begin, end }
}

function readTensor({ name, dtype, shape, begin, end }: Entry, body: Uint8Array): Tensor {
  const copy = new Uint8Array(end - begin)
  copy.set(body.subarray(begin, end))
  return { name, dtype, shape, data: new dtypes[dtype](copy.buffer) }
}

function refuseUnfit({ name, dtype, shape, data }: Tensor): void {
  if (name === '__metadata__') fail('a tensor cannot be named __metadata__')
  if (!isDtype(dtype)) fail(`${quoted(name)} has the unknown dtype ${JSON.stringify(dtype)}`)
  if (!(data instanceof dtypes[dtype])) fail(`${quoted(name)} must hold a ${dtypes[dtype].name} to be ${dtype}`)
  if (!isCounts(shape) || elementCount(shape) !== data.length)
    fail(`${quoted(name)} has ${data.length} entries, its shape is [${shape}]`)
}

const elementCount = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1)

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(count => Number.isSafeInteger(count) && count >= 0)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const quoted = (name: string) => `tensor ${JSON.stringify(name)}`

function fail(what: string): never {
  throw new SafetensorsError(what)
}
