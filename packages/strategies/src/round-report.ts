// Who straggled in a round, and what is said of it when it closes.

import type { Milliseconds, WorkerId } from '@muster/vocabulary'
import type { Lease, OpenRound } from './exact-state.ts'
import { type Fleet, findMember, type Member } from './fleet.ts'
import type { RoundReport, WorkerReport } from './strategy.ts'

/** Of those who were given work at the opening. */
export function stragglersOf<Plan>(open: OpenRound<Plan>, fleet: Fleet, at: Milliseconds): WorkerId[] {
  const late = open.leases.filter(lease => lease.isOpening && isStraggler(lease, findMember(fleet, lease.worker), at))
  return [...new Set(late.map(lease => lease.worker))]
}

/** Gone, or later than twice its own predicted time: in fact, or by the pace it has shown. */
export function isStraggler(lease: Lease, member: Member | undefined, at: Milliseconds): boolean {
  if (lease.expected === 0) return false
  const punctualAt = lease.announcedAt ?? lease.answeredAt
  if (punctualAt !== null) return punctualAt > lease.lateAt
  if (lease.lostAt !== null || at > lease.lateAt) return true
  const known = member?.msPerPartition
  if (known === undefined || known === null || lease.computeMs === 0) return false
  // One partition at the known pace is added, lest a single slow one decide.
  const pace = (lease.computeMs + known) / (lease.finished + 1)
  return lease.assignedAt + (member?.overheadMs ?? 0) + pace * lease.expected > lease.lateAt
}

export function reportRound<Plan>(
  open: OpenRound<Plan>,
  used: readonly Lease[],
  stragglers: readonly WorkerId[],
  partitions: number,
): RoundReport {
  const since = (moment: Milliseconds | null) => (moment === null ? null : moment - open.openedAt)
  const workers = open.leases.map((lease): WorkerReport => {
    const fate = used.includes(lease)
      ? 'answered'
      : lease.lostAt !== null
        ? 'gone'
        : stragglers.includes(lease.worker)
          ? 'straggled'
          : 'covered'
    return {
      worker: lease.worker,
      fate,
      partitions: lease.expected,
      assignedAt: lease.assignedAt - open.openedAt,
      announcedAt: since(lease.announcedAt),
      answeredAt: since(lease.answeredAt),
      endedAt: since(lease.endedAt ?? lease.lostAt),
    }
  })
  // Coefficients are 0 and 1 and the blocks disjoint: judged from what the used answers cover.
  const counts = new Int32Array(partitions)
  for (const { work, result } of used)
    for (const j of work.partitions.slice(0, result?.covers ?? 0)) counts[j] = counts[j]! + 1
  return {
    stragglers: stragglers.length,
    redundancy: open.redundancy,
    reissued: open.reissued,
    residual: counts.reduce((worst, count) => Math.max(worst, Math.abs(count - 1)), 0),
    amplification: counts.reduce((sum, count) => sum + count, 0) / partitions,
    workers,
  }
}
