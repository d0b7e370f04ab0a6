// The graph of peers in sentences: a peer, an iteration, a link, the whole.

import { formatCount, formatDecimal, formatPercent, plural, shortId } from '@muster/appearance'
import { countOf, type NetIteration, type PeerNet, skippedShare, type Way, waitsOf, ways } from './peer-net.ts'

export const wayWords: Record<Way, string> = {
  direct: 'direct',
  relayed: 'relayed by the coordinator',
  unknown: 'not known yet',
}

export function peerWords(net: PeerNet, peer: number): string {
  const { neighbours, waitedFor, backups } = waitsOf(net, peer)
  const name = shortId(net.peers[peer] ?? '')
  const told = plural(neighbours, 'neighbour')
  if (neighbours === 0) return `${name}: alone.`
  if (net.iterations.length === 0) return `${name}: ${told}; no iteration yet.`
  return `${name}: ${told}, waited for ${mean(waitedFor)} of them in the mean; ${mean(backups)} backup workers.`
}

const mean = (value: number): string => formatDecimal(value, 1)

export function iterationWords({ links, iterations }: PeerNet, shown: NetIteration): string {
  const newest = shown === iterations.at(-1) ? ', the newest' : ''
  const active = `${formatCount(shown.active.size)} of ${plural(links.length, 'link')} active`
  return `Iteration ${formatCount(shown.iteration)}${newest}: ${active}.`
}

export function linkWords({ peers, links, iterations }: PeerNet, at: number): string {
  const link = links[at]
  if (link === undefined) return ''
  const ends = [link.one, link.other].map(peer => shortId(peers[peer] ?? '')).join(' – ')
  const tree = link.isOfTree ? ', of the tree' : ''
  const active = `${formatCount(link.activeIn)} of the last ${formatCount(iterations.length)}`
  return `${ends}, ${wayWords[link.way]}${tree}: active in ${active}.`
}

export function netWords(net: PeerNet): string {
  const { peers, links, iterations } = net
  const told = ways.flatMap(way => {
    const count = countOf(net, way)
    return count === 0 ? [] : [`${formatCount(count)} ${wayWords[way]}`]
  })
  const means = links.length === 0 ? '' : `: ${told.join(', ')}`
  const skipped = skippedShare(net)
  const last = iterations.at(-1)
  return [
    `${plural(peers.length, 'peer')}, ${plural(links.length, 'link')}${means}.`,
    ...(last === undefined ? [] : [iterationWords(net, last)]),
    ...(skipped === null
      ? []
      : [`${formatPercent(skipped)} of links skipped over ${plural(iterations.length, 'iteration')}.`]),
  ].join(' ')
}
