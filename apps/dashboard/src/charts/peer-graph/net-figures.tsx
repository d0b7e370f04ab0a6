// The graph of peers in three figures.

import { formatCount, formatPercent, none, plural } from '@muster/appearance'
import { Figure } from '../../pages/figure.tsx'
import { type PeerNet, skippedShare } from './peer-net.ts'

export function NetFigures({ net }: { readonly net: PeerNet }) {
  const { peers, links, iterations } = net
  const newest = iterations.at(-1)?.iteration ?? null
  const skipped = skippedShare(net)
  return (
    <dl className="figures">
      <Figure name="Iteration" hook="peer-graph-iteration" value={newest} note="the newest">
        {newest === null ? none : formatCount(newest)}
      </Figure>
      <Figure name="Links" hook="peer-graph-links" value={links.length} note={`of ${plural(peers.length, 'peer')}`}>
        {formatCount(links.length)}
      </Figure>
      <Figure
        name="Skipped"
        hook="peer-graph-skipped"
        value={skipped}
        note={iterations.length === 0 ? 'no iteration yet' : `of links, over ${plural(iterations.length, 'iteration')}`}
      >
        {formatPercent(skipped)}
      </Figure>
    </dl>
  )
}
