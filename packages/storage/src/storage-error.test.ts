import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getuid } from 'node:process'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { createSqliteStorage } from './sqlite-storage.ts'
import { guarded, StorageError } from './storage-error.ts'
import { temporaryFolder } from './temporary-folder.ts'

const refusal = (code: string) => expect.objectContaining({ name: 'StorageError', code })

// Linux has a file that answers every write as a full disk does.
test.skipIf(!existsSync('/dev/full'))('a full disk, from the file system', () => {
  expect(() => guarded('cannot write', () => writeFileSync('/dev/full', 'x'))).toThrow(refusal('disk-full'))
})

test('a full disk, from the database, says what to do and leaves what was stored', () => {
  const database = new Database(join(temporaryFolder(), 'small.sqlite'))
  onTestFinished(() => void database.close())
  database.exec('PRAGMA max_page_count = 4; CREATE TABLE t (a TEXT)')
  const insert = database.prepare('INSERT INTO t VALUES (?)')
  insert.run(['kept'])
  expect(() => guarded('cannot store', () => insert.run(['x'.repeat(100_000)]))).toThrow(
    /^cannot store \(database or disk is full\)\. Free some space/,
  )
  expect(database.prepare('SELECT a FROM t').all([])).toEqual([{ a: 'kept' }])
})

// The superuser may write anywhere.
test.skipIf(getuid?.() === 0)('a folder without the right to write', () => {
  const folder = join(temporaryFolder(), 'closed')
  mkdirSync(folder)
  chmodSync(folder, 0o500)
  expect(() => createSqliteStorage(folder)).toThrow(refusal('folder-not-writable'))
})

test('codes are told apart by their primary part, and what is not storage’s passes as it is', () => {
  const coded = (code: string) => () => {
    throw Object.assign(new Error('said'), { code })
  }
  expect(() => guarded('', coded('SQLITE_IOERR_FSYNC'))).toThrow(refusal('io-failed'))
  expect(() => guarded('', coded('SQLITE_CORRUPT_VTAB'))).toThrow(refusal('database-damaged'))
  expect(() => guarded('', coded('EROFS'))).toThrow(refusal('folder-not-writable'))
  expect(() => guarded('', coded('SQLITE_ERROR'))).toThrow(/^said$/)
  const own = new StorageError('run-unknown', 'there is no run')
  expect(() =>
    guarded('', () => {
      throw own
    }),
  ).toThrow(own)
})
