// The graph of peers as it can be looked at.

import type { PeerPicture, PictureEdge } from '../strategy.ts'
import type { PeersState } from './peers-state.ts'

export function pictureOf({ arranged, links, picture }: PeersState): PeerPicture {
  if (arranged === null) return { peers: [], edges: [], iterations: [] }
  const { peers, edges, tree } = arranged
  const linkOf = (one: string, other: string): PictureEdge['link'] => {
    const of = [links[one], links[other]]
    const names = [other, one]
    if (of.some((told, i) => told?.relayed.includes(names[i]!))) return 'relayed'
    return of.some((told, i) => told?.direct.includes(names[i]!)) ? 'direct' : 'unknown'
  }
  return {
    peers,
    edges: edges.map(([one, other], place) => ({
      one: one as PictureEdge['one'],
      other: other as PictureEdge['other'],
      isOfTree: tree.includes(place),
      link: linkOf(one, other),
    })),
    iterations: picture,
  }
}
