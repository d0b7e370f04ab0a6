// Made-up iterations of peers without a centre: an iteration ends when a link that the epoch's tree still needs has both
// its ends finished. Two of the peers are slow, and one is slow for a while only.

import type { PanelGraph } from '@muster/protocol'
import { noise } from './run-story.ts'

type Edge = PanelGraph['edges'][number]

export interface Iteration {
  readonly iteration: number
  readonly ms: number
  /** Places of the links that were waited for. */
  readonly active: readonly number[]
  /** By peer: neighbours that were not waited for. */
  readonly backups: readonly number[]
  readonly consensus: number
}

export const peerId = (index: number): string =>
  Math.floor((0.07 + 0.92 * noise(index + 900)) * 2 ** 48)
    .toString(16)
    .padStart(12, '0')

/** A ring, and as many chords again for every second peer; links of the newest are not known yet. */
export function linksOf(count: number): readonly Edge[] {
  const pairs = new Map<string, readonly [number, number]>()
  const link = (one: number, other: number): void => {
    const pair = [Math.min(one, other), Math.max(one, other)] as const
    if (one !== other) pairs.set(pair.join(), pair)
  }
  for (let peer = 0; peer < count; peer++) link(peer, (peer + 1) % count)
  const chords = Math.floor(count * (count > 12 ? 1.1 : 0.75))
  for (let at = 0; at < chords; at++) link((at * 3) % count, Math.floor(noise(at * 17 + 3) * count))
  const edges = [...pairs.values()]
  const tree = treeOf(count, edges)
  return edges.map(([one, other], at) => ({
    one: peerId(one),
    other: peerId(other),
    isOfTree: tree.has(at),
    link: other === count - 1 && one > 0 ? 'unknown' : noise(at * 5 + 2) > 0.74 ? 'relayed' : 'direct',
  }))
}

/** Of shortest ways from the first peer. */
function treeOf(count: number, edges: readonly (readonly [number, number])[]): ReadonlySet<number> {
  const tree = new Set<number>()
  const reached = new Set(count > 0 ? [0] : [])
  for (const peer of reached) {
    edges.forEach((edge, at) => {
      const next = edge[0] === peer ? edge[1] : edge[1] === peer ? edge[0] : peer
      if (reached.has(next)) return
      reached.add(next)
      tree.add(at)
    })
  }
  return tree
}

/** The same every time; as many as are asked for, computed once. */
export function iterationsOf(count: number, links: readonly Edge[]): (iteration: number) => Iteration {
  const peers = Array.from({ length: count }, (_, index) => index)
  const place = new Map(peers.map(index => [peerId(index), index]))
  const ends = links.map(({ one, other }) => [place.get(one)!, place.get(other)!] as const)
  const tree = links.flatMap(({ isOfTree }, at) => (isOfTree ? [at] : []))
  const isSlow = (peer: number, iteration: number): boolean =>
    count > 2 && (peer % 8 === 5 || (peer % 8 === 2 && iteration % 60 > 38))
  const msOf = (peer: number, step: number): number =>
    (isSlow(peer, step) ? 150 : 52) * (0.7 + 0.7 * noise(peer * 41 + step * 1.7))
  const done: Iteration[] = []
  const readyAt = peers.map(peer => msOf(peer, 0))
  let needed = new Set(tree)
  let now = 0

  function next(): Iteration {
    const iteration = done.length + 1
    const endOf = (at: number): number => Math.max(readyAt[ends[at]![0]]!, readyAt[ends[at]![1]]!)
    const end = Math.max(
      now + 34,
      needed.size > 0 ? Math.min(...[...needed].map(endOf)) : Math.min(now + 60, ...readyAt),
    )
    const active = links.flatMap((_, at) => (endOf(at) <= end ? [at] : []))
    for (const at of active) needed.delete(at)
    if (needed.size === 0) needed = new Set(tree)
    const backups = peers.map(peer => ends.filter((edge, at) => edge.includes(peer) && !active.includes(at)).length)
    // Who is not finished carries its work over.
    for (const peer of peers) if (readyAt[peer]! <= end) readyAt[peer] = end + msOf(peer, iteration)
    const consensus = (0.9 * Math.exp(-iteration / 90) + 0.06) * (0.7 + 0.6 * noise(iteration * 3))
    const told = { iteration, ms: end - now, active, backups, consensus }
    now = end
    done.push(told)
    return told
  }

  return iteration => {
    while (done.length < iteration) next()
    return done[iteration - 1]!
  }
}
