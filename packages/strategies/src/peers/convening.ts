// Who talks to whom: peers are arranged when somebody has come or gone, after a moment in which others may follow.

import type { Arrangement, Milliseconds, PeerEdge, WorkerId } from '@muster/vocabulary'
import { ownBlock, partitionsMax } from '../own-block.ts'
import { isMissing } from '../presence.ts'
import { changeSeat } from '../standing.ts'
import type { StrategyEffect } from '../strategy.ts'
import {
  completeGraph,
  edgeKey,
  type Graph,
  randomGraph,
  randomGraphByChance,
  ringGraph,
  spanningTree,
  treeAndMore,
} from './graph.ts'
import { type ConvenerRules, iterationsOf, type PeersState } from './peers-state.ts'
import { startThreshold } from './threshold-rule.ts'

/** Others who come at the same time are waited for so long, others who go so long. */
export const settleMs: Milliseconds = 500
export const regroupMs: Milliseconds = 50
/** Peers of a coordinator before this one go on by themselves, and come back one after the other. */
export const returnMs: Milliseconds = 6000

/** Who is there and can be waited for. */
export const presentPeers = ({ seats, fleet, settings }: PeersState, at: Milliseconds): WorkerId[] =>
  seats.flatMap(({ worker }, i) => (isMissing(fleet[i]!, at, settings.leaseMs) ? [] : [worker]))

/** Asks for a new arrangement where the present one is not of those who are there. */
export function noteMembership(state: PeersState, at: Milliseconds): PeersState {
  if (state.isPaused) return { ...state, arrangeAt: null }
  const present = presentPeers(state, at)
  const arranged = state.arranged?.peers ?? []
  const hasGone = arranged.some(peer => !present.includes(peer))
  const hasCome = state.seats.some(({ worker, isPlaced }) => !isPlaced && present.includes(worker))
  if (!hasGone && !hasCome) return { ...state, arrangeAt: null }
  const areReturning = state.generation === 0 && state.seats.some(({ hasEstimate }) => hasEstimate)
  const dueAt = at + (hasGone ? regroupMs : areReturning ? returnMs : settleMs)
  // Who comes says in its next word that it is no newcomer.
  const earlier = areReturning && !state.isReturn ? Infinity : (state.arrangeAt ?? Infinity)
  return { ...state, isReturn: areReturning, arrangeAt: Math.min(dueAt, earlier) }
}

/** The graph, everybody's shard, and where whoever has no estimate begins. */
export function arrangePeers(
  rules: ConvenerRules,
  state: PeersState,
  at: Milliseconds,
  effects: StrategyEffect[],
): PeersState {
  const peers = presentPeers(state, at).sort()
  const generation = Math.max(state.generation, state.generationHeardOf) + 1
  const graph = graphOf(rules, peers, generation)
  const edges: readonly PeerEdge[] = graph.edges
  const iterationsBefore = iterationsOf(state)
  const withEstimate = state.seats.flatMap(({ worker, hasEstimate }) => (hasEstimate ? [worker] : []))
  const { decider, unfinished, order, links, patienceMs } = rules
  peers.forEach((worker, place) => {
    const word: Arrangement = {
      type: 'arranged',
      generation,
      peers,
      edges,
      partitions: shardOf(rules, state.settings.partitions, place, peers.length),
      iterationsBefore,
      keepsEstimate: withEstimate.includes(worker),
      sources: withEstimate.filter(source => isEdge(edges, source, worker)),
      rules: { decider, unfinished, order, links, patienceMs, heartBeatMs: state.settings.leaseMs / 3 },
    }
    effects.push({ type: 'tell-peer', worker, word })
  })
  for (const { worker } of state.seats)
    if (!peers.includes(worker)) effects.push({ type: 'tell-peer', worker, word: { type: 'rest' } })
  const tree = new Set(spanningTree(graph).map(edgeKey))
  const begun: PeersState = {
    ...state,
    generation,
    arranged: {
      peers,
      edges,
      tree: edges.flatMap((edge, place) => (tree.has(edgeKey(edge)) ? [place] : [])),
      iterationsBefore,
      formerEdges: state.arranged?.edges ?? [],
    },
    arrangeAt: null,
    iteration: 0,
    arbiter: decider === 'coordinator' ? startThreshold(graph, rules.allBut) : null,
    decisions: [],
    decidedAt: at,
    told: [],
    picture: [],
    links: Object.fromEntries(Object.entries(state.links).filter(([peer]) => peers.includes(peer as WorkerId))),
  }
  // Whoever is silent is not part of it, and is told when it speaks again.
  const unplaced = { ...begun, seats: begun.seats.map(seat => ({ ...seat, isPlaced: false })) }
  return peers.reduce(
    (next, worker) => changeSeat(next, worker, seat => ({ ...seat, hasEstimate: true, isPlaced: true })),
    unplaced,
  )
}

const isEdge = (edges: readonly PeerEdge[], one: string, other: string): boolean =>
  edges.some(edge => edge.includes(one) && edge.includes(other) && one !== other)

function graphOf(
  { topology, degree, more, chance, graphSeed }: ConvenerRules,
  peers: readonly string[],
  generation: number,
): Graph {
  switch (topology) {
    case 'ring':
      return ringGraph(peers)
    case 'complete':
      return completeGraph(peers)
    case 'tree':
      return treeAndMore(peers, more, graphSeed, generation)
    case 'random':
      return randomGraph(peers, degree, graphSeed, generation)
    case 'by-chance':
      return randomGraphByChance(peers, chance, graphSeed, generation)
  }
}

/** An equal part of the data for each: neighbouring partitions, or every n-th. */
export function shardOf({ shard }: Pick<ConvenerRules, 'shard'>, k: number, place: number, peers: number): number[] {
  const { from, length } = ownBlock(k, place, peers)
  const size = Math.min(length, partitionsMax)
  if (shard === 'blocks' || peers >= k) return Array.from({ length: size }, (_, i) => (from + i) % k)
  return Array.from({ length: Math.ceil((k - place) / peers) }, (_, i) => place + i * peers).slice(0, partitionsMax)
}
