// Rounds of repetition codes: groups of workers own blocks of partitions, the first answer of each group counts, and
// a block whose whole group is lost or overdue is issued again in pieces. Blocks and pieces form a tree in which a
// node is covered by an answer of its own or by all of its pieces; the sum takes each partition exactly once.

import { consecutive, consecutiveBlocks } from '@muster/gradient-codes'
import type { LeaseId, Milliseconds, PartitionIndex, ReleaseReason } from '@muster/vocabulary'
import type { Advance, Assignment, Lease, OpenRound, RoundLogic, View } from './exact-state.ts'
import { type Fleet, isSilent, type Member, speedsOf } from './fleet.ts'
import type { History } from './redundancy.ts'
import { shareOut } from './share-out.ts'
import type { StrategySettings } from './strategy.ts'

export interface Block {
  /** '3' for the fourth group's block, '3.0' for the first piece of its re-issue, and so on. */
  readonly slot: string
  readonly partitions: readonly PartitionIndex[]
  readonly pieces: readonly Block[]
}

/** How long a tab rests whose answer was refused, before it is given the same work again. */
const restMsMax: Milliseconds = 2000

export interface BlockPlan {
  readonly blocks: readonly Block[]
}

export interface Group {
  readonly members: readonly Member[]
  /** Partitions of its block. */
  readonly size: number
}

export interface BlockPolicy {
  readonly name: string
  readonly meaning: string
  readonly settings: RoundLogic<BlockPlan>['settings']
  group(members: readonly Member[], context: GroupingContext): readonly Group[]
  /** When a lease that has not been answered stops being waited for. */
  overdueAt(lease: Lease, settings: StrategySettings): Milliseconds
}

export interface GroupingContext {
  readonly settings: StrategySettings
  readonly fleet: Fleet
  readonly history: History
}

export function blockRounds(policy: BlockPolicy): RoundLogic<BlockPlan> {
  return {
    name: policy.name,
    meaning: policy.meaning,
    settings: policy.settings,
    open(members, context) {
      const groups = policy.group(members, context)
      const blocks = consecutiveBlocks(groups.map(({ size }) => size)).map(
        (partitions, g): Block => ({ slot: `${g}`, partitions, pieces: [] }),
      )
      const assignments = groups.flatMap((group, g) =>
        group.members.map(({ worker }) => assignment(worker, blocks[g]!, 0)),
      )
      const given = groups.reduce((sum, group) => sum + group.members.length * group.size, 0)
      return { plan: { blocks }, assignments, redundancy: given / context.settings.partitions }
    },
    advance: view => advanceBlocks(policy, view),
  }
}

function assignment(worker: Member['worker'], block: Block, queuedMs: Milliseconds): Assignment {
  const count = block.partitions.length
  const work = { partitions: block.partitions, levels: [{ upTo: count }], upload: 'when-done' } as const
  return { worker, slot: block.slot, work, expected: count, queuedMs }
}

function advanceBlocks(policy: BlockPolicy, view: View<BlockPlan>): Advance<BlockPlan> {
  const { round } = view
  const answers = round.plan.blocks.map(block => answersOf(block, round.leases))
  if (answers.every(found => found !== undefined)) return { close: answers.flat() }
  const attended = round.plan.blocks.map((block, b) =>
    answers[b] === undefined ? attend(policy, view, block, []) : { block, assign: [], wakeAt: Infinity },
  )
  const wakeAt = Math.min(...attended.map(({ wakeAt }) => wakeAt))
  return {
    plan: { blocks: attended.map(({ block }) => block) },
    assign: attended.flatMap(({ assign }) => assign),
    release: coveredLeases(round).map(lease => ({ lease, reason: 'block-covered' as ReleaseReason })),
    ...(wakeAt === Infinity ? {} : { wakeAt }),
  }
}

/** The answers that make up a block, or undefined while it is not covered. */
function answersOf(block: Block, leases: readonly Lease[]): readonly Lease[] | undefined {
  const own = leases.find(lease => lease.slot === block.slot && lease.result !== null)
  if (own) return [own]
  if (block.pieces.length === 0) return undefined
  const parts = block.pieces.map(piece => answersOf(piece, leases))
  return parts.every(part => part !== undefined) ? parts.flat() : undefined
}

interface Attention {
  readonly block: Block
  readonly assign: readonly Assignment[]
  readonly wakeAt: Milliseconds
}

