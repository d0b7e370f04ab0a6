// A text as its characters: each Unicode code point that occurs is a token.

import { isUtf8 } from 'node:buffer'
import path from 'node:path'
import type { Dataset, Text } from '@muster/workloads'
import { DatasetError } from './dataset-error.ts'
import { byteLimit, isDirectory, limitText, listFolder, readBounded } from './files.ts'
import { defaults, type ReadOptions } from './options.ts'
import type { Report } from './report.ts'

export const characterLimit = 1024

/** A file, or the .txt files of a folder one after the other. @throws DatasetError */
export async function readText(from: string, options: ReadOptions, report: Report): Promise<Dataset<Text>> {
  const files = (await isDirectory(from)) ? await textsOf(from) : [from]
  const pieces: Uint8Array[] = []
  let total = 0
  for (const file of files) {
    const bytes = await readBounded(file)
    total += bytes.length
    if (total > byteLimit) throw new DatasetError(`${from}: its texts are more than ${limitText} together.`)
    pieces.push(withoutMark(bytes, path.basename(file)))
  }
  if (files.length > 1) report.say(`One text of ${files.length} files, in the order of their names.`)
  return arrangeText(pieces, path.basename(path.resolve(from)), options)
}

async function textsOf(folder: string): Promise<string[]> {
  const files = (await listFolder(folder)).files.filter(file => file.toLowerCase().endsWith('.txt'))
  if (files.length === 0) throw new DatasetError(`${folder}: it holds no .txt file.`)
  return files.map(file => path.join(folder, file))
}

/** Checked UTF-8, without the byte order mark some editors put first. */
function withoutMark(bytes: Uint8Array, name: string): Uint8Array {
  if (!isUtf8(bytes))
    throw new DatasetError(`${name}: at byte ${firstInvalid(bytes)} it is not UTF-8; save it as UTF-8.`)
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

/** Where the longest valid beginning ends. Looked for in blocks, since it may lie far in. */
function firstInvalid(bytes: Uint8Array): number {
  const block = 2 ** 20
  let from = 0
  while (from < bytes.length) {
    let to = Math.min(from + block, bytes.length)
    // A character is not cut in two.
    while (to > from && to < bytes.length && isContinuation(bytes[to]!) && from + block - to < 3) to--
    if (!isUtf8(bytes.subarray(from, to))) break
    from = to
  }
  for (let end = from; end < bytes.length; ) {
    const length = lengthAt(bytes[end]!)
    if (!isUtf8(bytes.subarray(end, end + length))) return end
    end += length
  }
  return bytes.length
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80
const lengthAt = (byte: number): number => (byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4)

/** @param pieces valid UTF-8 */
function arrangeText(pieces: readonly Uint8Array[], name: string, options: ReadOptions): Dataset<Text> {
  const { testShare } = { ...defaults, ...options }
  const isUsed = new Uint8Array(0x110000)
  let count = 0
  eachCodePoint(pieces, point => {
    isUsed[point] = 1
    count++
  })
  const points: number[] = []
  for (let point = 0; point < isUsed.length; point++) if (isUsed[point]) points.push(point)
  if (points.length > characterLimit)
    throw new DatasetError(
      `${name}: it holds ${points.length} different characters, and each is a class; allowed: at most ${characterLimit}. ` +
        'Replace rare ones, or bring a text in one script.',
    )
  const testCount = Math.max(Math.round(count * testShare), 2)
  if (count - testCount < 2 || points.length < 2)
    throw new DatasetError(
      `${name}: ${count} characters, ${points.length} of them different, are too few to learn from.`,
    )
  const tokenOf = new Uint16Array(0x110000)
  for (const [token, point] of points.entries()) tokenOf[point] = token
  const tokens = new Uint16Array(count)
  let at = 0
  eachCodePoint(pieces, point => {
    tokens[at++] = tokenOf[point]!
  })
  return {
    name: '',
    title: name,
    inputShape: [],
    classes: points.length,
    classNames: points.map(point => String.fromCodePoint(point)),
    train: { kind: 'text', tokens: tokens.slice(0, count - testCount) },
    test: { kind: 'text', tokens: tokens.slice(count - testCount) },
  }
}

/** Straight from the bytes: a text may be longer than a string can be. */
function eachCodePoint(pieces: readonly Uint8Array[], take: (point: number) => void): void {
  for (const bytes of pieces)
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at]!
      const length = lengthAt(first)
      let point = length === 1 ? first : first & (0x7f >> length)
      for (let i = 1; i < length; i++) point = (point << 6) | (bytes[at + i]! & 0x3f)
      take(point)
      at += length
    }
}
