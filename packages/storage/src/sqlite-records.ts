// Runs, rounds, events and data sets as tables.

import type { RoundNumber, RunId } from '@muster/vocabulary'
import { refuseOutOfOrder, refuseUnfitLimit, refuseUnfitRunId, refuseUnknownRun, toJson } from './rules.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import type { Datasets, Events, Rounds, RunState, Runs } from './storage.ts'
import { StorageError } from './storage-error.ts'

interface RunRow {
  id: RunId
  title: string
  file: string
  created_at: number
  state: RunState
}

interface RoundRow {
  run: RunId
  round: RoundNumber
  model_version: number
  facts: string
}

interface EventRow {
  sequence: number
  run: RunId
  at: number
  round: RoundNumber
  kind: string
  detail: string
}

interface DatasetRow {
  name: string
  manifest: string
}

const isKnown = (db: SqliteConnection, id: RunId) => db.first('SELECT 1 FROM runs WHERE id = ?', id) !== undefined

const storedRun = ({ id, title, file, created_at, state }: RunRow) => ({
  id,
  title,
  file: JSON.parse(file) as unknown,
  createdAt: created_at,
  state,
})

export function sqliteRuns(db: SqliteConnection): Runs {
  return {
    create({ id, title, file, createdAt }) {
      refuseUnfitRunId(id)
      if (isKnown(db, id)) throw new StorageError('run-exists', `there is already a run ${JSON.stringify(id)}`)
      db.run("INSERT INTO runs VALUES (?, ?, ?, ?, 'open')", id, title, toJson(file), createdAt)
    },
    find(id) {
      const row = db.first<RunRow>('SELECT * FROM runs WHERE id = ?', id)
      return row && storedRun(row)
    },
    list: () => db.all<RunRow>('SELECT * FROM runs ORDER BY created_at, id').map(storedRun),
    setState: (id, state) => refuseUnknownRun(id, db.run('UPDATE runs SET state = ? WHERE id = ?', state, id) > 0),
  }
}

const storedRound = ({ run, round, model_version, facts }: RoundRow) => ({
  run,
  round,
  modelVersion: model_version,
  facts: JSON.parse(facts) as unknown,
})

export function sqliteRounds(db: SqliteConnection): Rounds {
  const last: Rounds['last'] = run => {
    const row = db.first<RoundRow>('SELECT * FROM rounds WHERE run = ? ORDER BY round DESC LIMIT 1', run)
    return row && storedRound(row)
  }
  return {
    last,
    append({ run, round, modelVersion, facts }) {
      refuseUnknownRun(run, isKnown(db, run))
      refuseOutOfOrder(run, round, last(run)?.round)
      db.run('INSERT INTO rounds VALUES (?, ?, ?, ?)', run, round, modelVersion, toJson(facts))
    },
    read(run, { from = 0, to = Number.MAX_SAFE_INTEGER, limit }) {
      refuseUnfitLimit(limit)
      const sql = 'SELECT * FROM rounds WHERE run = ? AND round BETWEEN ? AND ? ORDER BY round LIMIT ?'
      return db.all<RoundRow>(sql, run, from, to, limit).map(storedRound)
    },
    deleteAfter: (run, round) => db.run('DELETE FROM rounds WHERE run = ? AND round > ?', run, round),
  }
}

export function sqliteEvents(db: SqliteConnection): Events {
  return {
    append({ run, at, round, kind, detail }) {
      refuseUnknownRun(run, isKnown(db, run))
      const sql = 'INSERT INTO events (run, at, round, kind, detail) VALUES (?, ?, ?, ?, ?)'
      db.run(sql, run, at, round, kind, toJson(detail))
    },
    read(run, { after = 0, limit }) {
      refuseUnfitLimit(limit)
      const sql = 'SELECT * FROM events WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?'
      return db.all<EventRow>(sql, run, after, limit).map(({ sequence, at, round, kind, detail }) => ({
        sequence,
        run,
        at,
        round,
        kind,
        detail: JSON.parse(detail) as unknown,
      }))
    },
  }
}

const storedDataset = ({ name, manifest }: DatasetRow) => ({ name, manifest: JSON.parse(manifest) as unknown })

export function sqliteDatasets(db: SqliteConnection): Datasets {
  return {
    put({ name, manifest }) {
      db.run('INSERT OR REPLACE INTO datasets VALUES (?, ?)', name, toJson(manifest))
    },
    get(name) {
      const row = db.first<DatasetRow>('SELECT * FROM datasets WHERE name = ?', name)
      return row && storedDataset(row)
    },
    list: () => db.all<DatasetRow>('SELECT * FROM datasets ORDER BY name').map(storedDataset),
  }
}
