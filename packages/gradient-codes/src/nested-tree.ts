// The nested tree code: fractional repetitions of every size, nested along one task order per worker.
//
// A binary tree over 2^L leaves; each leaf is a block of partitions of any size (also none, so that any number of
// workers and any mix of speeds fits). A worker has a home leaf h and computes leaves h XOR 0, h XOR 1, …: after
// 2^l leaves its running sum is exactly the sum over the block of 2^l leaves around its home, its codeword of
// level l. The whole is a disjoint cover of the root by such blocks, with coefficients 1: A = 1.
//
// Nodes are numbered like a heap: the root is 1, node v has children 2v and 2v+1, leaf i is node 2^L + i.

import { consecutiveBlocks } from './fractional-repetition.ts'

export interface NestedTree {
  /** L; level l blocks hold 2^l leaves. */
  readonly depth: number
  /** Partitions of each leaf, 2^L of them. */
  readonly leaves: readonly (readonly number[])[]
  /** How many partitions each node's block holds, by node; node 0 does not exist. */
  readonly sizes: readonly number[]
}

export type TreeNode = number

/** Cuts partitions 0..k−1 into leaves of the given sizes; the number of leaves must be a power of two. */
export function nestedTree(leafSizes: readonly number[]): NestedTree {
  const depth = Math.log2(leafSizes.length)
  if (!Number.isInteger(depth)) throw new RangeError(`${leafSizes.length} leaves are no power of two`)
  const sizes = new Array<number>(2 * leafSizes.length).fill(0)
  for (let node = sizes.length - 1; node > 0; node--)
    sizes[node] =
      node >= leafSizes.length ? leafSizes[node - leafSizes.length]! : sizes[2 * node]! + sizes[2 * node + 1]!
  return { depth, leaves: consecutiveBlocks(leafSizes), sizes }
}

/** The node whose block worker with this home has summed at a level. */
export const blockNode = (tree: NestedTree, home: number, level: number): TreeNode =>
  (tree.leaves.length + home) >> level

/** All partitions in the worker's task order π(m) = h XOR m. */
export function taskOrder(tree: NestedTree, home: number): number[] {
  return tree.leaves.flatMap((_, m) => tree.leaves[home ^ m]!)
}

/** For each level 0..L the number of partitions, in task order, after which its codeword is complete. */
export function levelCounts(tree: NestedTree, home: number): number[] {
  return Array.from({ length: tree.depth + 1 }, (_, level) => blockSize(tree, blockNode(tree, home, level)))
}

/** How many partitions a node's block holds. */
export const blockSize = ({ sizes }: NestedTree, node: TreeNode): number => sizes[node]!

export const partitionsOf = (tree: NestedTree, node: TreeNode): number[] =>
  leavesOf(tree, node).flatMap(leaf => tree.leaves[leaf]!)

/**
 * Disjoint nodes, each owned, that together hold every partition; undefined while there are none such.
 * An owned node is preferred to its children: fewer answers travel.
 */
export function coverTree(tree: NestedTree, isOwned: (node: TreeNode) => boolean): TreeNode[] | undefined {
  const visit = (node: TreeNode): TreeNode[] | undefined => {
    if (blockSize(tree, node) === 0) return []
    if (isOwned(node)) return [node]
    if (node >= tree.leaves.length) return undefined
    const left = visit(2 * node)
    const right = left && visit(2 * node + 1)
    return right && [...left, ...right]
  }
  return visit(1)
}

/**
 * Home leaves for n workers in a tree of 2^⌈log₂ n⌉ leaves: spread by bit reversal, so that leaves without a home
 * never stand side by side, and in ascending order, so that neighbours in the caller's order become siblings.
 */
export function homeLeaves(workers: number): { leaves: number; homes: number[] } {
  const depth = Math.ceil(Math.log2(Math.max(1, workers)))
  const homes = Array.from({ length: workers }, (_, i) => reverseBits(i, depth)).sort((one, other) => one - other)
  return { leaves: 2 ** depth, homes }
}

function leavesOf(tree: NestedTree, node: TreeNode): number[] {
  let first = node
  let last = node
  while (first < tree.leaves.length) {
    first = 2 * first
    last = 2 * last + 1
  }
  return Array.from({ length: last - first + 1 }, (_, i) => first + i - tree.leaves.length)
}

function reverseBits(value: number, bits: number): number {
  let reversed = 0
  for (let bit = 0; bit < bits; bit++) if (value & (1 << bit)) reversed |= 1 << (bits - 1 - bit)
  return reversed
}
