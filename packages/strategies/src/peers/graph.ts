// Who talks to whom: undirected graphs of peers, connected. Plain data; every random one is a function of its key.

import { randomStream } from '@muster/numerics'

/** The lesser name first, so that an edge has one way to be written. */
export type Edge = readonly [string, string]

export interface Graph {
  readonly peers: readonly string[]
  /** Each once. */
  readonly edges: readonly Edge[]
}

type Key = readonly (string | number)[]

export const edgeOf = (one: string, other: string): Edge => (one < other ? [one, other] : [other, one])

export const edgeKey = ([one, other]: Edge): string => `${one} ${other}`

export const degreesOf = (peers: readonly string[], edges: readonly Edge[]): ReadonlyMap<string, number> => {
  const degrees = new Map(peers.map(peer => [peer, 0]))
  for (const peer of edges.flat()) degrees.set(peer, (degrees.get(peer) ?? 0) + 1)
  return degrees
}

function pairsOf(peers: readonly string[]): Edge[] {
  return peers.flatMap((one, i) => peers.slice(i + 1).map(other => edgeOf(one, other)))
}

export const completeGraph = (peers: readonly string[]): Graph => ({ peers, edges: pairsOf(peers) })

/** Of two peers one edge, of one none. */
export function ringGraph(peers: readonly string[]): Graph {
  const steps = peers.map((peer, i) => [peer, peers[(i + 1) % peers.length]!] as const)
  const edges = steps.filter(([one, other]) => one !== other).map(([one, other]) => edgeOf(one, other))
  return { peers, edges: distinct(edges) }
}

/** A random tree, and so many more edges, as far as there are any. */
export function treeAndMore(peers: readonly string[], more: number, ...key: Key): Graph {
  const draw = randomStream('peers', 'tree', ...key)
  const order = [...draw.permutation(peers.length)].map(i => peers[i]!)
  const tree = order.slice(1).map((peer, i) => edgeOf(peer, order[draw.integer(i + 1)]!))
  const rest = without(pairsOf(peers), tree)
  const extra = [...draw.permutation(rest.length)].slice(0, Math.max(0, more)).map(i => rest[i]!)
  return { peers, edges: [...tree, ...extra] }
}

/** Random and connected, with so many neighbours in the mean (at least those of a tree). */
export function randomGraph(peers: readonly string[], degree: number, ...key: Key): Graph {
  const wanted = Math.round((degree * peers.length) / 2)
  return treeAndMore(peers, wanted - (peers.length - 1), ...key)
}

/** Each edge with the same chance by itself; drawn anew until it is connected. @throws RangeError for a chance of 0 */
export function randomGraphByChance(peers: readonly string[], chance: number, ...key: Key): Graph {
  if (!(chance > 0 && chance <= 1)) throw new RangeError(`edges with a chance of ${chance} connect nobody`)
  for (let draw = 0; ; draw++) {
    const { uniform } = randomStream('peers', 'chance', draw, ...key)
    const graph = { peers, edges: pairsOf(peers).filter(() => uniform() < chance) }
    if (isConnected(graph)) return graph
  }
}

/** A tree of shortest ways from the first peer, over those that it reaches. */
export function spanningTree({ peers, edges }: Graph): Edge[] {
  const neighbours = new Map(peers.map(peer => [peer, [] as string[]]))
  for (const [one, other] of edges) {
    neighbours.get(one)!.push(other)
    neighbours.get(other)!.push(one)
  }
  const tree: Edge[] = []
  const reached = new Set(peers.slice(0, 1))
  // Grows while it is walked through: nearest first.
  for (const peer of reached) {
    for (const next of neighbours.get(peer)!) {
      if (reached.has(next)) continue
      reached.add(next)
      tree.push(edgeOf(peer, next))
    }
  }
  return tree
}

export const isConnected = (graph: Graph): boolean => spanningTree(graph).length >= graph.peers.length - 1

export function without(edges: readonly Edge[], gone: readonly Edge[]): Edge[] {
  const keys = new Set(gone.map(edgeKey))
  return edges.filter(edge => !keys.has(edgeKey(edge)))
}

const distinct = (edges: readonly Edge[]): Edge[] => [...new Map(edges.map(edge => [edgeKey(edge), edge])).values()]
