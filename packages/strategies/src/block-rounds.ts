// Rounds of blocks: groups of workers own blocks of partitions, the first answer of each group counts, and a block
// whose whole group is lost or overdue is issued again in pieces. The sum takes each partition exactly once.

import { consecutiveBlocks } from '@muster/gradient-codes'
import type { LeaseId, Milliseconds, ReleaseReason } from '@muster/vocabulary'
import {
  answersOf,
  type Block,
  bySlot,
  coveredLeases,
  forgetGone,
  gatherLost,
  reissuedSlots,
  type Slots,
} from './blocks.ts'
import {
  type Advance,
  type Assignment,
  type Closing,
  type Lease,
  type OpenRound,
  plainSum,
  type RoundLogic,
  type View,
} from './exact-state.ts'
import type { Fleet, Member } from './fleet.ts'
import { type History, replayAll } from './redundancy.ts'
import { blockAssignment, type Helper, helpersOf, type Reissue, reissue } from './reissue.ts'
import { seenWorkers } from './seen-workers.ts'
import type { StrategySettings } from './strategy.ts'

export interface BlockPlan {
  /** Members of a group, as chosen. */
  readonly r: number
  readonly blocks: readonly Block[]
  /** Leases that are waited for no more, though they are not late. */
  readonly givenUp: readonly LeaseId[]
  /** When it is asked again who is to be given up. */
  readonly askAt: Milliseconds
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
  /** The redundancy of the next round; absent: the policy does not choose one. */
  redundancy?(context: GroupingContext): number
  group(members: readonly Member[], context: GroupingContext, r: number): readonly Group[]
  /** When a lease stops being waited for, though its worker is not silent; absent: never. Asked anew at every event. */
  overdueAt?(view: View<BlockPlan>): (lease: Lease) => Milliseconds
  /** Leases that others would end sooner, asked now and then; null while nobody could take them. */
  giveUp?(view: View<BlockPlan>): readonly LeaseId[] | null
  /** How many blocks a round may close without; absent: none, the round is exact. */
  spare?(settings: StrategySettings, blocks: number): number
}

export interface GroupingContext {
  readonly settings: StrategySettings
  readonly fleet: Fleet
  readonly history: History
  readonly at: Milliseconds
}

/** Who is to be given up is asked this often, or in so small a part of the round's time so far. */
const askEveryMs = 60
const askEveryPart = 1 / 24

export function blockRounds(policy: BlockPolicy): RoundLogic<BlockPlan> {
  return {
    name: policy.name,
    meaning: policy.meaning,
    promise: policy.spare === undefined ? 'whole-gradient' : 'counted-gradients',
    // It only defers lateness, and the timer of the earlier time asks again.
    heedsProgress: false,
    settings: policy.settings,
    open(members, context) {
      const r = policy.redundancy?.(context) ?? 1
      const groups = policy.group(members, context, r)
      const blocks = consecutiveBlocks(groups.map(({ size }) => size)).map(
        (partitions, g): Block => ({ slot: `${g}`, partitions, pieces: [] }),
      )
      const assignments = groups.flatMap((group, g) =>
        group.members.map(({ worker }) => blockAssignment(worker, blocks[g]!, 0)),
      )
      const given = groups.reduce((sum, group) => sum + group.members.length * group.size, 0)
      const plan = { r, blocks, givenUp: [], askAt: context.at }
      return { plan, assignments, redundancy: given / context.settings.partitions }
    },
    advance: view => advanceBlocks(policy, view),
    ...(policy.redundancy
      ? {
          replay({ at, settings, round }) {
            // What newcomers do in their first rounds, downloads and all, says nothing of later ones.
            const guessed = round.workers.filter(({ believed }) => believed.isGuess).length
            const isKnown = 2 * guessed <= round.workers.length
            const replayedMs = isKnown ? replayAll(seenWorkers(round, at), settings.partitions) : []
            return { chosen: round.plan.r, tookMs: at - round.openedAt, replayedMs }
          },
        }
      : {}),
  }
}

