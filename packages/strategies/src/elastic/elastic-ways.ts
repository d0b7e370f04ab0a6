// What elastic averaging does in its own way when something happens to a worker: distances, lost exchanges, parameters
// that are no numbers any more.

import type { StandingWays } from '../absorb-standing.ts'
import { changeSeat, rest } from '../standing.ts'
import { type ElasticState, newSeat } from './elastic-state.ts'

export const elasticWays: StandingWays<ElasticState> = {
  seatFor: (_, { worker }, known) => known ?? newSeat(worker),
  arrived(state, { worker, handle, at, loss, distance }, lease) {
    // A broken belief: it is measured of every result that is asked for.
    if (distance === null) throw new Error(`no distance was measured of ${handle}`)
    return { ...state, arrived: [...state.arrived, { lease, worker, handle, loss, arrivedAt: at, distance }] }
  },
  /** It took its steps and could not hand them over: it goes on at once. Else it stopped before, and rests. */
  ended(state, event, lease) {
    if (event.finished < lease.work.partitions.length) return rest(state, event)
    const counted = { ...state, lost: state.lost + 1 }
    return changeSeat(counted, event.worker, seat => ({ ...seat, lease: null, lost: seat.lost + 1 }))
  },
  /** What it keeps may be no numbers any more: it begins with the model. */
  refused: (state, { worker }) => changeSeat(state, worker, seat => ({ ...seat, replica: null })),
  advanced(state, { distances }) {
    const arrived = state.arrived.map(result => ({
      ...result,
      distance: distances[result.handle] ?? result.distance,
    }))
    return { ...state, arrived }
  },
}
