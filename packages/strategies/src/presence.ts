// Who can be waited for: whoever holds work and has said nothing for a lease's time is missing, until it speaks. To be
// late is no reason: how long the slow are waited for is what these policies differ in.

import type { Milliseconds } from '@muster/vocabulary'
import type { Fleet, Member } from './fleet.ts'
import type { StrategySettings } from './strategy.ts'

const missingFrom = ({ heardAt }: Member, dueAt: Milliseconds, leaseMs: Milliseconds): Milliseconds =>
  Math.max(dueAt, heardAt + leaseMs)

export const isMissing = (member: Member, at: Milliseconds, leaseMs: Milliseconds): boolean =>
  member.open.some(({ dueAt }) => at > missingFrom(member, dueAt, leaseMs))

/** When each of those who are here would be missing, were nothing more heard of it. */
export const silences = ({ fleet, settings }: { fleet: Fleet; settings: StrategySettings }): Milliseconds[] =>
  fleet.flatMap(member => member.open.map(({ dueAt }) => missingFrom(member, dueAt, settings.leaseMs) + 1))
