// The graph of peers as it is drawn: links by the places of their ends, and how often each was active.

import type { PanelGraph } from '@muster/protocol'

export type Way = PanelGraph['edges'][number]['link']
export const ways: readonly Way[] = ['direct', 'relayed', 'unknown']

export interface NetLink {
  /** Places among the peers, the lesser first. */
  readonly one: number
  readonly other: number
  readonly way: Way
  readonly isOfTree: boolean
  /** In how many of the iterations it was active. */
  readonly activeIn: number
}

export interface NetIteration {
  readonly iteration: number
  /** Places among the links. */
  readonly active: ReadonlySet<number>
}

export interface PeerNet {
  readonly peers: readonly string[]
  /** By their ends, so that those of a peer lie together and none changes its place while others are looked at. */
  readonly links: readonly NetLink[]
  /** By peer: the places of its links. */
  readonly linksOf: readonly (readonly number[])[]
  readonly iterations: readonly NetIteration[]
}

/** Columns of the strip; also from how many iterations a share is taken. */
export const iterationsMax = 40

/** The peers stay as they are told: in the order of the graph, in which a ring is a ring. */
export function readNet({ peers, edges, iterations: told }: PanelGraph): PeerNet {
  const place = new Map(peers.map((peer, at) => [peer, at]))
  const known = edges.flatMap(({ one, other, isOfTree, link }, at) => {
    const [a, b] = [place.get(one), place.get(other)]
    if (a === undefined || b === undefined) return []
    return [{ at, one: Math.min(a, b), other: Math.max(a, b), isOfTree, way: link }]
  })
  known.sort((a, b) => a.one - b.one || a.other - b.other)
  const placeOfLink = new Map(known.map(({ at }, index) => [at, index]))
  const iterations = told.slice(-iterationsMax).map(({ iteration, active }) => ({
    iteration,
    active: new Set(active.flatMap(at => placeOfLink.get(at) ?? [])),
  }))
  const activeIn = new Array<number>(known.length).fill(0)
  for (const { active } of iterations) for (const at of active) activeIn[at]! += 1
  const links = known.map(({ at: _, ...link }, index) => ({ ...link, activeIn: activeIn[index]! }))
  const linksOf: number[][] = peers.map(() => [])
  links.forEach(({ one, other }, at) => {
    linksOf[one]!.push(at)
    linksOf[other]!.push(at)
  })
  return { peers, links, linksOf, iterations }
}

export const hasEnd = ({ one, other }: NetLink, peer: number): boolean => one === peer || other === peer

/** Of a peer's links, over the iterations: how many it waited for in the mean, and how many it did not. */
export function waitsOf({ links, linksOf, iterations }: PeerNet, peer: number) {
  const own = linksOf[peer] ?? []
  const waits = own.reduce((sum, at) => sum + links[at]!.activeIn, 0) / Math.max(1, iterations.length)
  return { neighbours: own.length, waitedFor: waits, backups: own.length - waits }
}

/** Of all links in all iterations; null where there are none. */
export function skippedShare({ links, iterations }: PeerNet): number | null {
  const all = links.length * iterations.length
  return all === 0 ? null : 1 - links.reduce((sum, { activeIn }) => sum + activeIn, 0) / all
}

/** Who is at an end of an active link. */
export function awakeIn({ links }: PeerNet, { active }: NetIteration): ReadonlySet<number> {
  return new Set([...active].flatMap(at => [links[at]!.one, links[at]!.other]))
}

export const countOf = ({ links }: PeerNet, way: Way): number => links.filter(link => link.way === way).length

/** Shares that can be told apart at a glance: never, then a quarter each. */
export const levels = [0, 1, 2, 3, 4] as const
export type Level = (typeof levels)[number]

export const levelOf = (share: number): Level => Math.min(4, Math.ceil(share * 4)) as Level
