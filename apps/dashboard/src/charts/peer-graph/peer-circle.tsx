// The circle of peers. One stop of the keyboard: the arrows go from peer to peer.

import { shortId } from '@muster/appearance'
import { type CSSProperties, type KeyboardEvent, useId, useMemo, useRef } from 'react'
import type { ColourName } from '../use-colours.ts'
import { useWidth } from '../use-width.ts'
import { type CircleLayout, type LinkPath, layoutCircle, linkPaths, treePath } from './circle-layout.ts'
import { linkWords, netWords, peerWords } from './net-words.ts'
import { awakeIn, hasEnd, type NetIteration, type PeerNet } from './peer-net.ts'
import { type Pick, stepBy } from './use-pick.ts'

interface PeerCircleProps extends PeersProps {
  readonly isAnybodyHere: boolean
}

interface PeersProps {
  readonly net: PeerNet
  /** By place. */
  readonly colours: readonly ColourName[]
  readonly shown: NetIteration | undefined
  /** Places of what stands out. */
  readonly peer: number | null
  readonly link: number | null
  readonly pick: Pick<string>
}

export function PeerCircle({ isAnybodyHere, net, colours, shown, peer, link, pick }: PeerCircleProps) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box, 400)
  const { peers } = net
  const layout = useMemo(() => layoutCircle(peers.length, width), [peers.length, width])
  const words = peer !== null ? peerWords(net, peer) : link !== null ? linkWords(net, link) : null
  return (
    <div className="circle">
      <div ref={box} className="drawing">
        {peers.length === 0 ? (
          <>
            <svg width={layout.width} height={layout.height} aria-hidden="true">
              <Orbit layout={layout} />
            </svg>
            <p className="quiet nobody-here">
              {isAnybodyHere
                ? 'Those who are here are not joined at present.'
                : 'Nobody is here yet. Each tab that joins becomes a point of this circle.'}
            </p>
          </>
        ) : (
          <Peers {...{ net, colours, shown, peer, link, pick, layout }} />
        )}
      </div>
      <p className="said" aria-hidden="true">
        {words ?? <span className="quiet">{invitationOf(peers.length)}</span>}
      </p>
    </div>
  )
}

function invitationOf(count: number): string {
  if (count === 0) return ''
  return count === 1 ? 'Alone: there is nobody to wait for.' : 'Point at a peer, or go to it with the arrow keys.'
}

function Peers({ net, colours, shown, peer, link, pick, layout }: PeersProps & { readonly layout: CircleLayout }) {
  const id = useId()
  const { peers } = net
  const { width, height, places, nodeRadius, hasLabels } = layout
  const awake = shown === undefined ? new Set<number>() : awakeIn(net, shown)
  const standsOut = peer !== null || link !== null
  const own = linkPaths(net, places, shown, (one, at) => (peer !== null ? hasEnd(one, peer) : at === link))
  const near = new Set(net.links.filter((one, at) => (peer !== null ? hasEnd(one, peer) : at === link)).flatMap(endsOf))

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') return pick.choose(null)
    const next = stepBy(event.key, peer ?? -1, peers.length)
    if (next === null) return
    event.preventDefault()
    pick.choose(peers[next] ?? null)
  }

  return (
    <div
      role="listbox"
      tabIndex={0}
      className="peers"
      aria-label={`Peers. ${netWords(net)}`}
      aria-activedescendant={peer === null ? undefined : `${id}-${peer}`}
      onKeyDown={onKeyDown}
      onBlur={() => pick.choose(null)}
    >
      <svg
        width={width}
        height={height}
        role="presentation"
        style={{ '--finer': nodeRadius < 6 ? 0.65 : 1 } as CSSProperties}
      >
        <Orbit layout={layout} />
        <g className={standsOut ? 'links dim' : 'links'}>
          <path className="tree" strokeWidth={nodeRadius * 1.2} d={treePath(net, places)} />
        </g>
        <Links paths={linkPaths(net, places, shown)} isDim={standsOut} />
        {standsOut && <Links paths={own} />}
        {places.map(({ x, y, label }, at) => {
          const name = peers[at] ?? ''
          const isNear = !standsOut || at === peer || near.has(at)
          return (
            <g
              key={name}
              id={`${id}-${at}`}
              role="option"
              aria-selected={at === peer}
              aria-label={peerWords(net, at)}
              className={`peer${at === peer ? ' picked' : ''}${isNear ? '' : ' far'}`}
              onPointerEnter={event => event.pointerType === 'mouse' && pick.point(name)}
              onPointerLeave={() => pick.point(null)}
              onClick={() => pick.choose(pick.chosen === name ? null : name)}
            >
              <title>{name}</title>
              <circle className="reach" cx={x} cy={y} r={nodeRadius * 1.7 + 2} />
              {at === peer && <circle className="ring" cx={x} cy={y} r={nodeRadius + 3.5} />}
              <circle
                className={awake.has(at) ? 'node' : 'node asleep'}
                style={{ color: `var(--${colours[at]})` }}
                cx={x}
                cy={y}
                r={nodeRadius}
              />
              {hasLabels && (
                <text
                  x={label.x}
                  y={label.y}
                  textAnchor={label.anchor}
                  transform={label.turn === 0 ? undefined : `rotate(${label.turn} ${label.x} ${label.y})`}
                >
                  {shortId(name)}
                </text>
              )}
            </g>
          )
        })}
      </svg>
    </div>
  )
}

/** What they stand on; all there is to see of none or one. */
function Orbit({ layout: { width, height, radius } }: { readonly layout: CircleLayout }) {
  return <circle className="orbit" cx={width / 2} cy={height / 2} r={radius} />
}

const endsOf = ({ one, other }: PeerNet['links'][number]): number[] => [one, other]

function Links({ paths, isDim = false }: { readonly paths: readonly LinkPath[]; readonly isDim?: boolean }) {
  return (
    <g className={isDim ? 'links dim' : 'links'}>
      {paths.map(({ way, level, isActive, d }) => (
        <path
          key={`${way} ${level} ${isActive}`}
          className={`${way} level-${level}${isActive ? ' active' : ''}`}
          d={d}
        />
      ))}
    </g>
  )
}
