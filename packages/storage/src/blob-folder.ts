// Content-addressed files: <folder>/blobs/<first two digits>/<SHA-256>. Two digits keep the listing of a folder short.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeFolder, removeTemporaries, writeDurably } from './durable-file.ts'
import { refuseUnfitHash } from './rules.ts'
import type { Blobs } from './storage.ts'
import { guarded } from './storage-error.ts'

/** @param folder the data folder. */
export function createBlobFolder(folder: string): Blobs {
  const fileOf = (hash: string) => {
    refuseUnfitHash(hash)
    return join(resolve(folder), 'blobs', hash.slice(0, 2), hash)
  }
  return {
    put(bytes) {
      const hash = hashOf(bytes)
      const file = fileOf(hash)
      guarded(`cannot write ${file}`, () => {
        if (statSync(file, { throwIfNoEntry: false })?.size === bytes.length) return
        makeFolder(dirname(file))
        removeTemporaries(dirname(file))
        writeDurably(file, bytes)
      })
      return hash
    },
    get(hash) {
      const file = fileOf(hash)
      if (!existsSync(file)) return undefined
      const bytes = guarded(`cannot read ${file}`, () => readFileSync(file))
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    },
    path(hash) {
      const file = fileOf(hash)
      return existsSync(file) ? file : undefined
    },
  }
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
