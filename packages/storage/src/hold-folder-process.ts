// For a test: opens the folder it is given, stores something, says so, and holds the folder until it is killed.

import { argv, stdout } from 'node:process'
import { runId } from '@muster/vocabulary'
import { createSqliteStorage } from './sqlite-storage.ts'

const storage = createSqliteStorage(argv[2]!)
const run = runId('held')
storage.runs.create({ id: run, title: 'Held', file: {}, createdAt: 0 })
for (const round of [1, 2]) storage.rounds.append({ run, round, modelVersion: round, facts: {} })
stdout.write('open\n')
// An interval that nobody ends keeps the process alive; killing it is the test.
setInterval(() => storage, 2 ** 30)
