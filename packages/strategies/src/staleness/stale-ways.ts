// What bounded staleness does in its own way when something happens to a worker: clocks, and what is known of who left.

import type { Milliseconds } from '@muster/vocabulary'
import type { StandingWays } from '../absorb-standing.ts'
import { isMissing } from '../presence.ts'
import { changeSeat } from '../standing.ts'
import type { StaleState } from './stale-state.ts'

export const staleWays: StandingWays<StaleState> = {
  seatFor: (state, { worker, at }, known) => ({
    worker,
    lease: null,
    clock: slowestClock(state, at),
    applied: known?.applied ?? 0,
    restarts: known?.restarts ?? 0,
    restartsInRow: 0,
    halvings: known?.halvings ?? 0,
    cursor: known?.cursor ?? 0,
    restsUntil: known?.restsUntil ?? 0,
  }),
  arrived(state, { worker, handle, at, loss }, lease) {
    const clock = slowestClock(state, at)
    const arrived = [...state.arrived, { lease, worker, handle, loss, arrivedAt: at }]
    return changeSeat({ ...state, arrived }, worker, seat => ({
      ...seat,
      // Whoever was silent for long does not hold up the others until it has caught up.
      clock: Math.max(seat.clock, clock) + 1,
      restartsInRow: 0,
    }))
  },
}

/** Of those who are here; the silent hold nobody up. */
export function slowestClock({ fleet, seats, settings }: StaleState, at: Milliseconds): number {
  const live = seats.filter((_, i) => !isMissing(fleet[i]!, at, settings.leaseMs))
  return live.length === 0
    ? Math.max(0, ...seats.map(({ clock }) => clock))
    : Math.min(...live.map(({ clock }) => clock))
}
