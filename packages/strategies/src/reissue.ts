// Giving a block to others: who can take it, and in which pieces, so that these are predicted to end together.

import { consecutive } from '@muster/gradient-codes'
import type { Milliseconds, WorkerId } from '@muster/vocabulary'
import { type Block, reissuedSlots } from './blocks.ts'
import { type Assignment, isRunning, type Lease, type View } from './exact-state.ts'
import { isSilent, type Member, repeatOverheadMs, speedsOf } from './fleet.ts'
import { restAfterRefusalMs } from './patience.ts'
import { type Lane, shareOut } from './share-out.ts'
import { enoughLanes } from './water-fill.ts'

export interface Helper extends Lane {
  readonly worker: WorkerId
  /** Predicted computing that it has to do first. */
  readonly queuedMs: Milliseconds
}

/** Who is here, and neither behind nor given up with what it holds. */
export function helpersOf<Plan extends { readonly blocks: readonly Block[] }>(
  { at, fleet, round }: View<Plan>,
  overdueAt: (lease: Lease) => Milliseconds,
): Helper[] {
  const reissued = reissuedSlots(round.plan.blocks)
  const running = new Map<WorkerId, Lease[]>()
  const behind = new Set<WorkerId>()
  for (const lease of round.leases) {
    if (!isRunning(lease)) continue
    if (reissued.has(lease.slot) || overdueAt(lease) <= at) behind.add(lease.worker)
    running.set(lease.worker, [...(running.get(lease.worker) ?? []), lease])
  }
  const speed = speedsOf(fleet)
  return fleet
    .filter(member => !isSilent(member, at) && !behind.has(member.worker))
    .map((member: Member) => {
      const { msPerPartition } = speed(member)
      const held = running.get(member.worker) ?? []
      const queuedMs = held.reduce(
        (sum, lease) => sum + Math.max(0, (lease.expected - lease.finished) * msPerPartition - (at - lease.heardAt)),
        0,
      )
      // Its own answers are sent first, one after the other.
      const startMs = queuedMs + (1 + held.length) * repeatOverheadMs(speed(member))
      return { worker: member.worker, queuedMs, startMs, msPerPartition }
    })
}

export interface Reissue {
  readonly block: Block
  readonly assign: readonly Assignment[]
  readonly wakeAt: Milliseconds
}

/** `slots`: the block's own and those it is a piece of. */
export function reissue<Plan>(
  { at, settings, round }: View<Plan>,
  helpers: readonly Helper[],
  block: Block,
  slots: readonly string[],
): Reissue {
  // Whoever holds this very work, or has lately failed at it, gets it again only after a rest: a tab whose
  // answers are refused must not be asked in a tight loop. One that left and is back is another matter.
  const restMs = restAfterRefusalMs(settings)
  const taken = round.leases.filter(
    lease => slots.includes(lease.slot) && (lease.lostAt === null || (!lease.hasLeft && at < lease.lostAt + restMs)),
  )
  const able = helpers.filter(({ worker }) => !taken.some(lease => lease.worker === worker))
  if (able.length === 0) {
    const again = taken.flatMap(lease => (lease.lostAt === null ? [] : [lease.lostAt + restMs]))
    return { block, assign: [], wakeAt: Math.min(Infinity, ...again) }
  }
  const lanes = enoughLanes(block.partitions.length, able)
  const shares = shareOut(block.partitions.length, lanes)
  const pieces: Block[] = []
  const assign: Assignment[] = []
  consecutive(block.partitions, shares).forEach((partitions, i) => {
    if (partitions.length === 0) return
    const piece = { slot: `${block.slot}.${pieces.length}`, partitions, pieces: [] }
    pieces.push(piece)
    assign.push(blockAssignment(lanes[i]!.worker, piece, lanes[i]!.queuedMs))
  })
  return { block: { ...block, pieces }, assign, wakeAt: Infinity }
}

export function blockAssignment(worker: WorkerId, block: Block, queuedMs: Milliseconds): Assignment {
  const count = block.partitions.length
  const work = { partitions: block.partitions, levels: [{ upTo: count }], upload: 'when-done' } as const
  return { worker, slot: block.slot, work, expected: count, queuedMs }
}