/** Sees to it that somebody punctual works on an uncovered block. `ancestors`: slots it is a piece of. */
function attend(policy: BlockPolicy, view: View<BlockPlan>, block: Block, ancestors: readonly string[]): Attention {
  const { at, settings, round } = view
  const holders = round.leases.filter(lease => lease.slot === block.slot && lease.lostAt === null)
  const overdueAt = Math.max(...holders.map(lease => policy.overdueAt(lease, settings)))
  if (holders.length > 0 && overdueAt > at) return { block, assign: [], wakeAt: overdueAt }
  if (block.pieces.length > 0) {
    const slots = [...ancestors, block.slot]
    const attended = block.pieces.map(piece =>
      answersOf(piece, round.leases)
        ? { block: piece, assign: [], wakeAt: Infinity }
        : attend(policy, view, piece, slots),
    )
    return {
      block: { ...block, pieces: attended.map(piece => piece.block) },
      assign: attended.flatMap(({ assign }) => assign),
      wakeAt: Math.min(...attended.map(({ wakeAt }) => wakeAt)),
    }
  }
  return reissue(policy, view, block, [...ancestors, block.slot])
}

/** Splits a block among those who can take it, so that its pieces are predicted to end together. */
function reissue(policy: BlockPolicy, view: View<BlockPlan>, block: Block, slots: readonly string[]): Attention {
  const { at, settings, fleet, round } = view
  // Whoever holds this very work, or has lately failed at it, gets it again only after a rest: a tab whose
  // answers are refused must not be asked in a tight loop. One that left and is back is another matter.
  const restMs = Math.min(settings.leaseMs, restMsMax)
  const taken = round.leases.filter(
    lease => slots.includes(lease.slot) && (lease.lostAt === null || (!lease.hasLeft && at < lease.lostAt + restMs)),
  )
  const isFree = ({ worker }: Member) =>
    !taken.some(lease => lease.worker === worker) &&
    !round.leases.some(lease => lease.worker === worker && isRunning(lease) && policy.overdueAt(lease, settings) <= at)
  const helpers = fleet.filter(member => !isSilent(member, at) && isFree(member))
  if (helpers.length === 0) {
    const again = taken.flatMap(lease => (lease.lostAt === null ? [] : [lease.lostAt + restMs]))
    return { block, assign: [], wakeAt: Math.min(Infinity, ...again) }
  }
  const speed = speedsOf(fleet)
  const queued = helpers.map(helper => remainingMs(helper, round, at, speed(helper).msPerPartition))
  const lanes = helpers.map((helper, i) => ({
    startMs: queued[i]! + speed(helper).overheadMs,
    msPerPartition: speed(helper).msPerPartition,
  }))
  const pieces: Block[] = []
  const assign: Assignment[] = []
  const shares = shareOut(block.partitions.length, lanes)
  consecutive(block.partitions, shares).forEach((partitions, i) => {
    if (partitions.length === 0) return
    const piece = { slot: `${block.slot}.${pieces.length}`, partitions, pieces: [] }
    pieces.push(piece)
    assign.push(assignment(helpers[i]!.worker, piece, queued[i]!))
  })
  return { block: { ...block, pieces }, assign, wakeAt: Infinity }
}

const isRunning = (lease: Lease): boolean =>
  lease.result === null && lease.lostAt === null && lease.endedAt === null && !lease.isReleased

/** How long the worker is predicted to be busy with what it holds. */
function remainingMs(
  member: Member,
  round: OpenRound<BlockPlan>,
  at: Milliseconds,
  msPerPartition: Milliseconds,
): Milliseconds {
  return round.leases
    .filter(lease => lease.worker === member.worker && isRunning(lease))
    .reduce(
      (sum, lease) => sum + Math.max(0, (lease.expected - lease.finished) * msPerPartition - (at - lease.heardAt)),
      0,
    )
}

/** Leases whose block, or a block that it is a piece of, is covered by others. */
function coveredLeases(round: OpenRound<BlockPlan>): LeaseId[] {
  const covered = new Set<string>()
  const visit = (block: Block) => {
    if (answersOf(block, round.leases)) covered.add(block.slot)
    block.pieces.forEach(visit)
  }
  round.plan.blocks.forEach(visit)
  const isCovered = (slot: string): boolean =>
    covered.has(slot) || (slot.includes('.') && isCovered(slot.slice(0, slot.lastIndexOf('.'))))
  return round.leases.filter(lease => isRunning(lease) && isCovered(lease.slot)).map(lease => lease.id)
}
