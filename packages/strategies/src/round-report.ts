// Who straggled in a round, and what is said of it when it closes.

import type { Milliseconds, WorkerId } from '@muster/vocabulary'
import type { Closing, Lease, OpenRound } from './exact-state.ts'
import type { Fleet, Member } from './fleet.ts'
import type { RoundReport, WorkerReport } from './strategy.ts'

/** Of those who were given work at the opening. */
export function stragglersOf<Plan>(open: OpenRound<Plan>, fleet: Fleet, at: Milliseconds): WorkerId[] {
  const members = new Map(fleet.map(member => [member.worker, member]))
  const late = open.leases.filter(lease => lease.isOpening && isStraggler(lease, members.get(lease.worker), at))
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
  answers: Closing['answers'],
  stragglers: readonly WorkerId[],
  partitions: number,
): Omit<RoundReport, 'exceeded'> {
  const since = (moment: Milliseconds | null) => (moment === null ? null : moment - open.openedAt)
  const used = new Set(answers.map(({ lease }) => lease))
  const straggled = new Set(stragglers)
  const workers = open.leases.map((lease): WorkerReport => {
    const fate = used.has(lease)
      ? 'answered'
      : lease.lostAt !== null
        ? 'gone'
        : straggled.has(lease.worker)
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
  // a·B and Σᵢ |aᵢ| ‖bᵢ‖₁, from what the used answers cover.
  const counts = new Float64Array(partitions)
  let total = 0
  for (const { lease, weight } of answers) {
    const { work, result } = lease
    const covers = result?.covers ?? 0
    const row = work.levels.find(level => level.upTo === covers)?.weights
    for (let m = 0; m < covers; m++) {
      const coefficient = weight * (row?.[m] ?? 1)
      const j = work.partitions[m]!
      counts[j] = counts[j]! + coefficient
      total += Math.abs(coefficient)
    }
  }
  return {
    stragglers: stragglers.length,
    redundancy: open.redundancy,
    reissued: open.reissued,
    residual: counts.reduce((worst, count) => Math.max(worst, Math.abs(count - 1)), 0),
    amplification: total / partitions,
    workers,
    figures: {},
  }
}
