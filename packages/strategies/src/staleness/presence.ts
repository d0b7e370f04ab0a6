// Who can be waited for: a worker is silent when a word of its was due and did not come, or, if it came late, when
// nothing more came for a lease's time.

import type { Milliseconds } from '@muster/vocabulary'
import { isSilent, type Member } from '../fleet.ts'
import type { StaleState } from './stale-state.ts'

const silentFrom = ({ heardAt }: Member, dueAt: Milliseconds, leaseMs: Milliseconds): Milliseconds =>
  heardAt <= dueAt ? dueAt : Math.max(dueAt, heardAt + leaseMs)

export const isMissing = (member: Member, at: Milliseconds, leaseMs: Milliseconds): boolean =>
  isSilent(member, at) || member.open.some(({ dueAt }) => at > silentFrom(member, dueAt, leaseMs))

/** When each of those who are here would fall silent, were nothing more heard of it. */
export const silences = ({ fleet, settings }: StaleState): Milliseconds[] =>
  fleet.flatMap(member => member.open.map(({ dueAt }) => silentFrom(member, dueAt, settings.leaseMs) + 1))
