// One open database: prepared statements kept by their text, errors in storage's own words, schema up to date.
// Must not hold: what the tables mean.

import Database from 'libsql'
import { migrations } from './migrations.ts'
import { guarded, StorageError } from './storage-error.ts'

export type SqlValue = string | number | null

// Values travel as one array: the driver takes a lone null for an object of named ones.
type Statement = Database.Statement<[SqlValue[]]>

export interface SqliteConnection {
  /** Answers how many rows changed. */
  run(sql: string, ...values: SqlValue[]): number
  all<Row>(sql: string, ...values: SqlValue[]): Row[]
  first<Row>(sql: string, ...values: SqlValue[]): Row | undefined
  close(): void
}

/** @throws StorageError `database-damaged`, `database-newer`, `disk-full`, `folder-not-writable`. */
export function openSqlite(path: string): SqliteConnection {
  const database = guarded(`cannot open ${path}`, () => new Database(path))
  try {
    guarded(`cannot open ${path}`, () => prepareDatabase(database, path))
  } catch (error) {
    database.close()
    throw error
  }
  const statements = new Map<string, Statement>()
  let isOpen = true

  function onStatement<Result>(sql: string, act: (statement: Statement) => Result): Result {
    if (!isOpen) throw new StorageError('storage-closed', `${path} is closed`)
    return guarded(`cannot use ${path}`, () => {
      const statement = statements.get(sql) ?? database.prepare<[SqlValue[]]>(sql)
      statements.set(sql, statement)
      return act(statement)
    })
  }
  const all = <Row>(sql: string, ...values: SqlValue[]) => onStatement(sql, statement => statement.all(values)) as Row[]
  return {
    run: (sql, ...values) => onStatement(sql, statement => statement.run(values)).changes,
    all,
    first: <Row>(sql: string, ...values: SqlValue[]) => all<Row>(sql, ...values)[0],
    close() {
      if (!isOpen) return
      isOpen = false
      statements.clear()
      // The driver lets go of the file only when its statements are collected, so fold the log in while we can.
      guarded(`cannot close ${path}`, () => database.pragma('wal_checkpoint(TRUNCATE)'))
      database.close()
    },
  }
}

function prepareDatabase(database: Database.Database, path: string): void {
  const version = (database.pragma('user_version') as { user_version: number }[])[0]!.user_version
  if (version > migrations.length)
    throw new StorageError(
      'database-newer',
      `${path} has schema ${version}, this Muster knows up to ${migrations.length}`,
    )
  database.pragma('journal_mode = WAL')
  // A checkpoint is synced when it is saved: the record of its rounds must not be behind it after a power cut.
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  const faults = (database.pragma('quick_check(1)') as { quick_check: string }[]).map(row => row.quick_check)
  if (faults[0] !== 'ok') throw new StorageError('database-damaged', `${path} is damaged (${faults[0]})`)
  for (const [index, sql] of [...migrations.entries()].slice(version))
    database.transaction(() => database.exec(`${sql}; PRAGMA user_version = ${index + 1}`)).immediate()
}
