// Who says nothing for more than two beats is taken for gone: its work is given to others, and it is given none until it
// is heard of again.

import type { Milliseconds } from '@muster/vocabulary'
import { loseLease } from './losing.ts'
import { msPerPartitionOf } from './pace.ts'
import type { Effects, TiledState } from './tiled-state.ts'

const beats = 3
/** A busy machine may keep a tab from speaking for so long. */
const silenceMsMin = 600

export function loseTheSilent(given: TiledState, at: Milliseconds, effects: Effects): TiledState {
  let state = given
  for (const lease of given.open!.leases) {
    const { beatMs } = given.open!
    const isUnheard = lease.heardAt === lease.assignedAt
    const allowedMs =
      isUnheard && given.rttMs === 0
        ? given.settings.leaseMs
        : Math.max(beats * beatMs, silenceMsMin, 2 * msPerPartitionOf(lease.pace)) + given.rttMs
    if (at - lease.heardAt <= allowedMs) continue
    if (!state.silent.includes(lease.worker)) state = { ...state, silent: [...state.silent, lease.worker] }
    state = loseLease(state, lease.id, at, effects, { tell: true })
  }
  return state
}
