// Which peers wait for which (dynamic backup workers, arXiv 2102.06280): the threshold rule DTUR, with one arbiter who
// hears everybody finish, in the order in which it hears. An iteration ends when the first edge of the tree that the epoch
// still needs has both its ends finished; active are then all edges whose both ends are. Who is not finished carries its
// work over: it counts in the iteration in which it ends. When every edge of the tree has been active, a new epoch begins.
//
// The paper gives the rule; which tree it is (of shortest ways) and the carrying over are a reconstruction.

import { type Edge, edgeKey, type Graph, spanningTree, without } from './graph.ts'

export interface ThresholdState {
  readonly graph: Graph
  readonly tree: readonly Edge[]
  /** Of the tree, what this epoch still needs. */
  readonly needed: readonly Edge[]
  /** k */
  readonly iteration: number
  /** Whose own step of this iteration is done, in the order in which it was heard. */
  readonly finished: readonly string[]
  /** Instead of the rule: an iteration ends when all but so many have finished (0: cb-Full); null: the rule. */
  readonly allBut: number | null
}

/** The end of an iteration: those finished mix over the active edges and go on; the others have not noticed. */
export interface Advance {
  readonly iteration: number
  readonly active: readonly Edge[]
  readonly finished: readonly string[]
  readonly endsEpoch: boolean
}

export function startThreshold(graph: Graph, allBut: number | null = null): ThresholdState {
  const tree = spanningTree(graph)
  return { graph, tree, needed: tree, iteration: 0, finished: [], allBut }
}

/** A peer has finished its own step. To say so twice changes nothing. */
export function peerFinished(state: ThresholdState, peer: string): readonly [ThresholdState, Advance | null] {
  if (!state.graph.peers.includes(peer) || state.finished.includes(peer)) return [state, null]
  return advance({ ...state, finished: [...state.finished, peer] })
}

/**
 * Somebody left or joined: the epoch begins anew on the new graph, and what is finished stays finished. An iteration may
 * end by that alone; a peer by itself ends one whenever it finishes.
 */
export function changeGraph(state: ThresholdState, graph: Graph): readonly [ThresholdState, Advance | null] {
  const finished = state.finished.filter(peer => graph.peers.includes(peer))
  return advance({ ...startThreshold(graph, state.allBut), iteration: state.iteration, finished })
}

/** Patience is lost: the iteration ends with whoever has finished. */
export const forceAdvance = (state: ThresholdState): readonly [ThresholdState, Advance | null] =>
  state.finished.length === 0 ? [state, null] : end(state)

const isDone =
  ({ finished }: ThresholdState) =>
  ([one, other]: Edge) =>
    finished.includes(one) && finished.includes(other)

function advance(state: ThresholdState): readonly [ThresholdState, Advance | null] {
  const { graph, tree, needed, finished, allBut } = state
  if (finished.length === 0) return [state, null]
  if (allBut !== null) return finished.length >= graph.peers.length - allBut ? end(state) : [state, null]
  // One peer alone has no edge to wait for.
  return tree.length === 0 || needed.some(isDone(state)) ? end(state) : [state, null]
}

function end(state: ThresholdState): readonly [ThresholdState, Advance] {
  const { graph, tree, needed, iteration, finished } = state
  const active = graph.edges.filter(isDone(state))
  const left = without(needed, active)
  const endsEpoch = left.length === 0
  const next = { ...state, iteration: iteration + 1, finished: [], needed: endsEpoch ? tree : left }
  return [next, { iteration, active, finished, endsEpoch }]
}

/** b: neighbours that a peer did not wait for. */
export const backupsOf = (peer: string, { edges }: Graph, active: readonly Edge[]): number => {
  const keys = new Set(active.map(edgeKey))
  return edges.filter(edge => edge.includes(peer) && !keys.has(edgeKey(edge))).length
}
