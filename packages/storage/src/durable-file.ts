// Files that are whole or not there, and that stay once a call has returned: temporary, fsync, rename, fsync of the
// folder (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014).

import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { dirname, join } from 'node:path'

export const temporarySuffix = '.tmp'

/** Replaces what is at `path`. The folder must exist. */
export function writeDurably(path: string, bytes: Uint8Array): void {
  const temporary = path + temporarySuffix
  try {
    const file = openSync(temporary, 'w')
    try {
      writeFileSync(file, bytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

/** Creates `path` and what is missing above it, and makes the new names last. */
export function makeFolder(path: string): void {
  const topmost = mkdirSync(path, { recursive: true })
  if (topmost === undefined) return
  for (let made = path; made.length >= topmost.length; made = dirname(made)) syncFolder(dirname(made))
}

/** Removes what a process that died while writing has left in this folder. */
export function removeTemporaries(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.endsWith(temporarySuffix)) rmSync(join(folder, name), { force: true })
  }
}

function syncFolder(path: string): void {
  // Windows cannot open a folder for syncing; its file system journals names by itself.
  if (platform() === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
