// Checkpoints as files: <folder>/checkpoints/<run>/round-00000120.safetensors.
// Must not hold: the database. A worker thread opens this alone. Nor what the bytes mean: the caller validates.

import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RoundNumber, RunId } from '@muster/vocabulary'
import { makeFolder, removeTemporaries, writeDurably } from './durable-file.ts'
import { refuseUnfitRound, refuseUnfitRunId } from './rules.ts'
import type { Checkpoints } from './storage.ts'
import { guarded } from './storage-error.ts'

const damagedSuffix = '.damaged'

/** @param folder the data folder, the same as `createSqliteStorage`'s. It takes no lock: its user must hold it. */
export function createCheckpointFolder(folder: string): Checkpoints {
  const runFolder = (run: RunId) => {
    refuseUnfitRunId(run)
    return join(resolve(folder), 'checkpoints', run)
  }
  return {
    save(run, round, bytes) {
      refuseUnfitRound(round)
      const at = runFolder(run)
      guarded(`cannot save a checkpoint of round ${round} in ${at}`, () => {
        makeFolder(at)
        removeTemporaries(at)
        writeDurably(join(at, fileName(round)), bytes)
        removeAllBut(at, round)
      })
    },
    latest(run, validate = () => true) {
      const at = runFolder(run)
      return guarded(`cannot read the checkpoints in ${at}`, () => {
        const refused: RoundNumber[] = []
        for (const round of newestFirst(at)) {
          const file = readFileSync(join(at, fileName(round)))
          const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
          if (validate(bytes)) {
            putAside(at, refused)
            return { round, bytes }
          }
          refused.push(round)
        }
        return undefined
      })
    },
  }
}

function removeAllBut(at: string, round: RoundNumber): void {
  const rounds = newestFirst(at)
  const previous = rounds.find(other => other < round)
  for (const other of rounds) {
    if (other !== round && other !== previous) rmSync(join(at, fileName(other)), { force: true })
  }
  for (const name of readdirSync(at)) if (name.endsWith(damagedSuffix)) rmSync(join(at, name), { force: true })
}

/** Under another name a damaged file no longer counts as one of the two that are kept; the next save removes it. */
function putAside(at: string, rounds: readonly RoundNumber[]): void {
  for (const round of rounds) renameSync(join(at, fileName(round)), join(at, fileName(round) + damagedSuffix))
}

function newestFirst(at: string): RoundNumber[] {
  if (!existsSync(at)) return []
  return readdirSync(at)
    .flatMap(name => /^round-(\d{8,})\.safetensors$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)
}

const fileName = (round: RoundNumber) => `round-${String(round).padStart(8, '0')}.safetensors`
