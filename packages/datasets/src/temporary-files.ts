// A folder for a test's files.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

export interface TemporaryFiles {
  readonly folder: string
  /** Writes a file, with the folders it lies in, and returns its path. */
  put(name: string, content: string | Uint8Array): string
}

export function temporaryFiles(): TemporaryFiles {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-datasets-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    folder,
    put(name, content) {
      const file = path.join(folder, name)
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
  }
}
