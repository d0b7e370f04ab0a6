import { randomStream } from '@muster/numerics'
import {
  edgeKey,
  type Graph,
  peerFinished,
  randomGraphByChance,
  spanningTree,
  startThreshold,
} from '@muster/strategies'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { activeEdges, createPeerFleet, type Mixed } from './peer-fleet.ts'
import { stepPeer } from './peer-machine.ts'

const named = (n: number) => Array.from({ length: n }, (_, i) => `p${i}`)
const seed = fc.nat(1_000_000)
const drawnMs = (key: number) => (peer: string, draw: number) =>
  1 + randomStream('peer-steps', key, peer, draw).exponential()

/** The same trace under one arbiter: E(k) by iteration, work carried over. */
function arbitrated(graph: Graph, key: number, iterations: number): string[][] {
  const stepMs = drawnMs(key)
  let state = startThreshold(graph)
  const endsAt = new Map(graph.peers.map(peer => [peer, stepMs(peer, 0)]))
  const active: string[][] = []
  while (active.length < iterations) {
    const [peer, at] = [...endsAt].reduce((one, other) => (other[1] < one[1] ? other : one))
    endsAt.set(peer, Infinity)
    const [next, advance] = peerFinished(state, peer)
    state = next
    if (advance === null) continue
    active.push(advance.active.map(edgeKey).sort())
    for (const one of advance.finished) endsAt.set(one, at + stepMs(one, state.iteration))
  }
  return active
}

