// The schema of the record, as steps. The database's user_version counts those it has had; steps are only ever added.

export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    file TEXT NOT NULL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ended'))
  ) STRICT;

  CREATE TABLE rounds (
    run TEXT NOT NULL REFERENCES runs (id),
    round INTEGER NOT NULL,
    model_version INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (run, round)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL REFERENCES runs (id),
    at REAL NOT NULL,
    round INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_of_run ON events (run, sequence);

  CREATE TABLE datasets (
    name TEXT PRIMARY KEY,
    manifest TEXT NOT NULL
  ) STRICT;
  `,
]
