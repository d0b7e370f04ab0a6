// One image as rows of RGB bytes, with its size bounded before anything is unpacked.
// Must not hold: files.

import { inflateSync } from 'node:zlib'
import { decode } from 'jpeg-js'
import { PNG } from 'pngjs'
import { DatasetError, reasonOf } from './dataset-error.ts'

export interface Image {
  readonly width: number
  readonly height: number
  readonly channels: number
  /** Row by row, pixel by pixel, channel by channel. */
  readonly pixels: Uint8Array
}

const megapixels = 50
const jpegMegabytes = 600

/** Transparent parts are laid on white. @throws DatasetError without the file's name. */
export function decodeImage(bytes: Uint8Array): Image {
  if (bytes.length === 0) throw new DatasetError('it is empty')
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8
  if (!isPng && !isJpeg) throw new DatasetError('it is neither PNG nor JPEG')
  try {
    return withoutAlpha(isPng ? decodePng(bytes) : decodeJpeg(bytes))
  } catch (error) {
    if (error instanceof DatasetError) throw error
    throw new DatasetError(`it cannot be unpacked as ${isPng ? 'PNG' : 'JPEG'} (${reasonOf(error)})`)
  }
}

interface WithAlpha {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

function decodePng(bytes: Uint8Array): WithAlpha {
  if (bytes.length < 33) throw new DatasetError(`its ${bytes.length} bytes are fewer than a PNG header`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  if (width === 0 || height === 0) throw new DatasetError('it has no pixels')
  if (width * height > megapixels * 1e6)
    throw new DatasetError(`its ${width} × ${height} pixels are more than ${megapixels} million`)
  // The library does not bound what it unpacks of interlaced images; of others it takes whatever memory holds for
  // pixels that are missing.
  const { length } = inflateSync(pngData(bytes, view), { maxOutputLength: 9 * width * height + 16 * height + 1024 })
  const [depth, channels, isInterlaced] = [bytes[24]!, pngChannels[bytes[25]!] ?? 0, bytes[28] !== 0]
  const expected = (Math.ceil((width * channels * depth) / 8) + 1) * height
  if (!isInterlaced && length !== expected)
    throw new DatasetError(`its pixels unpack to ${length} bytes, where ${expected} belong`)
  return PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

/** By colour type. */
const pngChannels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** The packed pixels: the contents of all IDAT chunks. */
function pngData(bytes: Uint8Array, view: DataView): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at))
    if (view.getUint32(at + 4) === 0x49444154) parts.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)))
  return Buffer.concat(parts)
}

const decodeJpeg = (bytes: Uint8Array): WithAlpha =>
  decode(bytes, { useTArray: true, maxResolutionInMP: megapixels, maxMemoryUsageInMB: jpegMegabytes })

function withoutAlpha({ width, height, data }: WithAlpha): Image {
  const pixels = new Uint8Array(3 * width * height)
  if (data.length !== 4 * width * height) throw new DatasetError('it ends early')
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = data[from + 3]!
    for (let channel = 0; channel < 3; channel++)
      pixels[to + channel] = (data[from + channel]! * alpha + 255 * (255 - alpha) + 127) / 255
  }
  return { width, height, channels: 3, pixels }
}

export function isGrey(pixels: Uint8Array): boolean {
  for (let i = 0; i < pixels.length; i += 3)
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) return false
  return true
}
