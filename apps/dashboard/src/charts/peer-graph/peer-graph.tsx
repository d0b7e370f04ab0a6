// Who talks to whom: the peers on a circle, what the links are, and below, which of them were waited for lately.

import type { PanelGraph } from '@muster/protocol'
import { useMemo, useState } from 'react'
import type { Colouring } from '../worker-lines/line-colours.ts'
import { colourOf } from '../worker-lines/worker-legend.tsx'
import { NetFigures } from './net-figures.tsx'
import { NetLegend } from './net-legend.tsx'
import { NetTables } from './net-tables.tsx'
import { PeerCircle } from './peer-circle.tsx'
import { readNet } from './peer-net.ts'
import { PeerStrip } from './peer-strip.tsx'
import type { StripRow } from './strip-layout.ts'
import { usePick } from './use-pick.ts'

interface PeerGraphProps {
  readonly graph: PanelGraph
  /** Workers are, though peers they may not be yet, or not while the run rests. */
  readonly isAnybodyHere: boolean
  /** Of the lines of the same workers beside it. */
  readonly colouring: Colouring
}

export function PeerGraph({ graph, isAnybodyHere, colouring }: PeerGraphProps) {
  const net = useMemo(() => readNet(graph), [graph])
  const { peers, links, iterations } = net
  const pickedPeer = usePick<string>()
  const pickedIteration = usePick<number>()
  const [row, setRow] = useState<StripRow | null>(null)
  const colours = peers.map(worker => colourOf({ colour: colouring.get(worker) ?? null }))
  // What is picked stays picked while the strip moves on under it, until it has left.
  const shown = iterations.find(({ iteration }) => iteration === pickedIteration.value) ?? iterations.at(-1)
  const named = pickedPeer.value === null ? -1 : peers.indexOf(pickedPeer.value)
  const peer = named !== -1 ? named : row?.link === null ? (row.peers[0] ?? null) : null
  const link = row?.link ?? null
  return (
    <section className="peer-graph" aria-labelledby="peer-graph-heading" data-testid="peer-graph">
      <h3 id="peer-graph-heading">{graph.title}</h3>
      <p className="note quiet">{graph.meaning}</p>
      <div className="peer-graph-parts">
        <PeerCircle {...{ isAnybodyHere, net, colours, shown, peer, link }} pick={pickedPeer} />
        <div className="beside">
          <NetFigures net={net} />
          <NetLegend net={net} />
        </div>
      </div>
      {links.length > 0 && <PeerStrip {...{ net, colours, shown, peer, link }} pick={pickedIteration} onRow={setRow} />}
      {peers.length > 0 && <NetTables net={net} />}
    </section>
  )
}
