import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { runId } from '@muster/vocabulary'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { migrations } from './migrations.ts'
import { createSqliteStorage } from './sqlite-storage.ts'
import type { Storage } from './storage.ts'
import { storageSuite } from './storage-suite.ts'
import { startProcess, temporaryFolder } from './temporary-folder.ts'

const folders = new WeakMap<Storage, string>()

function openIn(folder: string): Storage {
  const storage = createSqliteStorage(folder)
  folders.set(storage, folder)
  onTestFinished(() => storage.close())
  return storage
}

storageSuite('SQLite', {
  open: () => openIn(temporaryFolder()),
  reopen(storage) {
    storage.close()
    return openIn(folders.get(storage)!)
  },
})

test('creates the folder and what is missing above it', () => {
  const folder = join(temporaryFolder(), 'a', 'b')
  openIn(folder)
  expect(readFileSync(join(folder, 'lock.pid'), 'utf8')).toBe(`${pid}\n`)
})

test('refuses a folder that cannot be', () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  expect(() => createSqliteStorage(join(file, 'data'))).toThrow(/cannot create .*data.* Create the folder/)
})

test('refuses a folder that is open in this process, and takes it once it is closed', () => {
  const folder = temporaryFolder()
  const first = openIn(folder)
  expect(() => createSqliteStorage(folder)).toThrow(`${folder} is in use by process ${pid}. Stop the other process`)
  first.close()
  expect(existsSync(join(folder, 'lock.pid'))).toBe(false)
  openIn(folder)
})

test('refuses a folder that another process has open, and takes it over when that one is killed', async () => {
  const folder = temporaryFolder()
  const holder = startProcess('./hold-folder-process.ts', folder)
  await new Promise(resolve => holder.lines.once('line', resolve))
  expect(() => createSqliteStorage(folder)).toThrow(`in use by process ${holder.pid}`)
  holder.kill()
  await holder.ended
  const storage = openIn(folder)
  // What the other process stored before it was killed is there.
  expect(storage.runs.find(runId('held'))?.title).toBe('Held')
  expect(storage.rounds.last(runId('held'))?.round).toBe(2)
})

test('refuses a file that is no database, and one with a damaged page', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'muster.sqlite'), 'not a database '.repeat(500))
  const damaged = expect.objectContaining({ code: 'database-damaged' })
  expect(() => createSqliteStorage(folder)).toThrow(damaged)

  const worse = temporaryFolder()
  const storage = openIn(worse)
  storage.runs.create({ id: runId('a'), title: 'x'.repeat(20_000), file: {}, createdAt: 0 })
  storage.close()
  const file = openSync(join(worse, 'muster.sqlite'), 'r+')
  // Pages have 4096 bytes; the first holds the schema, the next the tables' roots.
  writeSync(file, new Uint8Array(4096).fill(0xa5), 0, 4096, 4096)
  expect(() => createSqliteStorage(worse)).toThrow(damaged)
  // The refusal has let go of the lock.
  expect(() => createSqliteStorage(worse)).toThrow(damaged)
})

test('refuses the database of a newer version', () => {
  const folder = temporaryFolder()
  const database = new Database(join(folder, 'muster.sqlite'))
  database.exec(`PRAGMA user_version = ${migrations.length + 1}`)
  database.close()
  expect(() => createSqliteStorage(folder)).toThrow(expect.objectContaining({ code: 'database-newer' }))
})

test('blobs are files under their hash, written once and again only when cut short', () => {
  const storage = openIn(temporaryFolder())
  const content = Uint8Array.from({ length: 1000 }, (_, i) => i)
  const path = storage.blobs.path(storage.blobs.put(content))!
  expect(path).toMatch(/[\\/]([0-9a-f]{2})[\\/]\1[0-9a-f]{62}$/)
  expect(new Uint8Array(readFileSync(path))).toEqual(content)
  writeFileSync(path, new Uint8Array(1000))
  storage.blobs.put(content)
  expect(readFileSync(path)[1]).toBe(0)
  writeFileSync(path, content.subarray(0, 10))
  writeFileSync(`${path}.tmp`, 'left by a crash')
  storage.blobs.put(content)
  expect(new Uint8Array(readFileSync(path))).toEqual(content)
  expect(readdirSync(join(path, '..'))).toHaveLength(1)
})

test('a blob that cannot be written is refused in words', () => {
  const folder = temporaryFolder()
  const storage = openIn(folder)
  writeFileSync(join(folder, 'blobs'), '')
  expect(() => storage.blobs.put(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'folder-missing' }))
  mkdirSync(join(folder, 'checkpoints'))
  writeFileSync(join(folder, 'checkpoints', 'a'), '')
  expect(() => storage.checkpoints.save(runId('a'), 1, new Uint8Array(1))).toThrow(
    'cannot save a checkpoint of round 1',
  )
})
