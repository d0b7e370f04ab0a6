// Metropolis weights on the edges that are active in an iteration (Xiao, Boyd and Lall 2005): symmetric, and rows and
// columns sum to one, so that mixing keeps the mean of all estimates.

import { degreesOf, type Edge } from './graph.ts'

/** By peer and neighbour; the peer's own weight under its own name. */
export type MixingWeights = ReadonlyMap<string, ReadonlyMap<string, number>>

/** P_ij = 1/(1 + max(p_i, p_j)) of an active edge. @param one p_i, active neighbours of one end @param other p_j */
export const metropolisWeight = (one: number, other: number): number => 1 / (1 + Math.max(one, other))

/** P over active edges; P_ii is what is left of one. */
export function metropolisWeights(peers: readonly string[], active: readonly Edge[]): MixingWeights {
  const degrees = degreesOf(peers, active)
  const rows = new Map(peers.map(peer => [peer, new Map<string, number>()]))
  for (const [one, other] of active) {
    const weight = metropolisWeight(degrees.get(one)!, degrees.get(other)!)
    rows.get(one)!.set(other, weight)
    rows.get(other)!.set(one, weight)
  }
  for (const [peer, row] of rows) row.set(peer, 1 - [...row.values()].reduce((sum, weight) => sum + weight, 0))
  return rows
}
