// Whether an answer may count. A result is bound to its lease: run, round, model version, worker and connection; it
// is taken at most once, whatever is repeated, reordered or late, and never after its lease was ended.

import type { ResultClaim, ResultRefusal } from './run-event.ts'
import { findLease, isOpenLease, type RunLease, type TrainingRun } from './training-run.ts'

export function judgeResult(run: TrainingRun<unknown>, claim: ResultClaim): ResultRefusal | null {
  // First of all: what is said of an answer is believed even where the answer itself comes too late.
  if (!Number.isFinite(claim.lossSum) || !(claim.computeMs >= 0 && claim.computeMs < Infinity)) return 'loss-not-finite'
  const lease = findLease(run.leases, claim.lease)
  if (!lease) return claim.lease >= 1 && claim.lease <= run.leasesIssued ? 'round-closed' : 'lease-unknown'
  if (lease.worker !== claim.worker || lease.connection !== claim.connection) return 'lease-not-yours'
  if (claim.round !== lease.round) return 'round-mismatch'
  if (claim.modelVersion !== lease.modelVersion) return 'version-mismatch'
  if (lease.tiles !== null) return judgeTile(run, lease, lease.tiles, claim)
  if (claim.segment !== null) return 'segment-unasked'
  if (claim.covers <= lease.answered) return 'answer-repeated'
  if (run.phase === 'ended' || !isOpenLease(run, lease)) return 'round-closed'
  if (!lease.work.levels.some(level => level.upTo === claim.covers)) return 'cover-not-a-level'
  if (lease.work.upload === 'on-request' && claim.covers < (lease.requested ?? Number.POSITIVE_INFINITY))
    return 'cover-too-small'
  return judgeSamples(run, claim)
}

/** A tile was asked for, of this segment and over exactly so many partitions, and is taken once. */
function judgeTile(
  run: TrainingRun<unknown>,
  lease: RunLease,
  { upTo, taken }: NonNullable<RunLease['tiles']>,
  claim: ResultClaim,
): ResultRefusal | null {
  const { segment } = claim
  if (segment !== null && taken[segment]) return 'answer-repeated'
  if (run.phase === 'ended' || lease.isReleased || lease.isEnded || !isOpenLease(run, lease)) return 'round-closed'
  if (segment === null || !(upTo[segment]! > 0)) return 'segment-unasked'
  if (claim.covers !== upTo[segment]) return 'cover-not-a-level'
  return judgeSamples(run, claim)
}

const judgeSamples = (run: TrainingRun<unknown>, { samples, covers }: ResultClaim): ResultRefusal | null =>
  samples === covers * run.settings.batchPerPartition ? null : 'samples-mismatch'
