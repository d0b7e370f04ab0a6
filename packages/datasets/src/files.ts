// Files and folders as people have them: bounded, named in every refusal.

import { open, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { DatasetError } from './dataset-error.ts'

/** Of a file, of what is unpacked from it, and of the samples made of it: all are held in memory. */
export const byteLimit = 2e9
export const limitText = '2 GB'

export interface Folder {
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

/** @throws DatasetError for a file that is absent, not readable or over the limit. */
export async function readBounded(file: string): Promise<Uint8Array> {
  const size = await sizeOf(file)
  if (size > byteLimit) throw tooLarge(file)
  return readFile(file).catch(error => {
    throw unreadable(file, error)
  })
}

/** The first bytes of a file, as many as there are up to `length`. */
export async function readHead(file: string, length: number): Promise<Uint8Array> {
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unreadable(file, error)
  }
}

export async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(error => {
    throw unreadable(file, error)
  })
  if (!found.isFile()) throw new DatasetError(`${file} is no file.`)
  return found.size
}

/** What a folder holds, without hidden names, in an order that is the same everywhere. Links are followed. */
export async function listFolder(folder: string): Promise<Folder> {
  const names = await readdir(folder).catch(error => {
    throw unreadable(folder, error)
  })
  const visible = names.filter(name => !name.startsWith('.')).sort()
  const isFolder = await Promise.all(visible.map(name => isDirectory(path.join(folder, name))))
  return { files: visible.filter((_, i) => !isFolder[i]), folders: visible.filter((_, i) => isFolder[i]) }
}

/** A broken link counts as a file: whoever reads it says so. */
export async function isDirectory(place: string): Promise<boolean> {
  const found = await stat(place).catch(() => null)
  return found?.isDirectory() ?? false
}

export const tooLarge = (file: string): DatasetError =>
  new DatasetError(`${file}: it is larger than ${limitText}, and data sets are held in memory; bring a part of it.`)

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is nothing there',
  EACCES: 'reading it is not permitted',
  ENOTDIR: 'it is no folder',
  EISDIR: 'it is a folder',
}

export function unreadable(place: string, error: NodeJS.ErrnoException | unknown): DatasetError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  return new DatasetError(`${place} cannot be read: ${reasons[code] ?? code}.`)
}
