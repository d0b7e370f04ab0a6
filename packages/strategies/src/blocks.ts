// Blocks of partitions and the pieces they were issued again in. They form a tree in which a node is covered by an
// answer of its own or by all of its pieces.

import type { LeaseId, Milliseconds, PartitionIndex } from '@muster/vocabulary'
import { isRunning, type Lease } from './exact-state.ts'

export interface Block {
  /** '3' for the fourth group's block, '3.0' for the first piece of its re-issue; '~8' for what several had lost. */
  readonly slot: string
  readonly partitions: readonly PartitionIndex[]
  readonly pieces: readonly Block[]
}

/** Leases by the block they serve. */
export type Slots = ReadonlyMap<string, readonly Lease[]>

export function bySlot(leases: readonly Lease[]): Slots {
  const slots = new Map<string, Lease[]>()
  for (const lease of leases) {
    const held = slots.get(lease.slot)
    if (held) held.push(lease)
    else slots.set(lease.slot, [lease])
  }
  return slots
}

/** The answers that make up a block, or undefined while it is not covered. */
export function answersOf(block: Block, slots: Slots): readonly Lease[] | undefined {
  const own = slots.get(block.slot)?.find(lease => lease.result !== null)
  if (own) return [own]
  if (block.pieces.length === 0) return undefined
  const parts = block.pieces.map(piece => answersOf(piece, slots))
  return parts.every(part => part !== undefined) ? parts.flat() : undefined
}

/** Leases whose block, or a block that it is a piece of, is covered by others. */
export function coveredLeases(blocks: readonly Block[], answers: readonly unknown[], slots: Slots): LeaseId[] {
  const covered: LeaseId[] = []
  const visit = (block: Block, isCovered: boolean) => {
    if (isCovered) for (const lease of slots.get(block.slot) ?? []) if (isRunning(lease)) covered.push(lease.id)
    for (const piece of block.pieces) visit(piece, isCovered || answersOf(piece, slots) !== undefined)
  }
  for (const [b, block] of blocks.entries()) visit(block, answers[b] !== undefined)
  return covered
}

/** Slots whose holders were given up: their work is in others' hands as well. */
export function reissuedSlots(blocks: readonly Block[]): ReadonlySet<string> {
  const slots = new Set<string>()
  const visit = ({ slot, pieces }: Block) => {
    if (pieces.length > 0) slots.add(slot)
    pieces.forEach(visit)
  }
  blocks.forEach(visit)
  return slots
}

const isGoneIn =
  (slots: Slots) =>
  ({ slot }: Block): boolean =>
    slots.get(slot)?.every(lease => lease.hasLeft && lease.lostAt !== null && lease.result === null) ?? true

/** Pieces whose holders are all gone are forgotten, so that their block is issued again as a whole, not ever deeper. */
export function forgetGone(block: Block, slots: Slots): Block {
  if (block.pieces.length === 0) return block
  const isGone = isGoneIn(slots)
  const pieces = block.pieces.map(piece => forgetGone(piece, slots))
  return { ...block, pieces: pieces.every(piece => piece.pieces.length === 0 && isGone(piece)) ? [] : pieces }
}

/** How long the first loss waits for others. */
const gatherMs: Milliseconds = 30

/**
 * Blocks whose holders are all gone can only be had in pieces: their pieces stand for them, and what nobody holds is
 * put together, so that each helper sends one answer for all of it. Losses come in company (one machine, one network):
 * the first is kept for a moment.
 */
export function gatherLost(
  blocks: readonly Block[],
  slots: Slots,
  leases: readonly Lease[],
  at: Milliseconds,
): { blocks: readonly Block[]; gatherAt: Milliseconds } {
  const isGone = isGoneIn(slots)
  if (!blocks.some(isGone)) return { blocks, gatherAt: Infinity }
  const kept: Block[] = []
  const lost: Block[] = []
  const visit = (block: Block) => {
    if (!isGone(block)) kept.push(block)
    else if (block.pieces.length > 0) block.pieces.forEach(visit)
    else lost.push(block)
  }
  blocks.forEach(visit)
  if (lost.length === 0) return { blocks: kept, gatherAt: Infinity }
  const lostAt = lost.flatMap(({ slot }) => (slots.get(slot) ?? []).map(lease => lease.lostAt ?? at))
  const gatherAt = Math.min(Infinity, ...lostAt) + gatherMs
  if (lostAt.length > 0 && gatherAt > at) return { blocks: [...kept, ...lost], gatherAt }
  const partitions = lost.flatMap(block => block.partitions)
  return { blocks: [...kept, { slot: `~${leases.length}`, partitions, pieces: [] }], gatherAt: Infinity }
}
