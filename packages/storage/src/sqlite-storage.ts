// Storage in one folder: muster.sqlite for the record, blobs/ and checkpoints/ as files, a lock against a second process.

import { join, resolve } from 'node:path'
import { createBlobFolder } from './blob-folder.ts'
import { createCheckpointFolder } from './checkpoint-folder.ts'
import { makeFolder } from './durable-file.ts'
import { lockFolder } from './folder-lock.ts'
import { openSqlite } from './sqlite-connection.ts'
import { sqliteDatasets, sqliteEvents, sqliteRounds, sqliteRuns } from './sqlite-records.ts'
import type { Storage } from './storage.ts'
import { guarded } from './storage-error.ts'

export type SqliteStorage = Storage

/**
 * Opens the data folder, or creates it.
 * @throws StorageError `folder-missing`, `folder-not-writable`, `folder-in-use`, `disk-full`, `database-damaged`, `database-newer`.
 */
export function createSqliteStorage(folder: string): SqliteStorage {
  const root = resolve(folder)
  guarded(`cannot create ${root}`, () => makeFolder(root))
  const lock = lockFolder(root)
  try {
    const db = openSqlite(join(root, 'muster.sqlite'))
    let isOpen = true
    return {
      runs: sqliteRuns(db),
      rounds: sqliteRounds(db),
      events: sqliteEvents(db),
      datasets: sqliteDatasets(db),
      blobs: createBlobFolder(root),
      checkpoints: createCheckpointFolder(root),
      close() {
        if (!isOpen) return
        isOpen = false
        try {
          db.close()
        } finally {
          lock.release()
        }
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
