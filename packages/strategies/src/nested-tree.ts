// The nested tree code: announce, request, upload. Every worker starts on its home leaf and goes on to ever larger
// blocks around it, announcing each; when the announced blocks cover the whole, the coordinator asks their owners.
// How much a worker computes is decided by the stragglers of this very round. Leaves follow speeds and numbers, so
// that without stragglers everybody computes its own leaf and no more.

import {
  blockNode,
  blockSize,
  nestedTree as buildTree,
  coverTree,
  homeLeaves,
  levelCounts,
  type NestedTree,
  type TreeNode,
  taskOrder,
} from '@muster/gradient-codes'
import type { Milliseconds, WorkerId } from '@muster/vocabulary'
import { exactStrategy } from './exact-round.ts'
import { type Advance, type Assignment, type Lease, type OpenRound, plainSum, type View } from './exact-state.ts'
import { type Fleet, isSilent, type Member, speedsOf } from './fleet.ts'
import { answerDueAt, uploadPatience } from './patience.ts'
import { laneOf, shareOut } from './share-out.ts'

const restMs = 300

interface TreePlan {
  readonly tree: NestedTree
}

export const nestedTree = exactStrategy<TreePlan>({
  name: 'nested-tree',
  meaning: 'Nested codes on a tree: tabs go on to larger blocks until what they announced covers the whole.',
  promise: 'whole-gradient',
  heedsProgress: true,
  settings: [],
  open(members, { settings, fleet }) {
    const speed = speedsOf(fleet)
    const { leaves, homes } = homeLeaves(members.length)
    const shares = shareOut(
      settings.partitions,
      members.map(member => laneOf(speed(member))),
    )
    const sizes = Array.from({ length: leaves }, (_, leaf) => shares[homes.indexOf(leaf)] ?? 0)
    const tree = buildTree(sizes)
    return {
      plan: { tree },
      assignments: members.map(({ worker }, i) => assignment(tree, worker, homes[i]!)),
      redundancy: 1,
    }
  },
  advance: advanceTree,
})

function assignment(tree: NestedTree, worker: WorkerId, home: number): Assignment {
  const counts = [...new Set(levelCounts(tree, home))].filter(count => count > 0)
  return {
    worker,
    slot: `${home}`,
    work: { partitions: taskOrder(tree, home), levels: counts.map(upTo => ({ upTo })), upload: 'on-request' },
    expected: tree.leaves[home]!.length,
    queuedMs: 0,
  }
}

/** The largest node whose block the lease has summed after so many partitions. */
function nodeAfter(tree: NestedTree, lease: Lease, finished: number): TreeNode | undefined {
  const home = Number(lease.slot)
  const level = levelCounts(tree, home).findLastIndex(count => count > 0 && count <= finished)
  return level < 0 ? undefined : blockNode(tree, home, level)
}

function advanceTree({ at, settings, fleet, round }: View<TreePlan>): Advance<TreePlan> {
  const { tree } = round.plan
  const received = new Map<TreeNode, Lease>()
  const promised = new Map<TreeNode, Lease>()
  const announced = new Map<TreeNode, Lease>()
  let wakeAt = Infinity
  for (const lease of round.leases) {
    if (lease.result !== null) {
      // A larger cover than was asked for may come; it stands for the larger block.
      received.set(nodeAfter(tree, lease, lease.result.covers)!, lease)
      continue
    }
    if (lease.lostAt !== null || lease.endedAt !== null) continue
    const node = nodeAfter(tree, lease, lease.finished)
    if (lease.requested !== null) {
      const dueAt = answerDueAt(lease, fleet, settings.leaseMs)
      if (dueAt <= at) continue // Nobody waits for it any more; the others have gone on.
      wakeAt = Math.min(wakeAt, dueAt)
      promised.set(nodeAfter(tree, lease, lease.requested.covers)!, lease)
    } else if (node !== undefined && at - lease.heardAt < settings.leaseMs) {
      if (!announced.has(node)) announced.set(node, lease)
    }
  }
  const whole = coverTree(tree, node => received.has(node))
  if (whole)
    return {
      close: plainSum(
        whole.map(node => received.get(node)!),
        0,
      ),
    }
  const { assign, wakeAt: restedAt } = replaceLost(round, fleet, settings.leaseMs, at)
  wakeAt = Math.min(wakeAt, restedAt)
  const isPromised = (node: TreeNode) => received.has(node) || promised.has(node)
  if (coverTree(tree, isPromised)) return { assign, ...(wakeAt === Infinity ? {} : { wakeAt }) }
  const cover = coverTree(tree, node => isPromised(node) || announced.has(node))
  const request = (cover ?? [])
    .filter(node => !isPromised(node))
    .map(node => {
      const lease = announced.get(node)!
      wakeAt = Math.min(wakeAt, at + uploadPatience(lease, fleet, settings.leaseMs))
      return { lease: lease.id, covers: blockSize(tree, node) }
    })
  return { assign, request, ...(wakeAt === Infinity ? {} : { wakeAt }) }
}

/** Homes whose workers are gone or late go to workers that have none in this round, so that newcomers help at once. */
function replaceLost(
  round: OpenRound<TreePlan>,
  fleet: Fleet,
  leaseMs: Milliseconds,
  at: Milliseconds,
): { assign: Assignment[]; wakeAt: Milliseconds } {
  const { tree } = round.plan
  const heldUntil = (lease: Lease): Milliseconds => {
    if (lease.result !== null) return Infinity
    if (lease.lostAt !== null || lease.endedAt !== null) return -Infinity
    if (lease.requested !== null) return answerDueAt(lease, fleet, leaseMs)
    const silentAt = lease.heardAt + leaseMs
    return lease.announcedAt === null ? Math.min(lease.lateAt, silentAt) : silentAt
  }
  const isHeld = (home: number) => round.leases.some(lease => lease.slot === `${home}` && heldUntil(lease) > at)
  const orphaned = tree.leaves.flatMap((leaf, home) => (leaf.length > 0 && !isHeld(home) ? [home] : []))
  // Who has answered is free again: of those who were asked one may be lost, and then nobody else goes on.
  const hasWork = (worker: WorkerId) =>
    round.leases.some(lease => lease.worker === worker && lease.lostAt === null && lease.result === null)
  const idle = fleet.filter(member => !isSilent(member, at) && !hasWork(member.worker))
  // A tab whose answer was refused is given a breath: it must not be asked in a tight loop.
  const restedAt = ({ worker }: Member) =>
    Math.max(
      0,
      ...round.leases.flatMap(({ worker: holder, lostAt }) =>
        holder === worker && lostAt !== null ? [lostAt + restMs] : [],
      ),
    )
  const free = idle.filter(member => restedAt(member) <= at)
  const assign = orphaned.slice(0, free.length).map((home, i) => assignment(tree, free[i]!.worker, home))
  const resting = idle.filter(member => restedAt(member) > at)
  // Only somebody without work has a reason to wait for a home to fall due.
  const due = free.length > assign.length ? round.leases.map(heldUntil).filter(until => until > at) : []
  const rested = assign.length < orphaned.length ? resting : []
  return { assign, wakeAt: Math.min(Infinity, ...due, ...rested.map(restedAt)) }
}
