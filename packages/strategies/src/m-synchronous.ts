// m-synchronous rounds, Rennala style (Tyurin & Richtárik 2023): every tab takes micro-gradients at the current version
// without end; the first m make the round, whoever sent them. Approximate: partitions may count twice or not at all;
// the mean is over what came.

import type { PartitionIndex, WorkerId } from '@muster/vocabulary'
import { exactStrategy } from './exact-round.ts'
import type { Advance, Assignment, View } from './exact-state.ts'
import { type Member, speedsOf } from './fleet.ts'
import { chunkAssignment, chunkSize, chunksHeld, chunksSetting, pullersOf } from './pull-rounds.ts'
import type { StrategySettings } from './strategy.ts'

interface MicroPlan {
  /** Partitions of a micro-gradient. */
  readonly size: number
}

export const mSynchronous = exactStrategy<MicroPlan>({
  name: 'm-synchronous',
  meaning:
    'The first m micro-gradients at the current version make the round. Approximate: whoever is fast counts more.',
  promise: 'counted-gradients',
  heedsProgress: false,
  settings: [{ name: 'share', meaning: 'm as a share of the batch.', default: 1, min: 0.01, max: 4 }, chunksSetting],
  open(members, { settings, fleet }) {
    const plan = { size: chunkSize(settings.partitions, members.length, Number(settings.own.chunksPerWorker)) }
    const speed = speedsOf(fleet)
    const assignments = members.flatMap(member =>
      Array.from({ length: chunksHeld }, (_, turn) =>
        micro(settings, plan, fleet, member.worker, turn, turn * plan.size * speed(member).msPerPartition),
      ),
    )
    return { plan, assignments, redundancy: 1 }
  },
  advance: advanceMicro,
})

/** A tab's turn-th micro-gradient: it goes round the partitions from a place of its own. */
function micro(
  { partitions }: StrategySettings,
  { size }: MicroPlan,
  fleet: readonly Member[],
  worker: WorkerId,
  turn: number,
  queuedMs: number,
): Assignment {
  const place = fleet.findIndex(member => member.worker === worker)
  const from = Math.floor((place * partitions) / fleet.length) + turn * size
  const taken = Array.from({ length: Math.min(size, partitions) }, (_, m): PartitionIndex => (from + m) % partitions)
  return chunkAssignment(worker, `${worker}/${turn}`, taken, queuedMs)
}

function advanceMicro(view: View<MicroPlan>): Advance<MicroPlan> {
  const { settings, fleet, round } = view
  const m = Math.max(1, Math.round(Number(settings.own.share) * settings.partitions))
  const answered = round.leases
    .filter(lease => lease.result !== null)
    .sort((one, other) => (one.answeredAt ?? 0) - (other.answeredAt ?? 0) || one.id - other.id)
  let counted = 0
  const used = answered.filter(({ work }) => {
    if (counted >= m) return false
    counted += work.partitions.length
    return true
  })
  if (counted >= m) return { close: { answers: used.map(lease => ({ lease, weight: 1 })), counted, exceeded: 0 } }
  const turns = new Map<WorkerId, number>()
  for (const { worker } of round.leases) turns.set(worker, (turns.get(worker) ?? 0) + 1)
  const { pullers, restedAt } = pullersOf(view, speedsOf(fleet))
  const assign = pullers.flatMap(({ member: { worker }, running, busyMs, speed }) =>
    Array.from({ length: Math.max(0, chunksHeld - running.length) }, (_, i) =>
      micro(
        settings,
        round.plan,
        fleet,
        worker,
        (turns.get(worker) ?? 0) + i,
        busyMs + i * round.plan.size * speed.msPerPartition,
      ),
    ),
  )
  return { assign, ...(restedAt === Infinity ? {} : { wakeAt: restedAt }) }
}
