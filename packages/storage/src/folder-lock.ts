// One process per data folder. The lock is the operating system's, held through SQLite: it ends with the process,
// however that dies, so there is no stale lock to judge and no process id to mistake for another's.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import Database from 'libsql'
import { guarded, StorageError } from './storage-error.ts'

export interface FolderLock {
  release(): void
}

/** @throws StorageError `folder-in-use`, naming the process that has it. The folder must exist. */
export function lockFolder(folder: string): FolderLock {
  const pidFile = join(folder, 'lock.pid')
  const lock = guarded(`cannot lock ${folder}`, () => new Database(join(folder, 'lock')))
  try {
    guarded(`cannot lock ${folder}`, () => lock.exec('BEGIN IMMEDIATE'))
    guarded(`cannot write ${pidFile}`, () => writeFileSync(pidFile, `${pid}\n`))
  } catch (error) {
    lock.close()
    const isTaken = error instanceof StorageError && error.code === 'folder-in-use'
    throw isTaken
      ? new StorageError('folder-in-use', `${folder} is in use by process ${readPid(pidFile)}`, error)
      : error
  }
  return {
    release() {
      rmSync(pidFile, { force: true })
      lock.exec('ROLLBACK')
      lock.close()
    },
  }
}

/** Only for the message: the owner may be about to write it. */
function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return '(unknown)'
  }
}