describe('peers among themselves', () => {
  test('[PEER1] where messages take no time: the same active edges as under one arbiter, on 1,000 traces', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), seed, (n, key) => {
        const graph = randomGraphByChance(named(n), 0.5, key)
        const fleet = createPeerFleet({ graph, stepMs: drawnMs(key) })
        fleet.play(({ mixed }) => mixed.some(({ iteration }) => iteration > 12))
        const found = activeEdges(fleet.mixed)
        arbitrated(graph, key, 12).forEach((edges, k) => {
          expect([...(found.get(k)?.keys() ?? [])].sort()).toEqual(edges)
        })
      }),
      { numRuns: 1000 },
    )
  })

  const slowNetwork = (key: number, { lost = 0, doubled = 0 } = {}) => {
    const draw = randomStream('peer-network', key)
    return () => {
      if (draw.uniform() < lost) return []
      const delay = () => 0.3 * draw.exponential()
      return draw.uniform() < doubled ? [delay(), delay()] : [delay()]
    }
  }

  test('[PEER2] messages that take their time and overtake each other: both ends of every edge agree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), seed, (n, key) => {
        const graph = randomGraphByChance(named(n), 0.5, key)
        const tree = new Set(spanningTree(graph).map(edgeKey))
        const fleet = createPeerFleet({ graph, stepMs: drawnMs(key), delays: slowNetwork(key) })
        fleet.play(({ mixed }) => mixed.some(({ iteration }) => iteration > 20))
        const last = Math.min(...graph.peers.map(peer => fleet.peer(peer).iteration))
        expect(last).toBeGreaterThan(10)
        for (const [iteration, edges] of activeEdges(fleet.mixed)) {
          if (iteration >= last) continue
          for (const ends of edges.values()) expect(ends).toBe(2)
          expect([...edges.keys()].some(edge => tree.has(edge))).toBe(true)
        }
        expectSymmetric(fleet.mixed, last)
      }),
      { numRuns: 300 },
    )
  })

  test('[D4] every epoch has every edge of the tree active, with messages that take their time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), seed, (n, key) => {
        const graph = randomGraphByChance(named(n), 0.5, key)
        const fleet = createPeerFleet({ graph, stepMs: drawnMs(key), delays: slowNetwork(key) })
        fleet.play(({ mixed }) => mixed.some(({ iteration }) => iteration > 60))
        const edges = [...activeEdges(fleet.mixed)].filter(([iteration]) => iteration < 60).map(([, set]) => set)
        for (const edge of spanningTree(graph).map(edgeKey))
          expect(edges.filter(set => set.has(edge)).length).toBeGreaterThan(60 / (3 * n))
      }),
      { numRuns: 60 },
    )
  })

  test('[PEER3] messages get lost, come twice, out of order: they go on, and what is torn is said', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 7 }), seed, (n, key) => {
        const graph = randomGraphByChance(named(n), 0.5, key)
        const delays = slowNetwork(key, { lost: 0.05, doubled: 0.05 })
        const fleet = createPeerFleet({ graph, rules: { patienceMs: 4 }, stepMs: drawnMs(key), delays })
        fleet.play(({ mixed }) => graph.peers.every(peer => mixed.some(of => of.peer === peer && of.iteration >= 25)))
        for (const peer of graph.peers) expect(fleet.peer(peer).iteration).toBeGreaterThanOrEqual(25)
      }),
      { numRuns: 100 },
    )
  })

  test('[D5] a peer dies on the tree and nobody says so: the others go on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 7 }), seed, (n, key) => {
        const graph = randomGraphByChance(named(n), 0.5, key)
        const dead = named(n)[key % n]!
        const fleet = createPeerFleet({
          graph,
          rules: { patienceMs: 4 },
          stepMs: drawnMs(key),
          delays: slowNetwork(key),
        })
        fleet.play(({ mixed }) => mixed.length > 5 * n)
        fleet.die(dead)
        const before = Math.max(...graph.peers.map(peer => fleet.peer(peer).iteration))
        const living = graph.peers.filter(peer => peer !== dead)
        fleet.play(({ mixed }) =>
          living.every(peer => mixed.some(of => of.peer === peer && of.iteration >= before + 10)),
        )
        for (const peer of living) expect(fleet.peer(peer).iteration).toBeGreaterThanOrEqual(before + 10)
      }),
      { numRuns: 60 },
    )
  })

  test('[D5] arranged anew without the dead one they are as fast as before, on a tree of their own', () => {
    const graph = randomGraphByChance(named(6), 0.5, 7)
    const fleet = createPeerFleet({ graph, rules: { patienceMs: 1e6 }, stepMs: drawnMs(7), delays: slowNetwork(7) })
    fleet.play(({ mixed }) => mixed.length > 60)
    fleet.die('p0')
    const left = randomGraphByChance(named(6).slice(1), 0.5, 8)
    fleet.arrangeTo(left, 2)
    fleet.play(({ mixed }) => mixed.filter(({ generation }) => generation === 2).length > 60)
    const second = fleet.mixed.filter(({ generation }) => generation === 2)
    expect(second.length).toBeGreaterThan(60)
    expect(second.flatMap(({ weights }) => [...weights.keys()])).not.toContain('p0')
  })

  test('[PEER4] two halves that lost each other meet again: one iteration, one epoch', () => {
    const graph: Graph = {
      peers: named(4),
      edges: [
        ['p0', 'p1'],
        ['p1', 'p2'],
        ['p2', 'p3'],
      ],
    }
    const draw = randomStream('halves')
    let isApart = false
    const sideOf = (peer: string) => (peer < 'p2' ? 0 : 1)
    const delays = (from: string, to: string) =>
      isApart && sideOf(from) !== sideOf(to) ? [] : [0.2 * draw.exponential()]
    const fleet = createPeerFleet({ graph, rules: { patienceMs: 3 }, stepMs: drawnMs(3), delays })
    const reach = (iteration: number) =>
      fleet.play(({ mixed }) =>
        graph.peers.every(peer => mixed.some(of => of.peer === peer && of.iteration >= iteration)),
      )
    reach(10)
    isApart = true
    reach(30)
    isApart = false
    reach(60)
    const across = [...activeEdges(fleet.mixed)].filter(([iteration, edges]) => iteration > 35 && edges.has('p1 p2'))
    expect(across.length).toBeGreaterThan(2)
  })

  test('[PEER5] who joins begins with a neighbour’s estimate; who has one keeps it', () => {
    const graph: Graph = {
      peers: named(3),
      edges: [
        ['p0', 'p1'],
        ['p1', 'p2'],
      ],
    }
    const fleet = createPeerFleet({ graph, rules: { patienceMs: 5 }, stepMs: drawnMs(5), delays: slowNetwork(5) })
    fleet.play(({ mixed }) => mixed.length > 30)
    const of = fleet.estimates.get('p2')!
    expect(of).toBeGreaterThan(5)
    fleet.arrangeTo({ peers: [...named(3), 'p3'], edges: [...graph.edges, ['p2', 'p3']] }, 2, ['p0', 'p1', 'p2'])
    fleet.tell('p3', { type: 'estimate-asked', lease: { lease: 1 as never, generation: 2, iteration: 1e9 }, rate: 1 })
    fleet.play(({ mixed }) => mixed.some(({ peer }) => peer === 'p3'))
    expect(fleet.estimates.get('p3')).toBeGreaterThan(of - 1)
  })

  test('[D6] where all have finished when the iteration ends, all edges are active, as in cb-Full', () => {
    const slow = (peer: string) => (peer === 'p0' ? 1.01 : 1)
    const star: Graph = {
      peers: named(5),
      edges: named(5)
        .slice(1)
        .map(peer => ['p0', peer] as const),
    }
    const fleet = createPeerFleet({ graph: star, stepMs: slow })
    fleet.play(({ mixed }) => mixed.length > 50)
    for (const [iteration, edges] of activeEdges(fleet.mixed)) if (iteration < 9) expect(edges.size).toBe(4)
  })

  test('[PEER6] one neighbour alone pushes nobody far ahead; two are believed', () => {
    const graph: Graph = {
      peers: named(4),
      edges: [
        ['p0', 'p1'],
        ['p1', 'p2'],
        ['p1', 'p3'],
      ],
    }
    const fleet = createPeerFleet({ graph, stepMs: () => 1 })
    fleet.play(({ mixed }) => mixed.length > 20)
    const { iteration } = fleet.peer('p1')
    const push = (from: string, ahead: number) =>
      fleet.tell('p1', {
        type: 'heard',
        from,
        word: { type: 'iteration-over', generation: 1, iteration: iteration + ahead },
      })
    for (let i = 0; i < 50; i++) push('p0', 90_000 + i)
    expect(fleet.peer('p1').iteration).toBeLessThan(iteration + 10)
    push('p2', 500)
    fleet.play(() => fleet.peer('p1').iteration > iteration + 400, 500)
    expect(fleet.peer('p1').iteration).toBeGreaterThan(iteration + 400)
    expect(fleet.peer('p1').iteration).toBeLessThan(iteration + 600)
  })

  test('[PEER6] an estimate is not said again without end, however often it is asked for', () => {
    const graph: Graph = { peers: named(2), edges: [['p0', 'p1']] }
    const fleet = createPeerFleet({ graph, stepMs: () => 1 })
    fleet.play(({ mixed }) => mixed.length > 20)
    const before = fleet.words
    for (let i = 0; i < 1000; i++)
      fleet.tell('p0', { type: 'heard', from: 'p1', word: { type: 'estimate-wanted', generation: 1 } })
    expect(fleet.words - before).toBeLessThanOrEqual(3)
  })

  test('told of an earlier arrangement it says what it knows; told to give up its estimate it begins anew', () => {
    const graph: Graph = { peers: named(2), edges: [['p0', 'p1']] }
    const fleet = createPeerFleet({ graph, stepMs: () => 1 })
    fleet.arrangeTo(graph, 7, ['p0', 'p1'])
    fleet.play(({ mixed }) => mixed.length > 20)
    const peer = fleet.peer('p1')
    const again = { ...peer.arrangement!, generation: 3, keepsEstimate: false }
    const [same, effects] = stepPeer(peer, { at: fleet.now, type: 'told', word: again })
    expect(same.arrangement!.generation).toBe(7)
    const { iterationsSeen: iterations } = peer
    expect(effects).toContainEqual({ type: 'report', report: { type: 'standing', iterations, generation: 7 } })
    const [anew, later] = stepPeer(peer, { at: fleet.now, type: 'told', word: { ...again, generation: 8 } })
    expect(anew).toMatchObject({ hasEstimate: false, step: 'none' })
    expect(later).toContainEqual({
      type: 'say',
      to: ['p0'],
      word: { type: 'estimate-wanted', generation: 8 },
    })
  })

  test('whose numbers are none any more begins with a neighbour’s estimate', () => {
    const graph: Graph = {
      peers: named(3),
      edges: [
        ['p0', 'p1'],
        ['p1', 'p2'],
      ],
    }
    const fleet = createPeerFleet({ graph, stepMs: drawnMs(5) })
    fleet.play(({ mixed }) => mixed.length > 20)
    fleet.arrangeTo(graph, 2, ['p0', 'p1', 'p2'])
    fleet.play(({ mixed }) => mixed.filter(({ generation }) => generation === 2).length > 10)
    const at = fleet.mixed.length
    fleet.estimates.set('p0', Number.NaN)
    fleet.tell('p0', { type: 'estimate-broken' })
    fleet.play(({ mixed }) => mixed.slice(at).filter(({ peer }) => peer === 'p0').length > 4)
    for (const peer of graph.peers) expect(fleet.estimates.get(peer)).toBeGreaterThan(5)
  })

  test('[PEER6] a hostile neighbour: what it may not say changes nothing', () => {
    const graph: Graph = {
      peers: named(3),
      edges: [
        ['p0', 'p1'],
        ['p1', 'p2'],
      ],
    }
    const fleet = createPeerFleet({ graph, stepMs: () => 1 })
    fleet.play(({ mixed }) => mixed.length > 20)
    const before = fleet.peer('p1')
    const name = { generation: 1, iteration: before.iteration }
    const of = (from: string, word: object) => {
      fleet.tell('p1', { type: 'heard', from, word: word as never })
      return fleet.peer('p1')
    }
    // A stranger; of an edge that it does not keep; an impossible iteration; another arrangement, without end.
    expect(of('p9', { type: 'iteration-over', ...name })).toEqual(before)
    expect(of('p2', { type: 'edge-decided', ...name, isActive: true }).decided.p2).toBeUndefined()
    expect(of('p0', { type: 'iteration-over', generation: 1, iteration: 2 ** 40 }).iteration).toBeLessThan(1000)
    for (let i = 0; i < 5000; i++) of('p0', { type: 'step-finished', generation: 9, iteration: i })
    expect(fleet.peer('p1').early.length).toBeLessThanOrEqual(64)
    for (let i = 0; i < 50; i++)
      fleet.tell('p1', {
        type: 'estimate-arrived',
        from: 'p0',
        estimate: { generation: 1, iteration: before.iteration + 5 + i, purpose: 'mix', degree: 1 },
      })
    expect(fleet.peer('p1').arrived.length).toBeLessThanOrEqual(4)
  })
})

/** P(k) as it was used: symmetric, rows and columns sum to one, what is left for oneself above 0. */
function expectSymmetric(mixed: readonly Mixed[], before: number): void {
  const rows = new Map(mixed.map(row => [`${row.iteration} ${row.peer}`, row]))
  for (const { iteration, peer, own, weights } of mixed) {
    if (iteration >= before) continue
    expect(own).toBeGreaterThan(0)
    expect([...weights.values()].reduce((sum, weight) => sum + weight, own)).toBeCloseTo(1, 12)
    for (const [other, weight] of weights) expect(rows.get(`${iteration} ${other}`)!.weights.get(peer)).toBe(weight)
  }
}
