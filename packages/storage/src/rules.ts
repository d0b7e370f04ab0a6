// What every implementation refuses, in one place so that they refuse it alike.

import type { RoundNumber, RunId } from '@muster/vocabulary'
import { StorageError } from './storage-error.ts'

/** Run ids name folders: nothing in them may lead out of theirs. */
export function refuseUnfitRunId(id: RunId): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id))
    throw new StorageError('name-unfit', `the run id ${JSON.stringify(id)} cannot name a folder`)
}

export function refuseUnfitHash(hash: string): void {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new StorageError('name-unfit', `${JSON.stringify(hash)} is no SHA-256`)
}

export function refuseUnknownRun(id: RunId, isKnown: boolean): void {
  if (!isKnown) throw new StorageError('run-unknown', `there is no run ${JSON.stringify(id)}`)
}

export function refuseOutOfOrder(run: RunId, round: RoundNumber, last: RoundNumber | undefined): void {
  refuseUnfitRound(round)
  if (last !== undefined && round <= last)
    throw new StorageError('round-out-of-order', `run ${run} has its round ${last}, round ${round} cannot follow`)
}

export function refuseUnfitRound(round: RoundNumber): void {
  if (!Number.isSafeInteger(round) || round < 0) throw new RangeError(`${round} is no round number`)
}

export function refuseUnfitLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new RangeError(`a limit must be a whole positive number, not ${limit}`)
}

/** What has no JSON (undefined) is kept as null. */
export const toJson = (value: unknown): string => JSON.stringify(value) ?? 'null'
