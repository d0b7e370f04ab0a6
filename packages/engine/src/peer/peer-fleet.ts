// Peers that talk to each other on a network of a test's making: messages take their time, get lost, come twice or out of
// order; peers die. Test support; it carries out effects with plain numbers for estimates.

import { edgeKey, edgeOf, type Graph } from '@muster/strategies'
import type { Arrangement, IterationName, PeerRules } from '@muster/vocabulary'
import { stepPeer } from './peer-machine.ts'
import { type PeerEffect, type PeerEvent, type PeerMachine, startPeer } from './peer-state.ts'

export interface PeerFleetSettings {
  readonly graph: Graph
  readonly rules?: Partial<PeerRules>
  /** What a peer's step takes. */
  stepMs(peer: string, draw: number): number
  /** On the way to a neighbour, of each copy that arrives: [] is lost, two numbers come twice. */
  delays?(from: string, to: string): readonly number[]
}

/** A row of the mixing matrix, as it was used. */
export interface Mixed extends IterationName {
  readonly peer: string
  readonly at: number
  readonly own: number
  readonly weights: ReadonlyMap<string, number>
}

export const usualRules: PeerRules = {
  decider: 'peers',
  unfinished: 'carry-over',
  order: 'ATC',
  links: 'direct',
  patienceMs: 1e6,
  heartBeatMs: 1e6,
}

type Happening = { readonly at: number; readonly order: number; readonly peer: string; readonly event: BareEvent }
type BareEvent = PeerEvent extends infer E ? (E extends { at: number } ? Omit<E, 'at'> : never) : never

export function createPeerFleet(settings: PeerFleetSettings) {
  const { delays = () => [0] } = settings
  const rules = { ...usualRules, ...settings.rules }
  const peers = new Map<string, PeerMachine>()
  const dead = new Set<string>()
  const queue: Happening[] = []
  const mixed: Mixed[] = []
  /** w, w̃ and the w̃ that are on their way or have come, by name. */
  const estimates = new Map<string, number>()
  const stepped = new Map<string, number>()
  const sent = new Map<string, number>()
  const computing = new Map<string, number>()
  let now = 0
  let order = 0
  let words = 0
  const key = (peer: string, { generation, iteration }: IterationName) => `${peer} ${generation} ${iteration}`

  function push(after: number, peer: string, event: BareEvent): void {
    queue.push({ at: now + after, order: order++, peer, event })
  }

  function tell(peer: string, event: BareEvent): void {
    if (dead.has(peer)) return
    const [next, effects] = stepPeer(peers.get(peer)!, { ...event, at: now } as PeerEvent)
    peers.set(peer, next)
    for (const effect of effects) perform(peer, effect)
  }

  function perform(peer: string, effect: PeerEffect): void {
    switch (effect.type) {
      case 'compute-step': {
        const begun = (computing.get(peer) ?? 0) + 1
        computing.set(peer, begun)
        const ms = settings.stepMs(peer, effect.draw)
        return push(ms, peer, { type: 'step-computed', ms, begun } as BareEvent)
      }
      case 'abandon-step':
        computing.set(peer, (computing.get(peer) ?? 0) + 1)
        return
      case 'say':
        for (const to of effect.to) send(peer, to, { type: 'heard', from: peer, word: effect.word })
        return
      case 'send-estimate': {
        const { estimate } = effect
        if (estimate.purpose === 'mix' && !sent.has(key(peer, estimate)))
          sent.set(key(peer, estimate), stepped.get(peer) ?? 0)
        for (const to of effect.to) send(peer, to, { type: 'estimate-arrived', from: peer, estimate })
        return
      }
      case 'mix': {
        const { name, own, terms } = effect
        const value = terms.reduce(
          (sum, { from, weight }) => sum + weight * sent.get(key(from, name))!,
          own * (stepped.get(peer) ?? 0),
        )
        estimates.set(peer, value)
        mixed.push({ ...name, peer, at: now, own, weights: new Map(terms.map(({ from, weight }) => [from, weight])) })
        return
      }
      case 'adopt-estimate':
        estimates.set(peer, estimates.get(effect.from) ?? 0)
        return
      case 'set-timer':
        return push(effect.at - now, peer, { type: 'timer-fired' })
    }
  }

  function send(from: string, to: string, event: BareEvent): void {
    words++
    for (const delay of delays(from, to)) push(delay, to, event)
  }

  function arrangeTo(graph: Graph, generation: number, sources: readonly string[] = []): void {
    for (const name of graph.peers) {
      if (!peers.has(name)) peers.set(name, startPeer(name))
      const { peers: all, edges } = graph
      const word: Arrangement = {
        type: 'arranged',
        generation,
        peers: all,
        edges,
        partitions: [0],
        iterationsBefore: 0,
        keepsEstimate: true,
        sources,
        rules,
      }
      push(0, name, { type: 'told', word })
    }
  }

  function begin(name: string, value = 0): void {
    estimates.set(name, value)
    push(0, name, { type: 'model-loaded' })
    push(0, name, { type: 'estimate-asked', lease: { lease: 1 as never, generation: 1, iteration: 1e9 }, rate: 1 })
  }

  /** The next happening; false: there is none. */
  function happen(): boolean {
    if (queue.length === 0) return false
    let first = 0
    for (let i = 1; i < queue.length; i++) {
      const [one, other] = [queue[i]!, queue[first]!]
      if (one.at < other.at || (one.at === other.at && one.order < other.order)) first = i
    }
    const [{ at, peer, event }] = queue.splice(first, 1) as [Happening]
    now = at
    if (event.type === 'step-computed') {
      if ((event as unknown as { begun: number }).begun !== computing.get(peer)) return true
      // Plain numbers: a step adds one.
      stepped.set(peer, (estimates.get(peer) ?? 0) + 1)
    }
    tell(peer, event)
    return true
  }

  arrangeTo(settings.graph, 1)
  for (const name of settings.graph.peers) begin(name)

  return {
    /** Plays until every living peer has mixed so often, or so many things have happened. */
    play(until: (fleet: { readonly mixed: readonly Mixed[] }) => boolean, happeningsMax = 200_000): void {
      for (let i = 0; i < happeningsMax && !until({ mixed }); i++) if (!happen()) return
    },
    arrangeTo,
    begin,
    die: (name: string) => void dead.add(name),
    tell,
    mixed,
    estimates,
    peer: (name: string) => peers.get(name)!,
    get now() {
      return now
    },
    get words() {
      return words
    },
  }
}

/** E(k) by iteration: the keys of edges over which either end has mixed, and from how many ends. */
export function activeEdges(mixed: readonly Mixed[], generation = 1): Map<number, Map<string, number>> {
  const byIteration = new Map<number, Map<string, number>>()
  for (const { generation: of, iteration, peer, weights } of mixed) {
    if (of !== generation) continue
    const edges = byIteration.get(iteration) ?? new Map<string, number>()
    for (const other of weights.keys()) {
      const edge = edgeKey(edgeOf(peer, other))
      edges.set(edge, (edges.get(edge) ?? 0) + 1)
    }
    byIteration.set(iteration, edges)
  }
  return byIteration
}