function advanceBlocks(policy: BlockPolicy, view: View<BlockPlan>): Advance<BlockPlan> {
  const { at, round, settings } = view
  const slots = bySlot(round.leases)
  const { blocks, gatherAt } =
    policy.spare === undefined
      ? gatherLost(round.plan.blocks, slots, round.leases, at)
      : { blocks: round.plan.blocks.map(block => forgetGone(block, slots)), gatherAt: Infinity }
  const answers = blocks.map(block => answersOf(block, slots))
  const needed = blocks.length - (policy.spare?.(settings, blocks.length) ?? 0)
  const found = answers.filter(answer => answer !== undefined)
  if (found.length >= needed) return { close: closing(policy, round, found.flat()) }
  const asked = askWhoIsGivenUp(policy, view)
  const attendance = attend(policy, view, slots, new Set(asked.plan.givenUp))
  let wakeAt = Math.min(gatherAt, asked.wakeAt)
  let missing = needed - found.length
  let assign: readonly Assignment[] = []
  // First those that somebody is at work on; of the others as many as the round cannot close without.
  const isWaitedFor = blocks.map((block, b) => {
    const isSo = answers[b] === undefined && (block.pieces.length > 0 || attendance.heldUntil(block) > at)
    if (isSo) missing--
    return isSo
  })
  const attended = blocks.map((block, b) => {
    if (answers[b] !== undefined || (!isWaitedFor[b] && missing-- <= 0)) return block
    // One block at a time: whoever is given something by it is to be seen as busy by the next, which is asked at once.
    if (assign.length > 0) return block
    const given = attendance.seeTo(block, [])
    assign = given.assign
    wakeAt = Math.min(wakeAt, given.wakeAt)
    return given.block
  })
  return {
    plan: { ...asked.plan, blocks: attended },
    assign,
    release: coveredLeases(blocks, answers, slots).map(lease => ({ lease, reason: 'block-covered' as ReleaseReason })),
    ...(wakeAt === Infinity ? {} : { wakeAt }),
  }
}

/** Asked now and then, and not at every event: it looks at everybody. */
function askWhoIsGivenUp(policy: BlockPolicy, view: View<BlockPlan>): { plan: BlockPlan; wakeAt: Milliseconds } {
  const { at, round } = view
  const { plan } = round
  if (policy.giveUp === undefined) return { plan, wakeAt: Infinity }
  if (at < plan.askAt) return { plan, wakeAt: plan.askAt }
  const askAt = at + Math.max(askEveryMs, askEveryPart * (at - round.openedAt))
  const more = policy.giveUp(view)
  // While nobody is idle there is nobody to ask for; whoever comes to be idle is an event.
  if (more === null) return { plan: { ...plan, askAt }, wakeAt: Infinity }
  return { plan: { ...plan, askAt, givenUp: [...plan.givenUp, ...more] }, wakeAt: askAt }
}

function closing(policy: BlockPolicy, round: OpenRound<BlockPlan>, used: readonly Lease[]): Closing {
  const answered = new Set(used.map(({ slot }) => slot))
  const reissued = reissuedSlots(round.plan.blocks)
  // Blocks of the opening that were not answered as they had been given; some rounds leave a few out on purpose.
  const isLeftOut = (slot: string) => policy.spare !== undefined && !reissued.has(slot)
  const exceeded = new Set(
    round.leases.flatMap(({ isOpening, slot }) => (isOpening && !answered.has(slot) && !isLeftOut(slot) ? [slot] : [])),
  )
  const whole = plainSum(used, exceeded.size)
  if (policy.spare === undefined) return whole
  return { ...whole, counted: used.reduce((sum, { work }) => sum + work.partitions.length, 0) }
}

/** Sees to it that somebody punctual works on every block. */
function attend(policy: BlockPolicy, view: View<BlockPlan>, slots: Slots, givenUp: ReadonlySet<LeaseId>) {
  const lateAt = policy.overdueAt?.(view) ?? (() => Infinity)
  const silentAt = (lease: Lease) => lease.heardAt + view.settings.leaseMs
  const overdueAt = (lease: Lease) => (givenUp.has(lease.id) ? view.at : Math.min(lateAt(lease), silentAt(lease)))
  let helpers: Helper[] | null = null
  /** Until when somebody's answer to this very block is waited for; -Infinity: nobody holds it. */
  const heldUntil = ({ slot }: Block): Milliseconds => {
    let until = -Infinity
    for (const lease of slots.get(slot) ?? []) if (lease.lostAt === null) until = Math.max(until, overdueAt(lease))
    return until
  }
  const seeTo = (block: Block, ancestors: readonly string[]): Reissue => {
    const until = heldUntil(block)
    if (until > view.at) return { block, assign: [], wakeAt: until }
    const path = [...ancestors, block.slot]
    if (block.pieces.length === 0) {
      helpers ??= helpersOf(view, overdueAt)
      return reissue(view, helpers, block, path)
    }
    let assign: readonly Assignment[] = []
    let wakeAt = Infinity
    const pieces = block.pieces.map(piece => {
      if (assign.length > 0 || answersOf(piece, slots)) return piece
      const given = seeTo(piece, path)
      assign = given.assign
      wakeAt = Math.min(wakeAt, given.wakeAt)
      return given.block
    })
    return { block: { ...block, pieces }, assign, wakeAt }
  }
  return { heldUntil, seeTo }
}
