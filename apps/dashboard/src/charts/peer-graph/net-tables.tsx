// The circle and the strip without a picture: how long each peer waits for whom, and what became of each link.

import { formatDecimal, formatPercent, shortId } from '@muster/appearance'
import { AsTable } from '../as-table.tsx'
import { wayWords } from './net-words.ts'
import { type PeerNet, waitsOf } from './peer-net.ts'

export function NetTables({ net }: { readonly net: PeerNet }) {
  return (
    <AsTable
      title="Peers and links"
      extent="over the last iterations"
      table={() => (
        <>
          <PeersTable net={net} />
          {net.links.length > 0 && <LinksTable net={net} />}
        </>
      )}
    />
  )
}

function PeersTable({ net }: { readonly net: PeerNet }) {
  return (
    <table>
      <caption>Peers</caption>
      <thead>
        <tr>
          <th scope="col">Peer</th>
          <th scope="col" className="figure">
            Neighbours
          </th>
          <th scope="col" className="figure">
            Waited for, in the mean
          </th>
          <th scope="col" className="figure">
            Backup workers
          </th>
        </tr>
      </thead>
      <tbody>
        {net.peers.map((worker, peer) => {
          const { neighbours, waitedFor, backups } = waitsOf(net, peer)
          return (
            <tr key={worker}>
              <th scope="row" className="id" title={worker}>
                {shortId(worker)}
              </th>
              <td className="figure">{neighbours}</td>
              <td className="figure">{formatDecimal(waitedFor, 1)}</td>
              <td className="figure">{formatDecimal(backups, 1)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function LinksTable({ net }: { readonly net: PeerNet }) {
  const { peers, links, iterations } = net
  const last = iterations.at(-1)
  return (
    <table>
      <caption>Links</caption>
      <thead>
        <tr>
          <th scope="col">One</th>
          <th scope="col">Other</th>
          <th scope="col">Link</th>
          <th scope="col">Of the tree</th>
          <th scope="col">Newest iteration</th>
          <th scope="col" className="figure">
            Active
          </th>
        </tr>
      </thead>
      <tbody>
        {links.map(({ one, other, way, isOfTree, activeIn }, at) => (
          <tr key={`${peers[one]} ${peers[other]}`}>
            <th scope="row" className="id" title={peers[one]}>
              {shortId(peers[one] ?? '')}
            </th>
            <td className="id" title={peers[other]}>
              {shortId(peers[other] ?? '')}
            </td>
            <td>{wayWords[way]}</td>
            <td>{isOfTree ? 'yes' : 'no'}</td>
            <td>{last === undefined ? 'none yet' : last.active.has(at) ? 'active' : 'skipped'}</td>
            <td className="figure">
              {formatPercent(iterations.length === 0 ? null : activeIn / iterations.length, 0)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
