// For a test: saves checkpoints of ever later rounds in the folder it is given, naming each one saved, until it is killed.

import { writeSync } from 'node:fs'
import { argv, stdout } from 'node:process'
import { runId } from '@muster/vocabulary'
import { createCheckpointFolder } from './checkpoint-folder.ts'
import { isWhole, loopBytes } from './sealed-bytes.ts'

const checkpoints = createCheckpointFolder(argv[2]!)
const run = runId('crash')
for (let round = (checkpoints.latest(run, isWhole)?.round ?? 0) + 1; ; round++) {
  checkpoints.save(run, round, loopBytes(round))
  writeSync(stdout.fd, `${round}\n`)
}
