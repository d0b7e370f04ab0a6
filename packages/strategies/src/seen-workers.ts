// What a round has shown of those who took part in it, for its replay.

import type { OpenRound } from './exact-state.ts'
import { repeatOverheadMs } from './fleet.ts'
import type { SeenWorker } from './replay.ts'

export function seenWorkers<Plan>({ workers, leases }: OpenRound<Plan>, at: number): SeenWorker[] {
  const opening = new Map(leases.flatMap(lease => (lease.isOpening ? [[lease.worker, lease]] : [])))
  return workers.map(({ worker, believed }) => {
    const asBelieved = {
      believed,
      ...believed,
      repeatOverheadMs: repeatOverheadMs(believed),
      lostMs: Infinity,
    }
    const lease = opening.get(worker)
    if (!lease) return asBelieved
    const { finished, computeMs, assignedAt, answeredAt, lostAt } = lease
    const shown = finished > 0 ? computeMs / finished : believed.msPerPartition
    // Who has not ended has taken at least as long as this.
    const atLeast = answeredAt === null ? (at - assignedAt - believed.overheadMs) / (finished + 1) : 0
    return {
      ...asBelieved,
      msPerPartition: Math.max(shown, lostAt === null ? atLeast : 0),
      overheadMs: answeredAt === null ? believed.overheadMs : Math.max(0, answeredAt - assignedAt - computeMs),
      lostMs: lostAt !== null && lease.hasLeft ? lostAt - assignedAt : Infinity,
    }
  })
}
