// Whose block the idle would have sooner: those who have nothing left to do repeat what by the pace it shows would end
// last. Idle tabs cost nobody time.

import type { LeaseId, Milliseconds } from '@muster/vocabulary'
import type { BlockPlan } from './block-rounds.ts'
import { reissuedSlots } from './blocks.ts'
import { isRunning, type Lease, type View } from './exact-state.ts'
import { isSilent, repeatOverheadMs, type Speed, speedsOf } from './fleet.ts'

/** The idle must be so much sooner: what is predicted of both is uncertain. */
const gainMin = 1.25
const graceMs = 60
/** Progress is announced about so often: younger work has not been told of. */
const toldEveryMs = 300

/** Leases to be given up; null while nobody is idle. */
export function soonerByTheIdle(view: View<BlockPlan>): LeaseId[] | null {
  const { at, fleet, round } = view
  const running = round.leases.filter(isRunning)
  const busy = new Set(running.map(({ worker }) => worker))
  const idle = fleet.filter(member => !busy.has(member.worker) && !isSilent(member, at))
  if (idle.length === 0) return null
  const speed = speedsOf(fleet)
  const rate = idle.reduce((sum, member) => sum + 1 / speed(member).msPerPartition, 0)
  const repeatMs = Math.min(...idle.map(member => repeatOverheadMs(speed(member))))
  const reissued = reissuedSlots(round.plan.blocks)
  const givenUp = new Set(round.plan.givenUp)
  const members = new Map(fleet.map(member => [member.worker, member]))
  const waitedFor = running
    // Pieces of pieces wait until they are late: what is repeated over and over ends last.
    .filter(({ id, slot }) => !reissued.has(slot) && !givenUp.has(id) && slot.split('.').length <= 2)
    .map(lease => {
      const member = members.get(lease.worker)
      return { lease, leftMs: member ? remainingMs(lease, speed(member), at) : Infinity }
    })
    .filter(({ leftMs }) => leftMs > gainMin * repeatMs + graceMs)
    .sort((one, other) => other.leftMs - one.leftMs)
  // Those that would end last first, as many as the idle can take upon themselves.
  const given: LeaseId[] = []
  let size = 0
  for (const { lease, leftMs } of waitedFor) {
    size += lease.expected
    if (leftMs <= gainMin * (repeatMs + size / rate) + graceMs) break
    given.push(lease.id)
  }
  return given
}

/** Until the answer would be here, by the pace shown in this lease; work too young to have been told of is assumed. */
function remainingMs(lease: Lease, { msPerPartition, overheadMs }: Speed, at: Milliseconds): Milliseconds {
  const shown = lease.finished > 0 ? lease.computeMs / lease.finished : msPerPartition
  const untold = Math.min(at - lease.heardAt, Math.max(toldEveryMs, shown)) / Math.max(shown, 1e-3)
  const finished = Math.min(lease.expected, lease.finished + untold)
  const elapsed = Math.max(0, at - lease.assignedAt - overheadMs)
  const pace = Math.max(shown, elapsed / (finished + 1))
  return (lease.expected - finished) * pace + 0.5 * overheadMs
}
