import { randomStream } from '@muster/numerics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  completeGraph,
  type Edge,
  edgeKey,
  type Graph,
  isConnected,
  randomGraph,
  randomGraphByChance,
  ringGraph,
  spanningTree,
  treeAndMore,
} from './graph.ts'
import { metropolisWeights } from './metropolis.ts'
import { type Advance, backupsOf, changeGraph, peerFinished, startThreshold } from './threshold-rule.ts'

const named = (n: number) => Array.from({ length: n }, (_, i) => `p${i}`)
const size = fc.integer({ min: 1, max: 14 })
const seed = fc.nat(100_000)

describe('graphs', () => {
  test('whatever the kind and the size: connected, each edge once and between two', () => {
    fc.assert(
      fc.property(size, seed, fc.integer({ min: 0, max: 6 }), (n, key, more) => {
        const peers = named(n)
        const graphs = [
          completeGraph(peers),
          ringGraph(peers),
          treeAndMore(peers, more, key),
          randomGraph(peers, more, key),
          randomGraphByChance(peers, 0.5, key),
        ]
        for (const graph of graphs) {
          expect(isConnected(graph)).toBe(true)
          expect(new Set(graph.edges.map(edgeKey)).size).toBe(graph.edges.length)
          for (const [one, other] of graph.edges) expect(one < other).toBe(true)
          expect(spanningTree(graph).length).toBe(n - 1)
        }
      }),
    )
  })

  test('a tree and more has as many edges as that, and a degree is kept in the mean', () => {
    expect(treeAndMore(named(10), 4, 1).edges.length).toBe(13)
    expect(treeAndMore(named(3), 99, 1).edges.length).toBe(3)
    expect((2 * randomGraph(named(20), 4, 1).edges.length) / 20).toBe(4)
    expect(isConnected({ peers: named(3), edges: [['p0', 'p1']] })).toBe(false)
    expect(() => randomGraphByChance(named(3), 0)).toThrow(RangeError)
  })
})

