// How long others are given: to answer what they were asked for, and to come back to what they failed at.

import type { Milliseconds } from '@muster/vocabulary'
import type { Lease } from './exact-state.ts'
import { type Fleet, findMember } from './fleet.ts'
import type { StrategySettings } from './strategy.ts'

/** How long a tab rests whose answer was refused: it must not be asked in a tight loop. */
export const restAfterRefusalMs = ({ leaseMs }: StrategySettings): Milliseconds => Math.min(leaseMs, 2000)

/** An answer asked for may take so many times what answers have taken, at least the second figure. */
const uploadFactor = 3
const uploadMsMin = 300

/** Until when an answer that was asked for is waited for. */
export const answerDueAt = (lease: Lease, fleet: Fleet, leaseMs: Milliseconds): Milliseconds =>
  lease.requested === null ? Infinity : lease.requested.at + uploadPatience(lease, fleet, leaseMs)

export function uploadPatience(lease: Lease, fleet: Fleet, leaseMs: Milliseconds): Milliseconds {
  const overhead = findMember(fleet, lease.worker)?.overheadMs
  return overhead === null || overhead === undefined
    ? leaseMs
    : Math.min(leaseMs, Math.max(uploadMsMin, uploadFactor * overhead))
}