describe('Metropolis weights', () => {
  test('[D1] symmetric, rows and columns sum to one, the own weight above 0: whatever is active', () => {
    fc.assert(
      fc.property(size, seed, (n, key) => {
        const peers = named(n)
        const draw = randomStream('active', key)
        const active = completeGraph(peers).edges.filter(() => draw.uniform() < 0.4)
        const weights = metropolisWeights(peers, active)
        for (const peer of peers) {
          const row = weights.get(peer)!
          expect([...row.values()].reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
          expect(row.get(peer)).toBeGreaterThan(0)
          for (const [other, weight] of row) expect(weights.get(other)!.get(peer)).toBe(weight)
        }
      }),
    )
  })

  test('[D2] mixing keeps the mean', () => {
    fc.assert(
      fc.property(size, seed, (n, key) => {
        const peers = named(n)
        const draw = randomStream('mixed', key)
        const values = new Map(peers.map(peer => [peer, draw.normal()]))
        const active = completeGraph(peers).edges.filter(() => draw.uniform() < 0.5)
        const mixed = [...metropolisWeights(peers, active).values()].map(row =>
          [...row].reduce((sum, [other, weight]) => sum + weight * values.get(other)!, 0),
        )
        const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / n
        expect(mean(mixed)).toBeCloseTo(mean([...values.values()]), 12)
      }),
    )
  })
})

/** Iterations of peers that compute for so long each, work carried over; the arbiter hears at once. */
function play(graph: Graph, iterations: number, timeOf: (peer: string, begun: number) => number) {
  let state = startThreshold(graph)
  let now = 0
  const begun = new Map(graph.peers.map(peer => [peer, 0]))
  const endsAt = new Map(graph.peers.map(peer => [peer, timeOf(peer, 0)]))
  const advances: (Advance & { readonly ms: number; readonly longest: number })[] = []
  let since = 0
  while (advances.length < iterations) {
    const [peer, at] = [...endsAt].reduce((one, other) => (other[1] < one[1] ? other : one))
    now = at
    // Until it goes on it has nothing left to finish.
    endsAt.set(peer, Infinity)
    const [next, advance] = peerFinished(state, peer)
    state = next
    if (advance === null) continue
    // What cb-Full would wait for: everybody, from the work they have in hand.
    const longest = Math.max(now, ...[...endsAt.values()].filter(Number.isFinite))
    advances.push({ ...advance, ms: now - since, longest: longest - since })
    since = now
    for (const one of advance.finished) {
      begun.set(one, begun.get(one)! + 1)
      endsAt.set(one, now + timeOf(one, begun.get(one)!))
    }
  }
  return advances
}

describe('the threshold rule', () => {
  const drawn = (key: number) => {
    const draws = (peer: string, k: number) => 1 + randomStream('times', key, peer, k).exponential()
    return draws
  }

  test('[D3] no iteration lasts longer than waiting for everybody would; active edges have both ends finished', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), seed, (n, key) => {
        const graph = randomGraphByChance(named(n), 0.5, key)
        for (const { ms, longest, active, finished } of play(graph, 40, drawn(key))) {
          expect(ms).toBeLessThanOrEqual(longest)
          expect(active.length).toBeGreaterThan(0)
          for (const edge of active) for (const peer of edge) expect(finished).toContain(peer)
        }
      }),
    )
  })

  test('[D4] each epoch has every edge of the tree active, in as many iterations as the tree has edges at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), seed, (n, key) => {
        const graph = randomGraphByChance(named(n), 0.5, key)
        const tree = spanningTree(graph)
        let seen = new Set<string>()
        let iterations = 0
        for (const { active, endsEpoch } of play(graph, 80, drawn(key))) {
          iterations++
          for (const edge of active) seen.add(edgeKey(edge))
          expect(iterations).toBeLessThanOrEqual(tree.length)
          if (!endsEpoch) continue
          expect(tree.every(edge => seen.has(edgeKey(edge)))).toBe(true)
          seen = new Set()
          iterations = 0
        }
      }),
    )
  })

  test('[D5] a peer dies on the tree, whenever: the others go on, on a tree of their own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 8 }), seed, fc.nat(20), (n, key, events) => {
        const draw = randomStream('deaths', key)
        let state = startThreshold(randomGraphByChance(named(n), 0.5, key))
        const finish = (peers: readonly string[]) => {
          const [next, advance] = peerFinished(state, peers[draw.integer(peers.length)]!)
          state = next
          return advance
        }
        for (let i = 0; i < events; i++) finish(state.graph.peers)
        const dead = named(n)[draw.integer(n)]!
        const living = named(n).filter(peer => peer !== dead)
        const [next] = changeGraph(state, randomGraphByChance(living, 0.5, key))
        state = next
        const advances: Advance[] = []
        for (let i = 0; i < 400 && advances.length < 5; i++) {
          const advance = finish(living)
          if (advance) advances.push(advance)
        }
        expect(advances.length).toBe(5)
        expect(advances.flatMap(({ active }) => active.flat())).not.toContain(dead)
      }),
    )
  })

  test('the last one who is left goes on alone', () => {
    const [alone] = changeGraph(startThreshold(completeGraph(named(3))), { peers: ['p1'], edges: [] })
    const [, advance] = peerFinished(alone, 'p1')
    expect(advance).toEqual({ iteration: 0, active: [], finished: ['p1'], endsEpoch: true })
  })

  test('[D6] where all finish together, all edges are active: the rule waits for nobody in vain', () => {
    // The last of them is heard last; before that the tree's first edge is done by chance only.
    const graph: Graph = { peers: ['p0', 'p1'], edges: [['p0', 'p1']] }
    for (const { active, finished } of play(graph, 10, () => 1)) {
      expect(active).toEqual(graph.edges)
      expect(finished.length).toBe(2)
    }
    const star: Graph = {
      peers: named(5),
      edges: named(5)
        .slice(1)
        .map((peer): Edge => ['p0', peer]),
    }
    // Its centre is the slowest: whoever waits for an edge waits for all.
    for (const { active } of play(star, 10, peer => (peer === 'p0' ? 2 : 1))) expect(active).toEqual(star.edges)
  })

  test('what is said twice, or by a stranger, changes nothing', () => {
    const state = startThreshold(completeGraph(named(3)))
    const [once] = peerFinished(state, 'p1')
    expect(peerFinished(once, 'p1')).toEqual([once, null])
    expect(peerFinished(once, 'p9')).toEqual([once, null])
    expect(backupsOf('p1', state.graph, [['p0', 'p1']])).toBe(1)
  })

  // Means over random graphs of edge probability ½, work carried over; cb-Full waits for the slowest fresh draw.
  test.each([
    { n: 6, law: 'exponential', least: 0.4 },
    { n: 10, law: 'exponential', least: 0.4 },
    { n: 10, law: 'pareto', least: 0.4 },
  ])('an iteration of $n peers is at least $least shorter than waiting for all, $law delays', ({ n, law, least }) => {
    const delay = (...key: (string | number)[]) => {
      const draw = randomStream('delay', law, ...key)
      return 1 + (law === 'exponential' ? draw.exponential() : 1 / Math.sqrt(1 - draw.uniform()))
    }
    let [dynamic, full] = [0, 0]
    for (let g = 0; g < 60; g++) {
      const graph = randomGraphByChance(named(n), 0.5, 'table', g)
      const advances = play(graph, 60, (peer, k) => delay(g, peer, k))
      dynamic += advances.reduce((sum, { ms }) => sum + ms, 0) / advances.length / 60
      for (let k = 0; k < 60; k++) full += Math.max(...graph.peers.map(peer => delay(g, peer, k))) / 60 / 60
    }
    expect(1 - dynamic / full).toBeGreaterThan(least)
  })
})
