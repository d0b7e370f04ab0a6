// The last iterations side by side: which links were waited for, and which are skipped again and again.

import { formatCount, shortId } from '@muster/appearance'
import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from 'react'
import type { ColourName } from '../use-colours.ts'
import { useWidth } from '../use-width.ts'
import { iterationWords } from './net-words.ts'
import { iterationsMax, levels, type NetIteration, type PeerNet } from './peer-net.ts'
import { columnOf, iterationAt, layoutStrip, rowAt, type StripLayout, type StripRow } from './strip-layout.ts'
import { type Pick, stepBy } from './use-pick.ts'

const axisHeight = 22

interface PeerStripProps {
  readonly net: PeerNet
  readonly colours: readonly ColourName[]
  readonly shown: NetIteration | undefined
  readonly peer: number | null
  readonly link: number | null
  readonly pick: Pick<number>
  readonly onRow: (row: StripRow | null) => void
}

export function PeerStrip({ net, colours, shown, peer, link, pick, onRow }: PeerStripProps) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box, 600)
  const layout = useMemo(() => layoutStrip(net, width), [net, width])
  const { iterations } = net
  const at = shown === undefined ? -1 : iterations.indexOf(shown)

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') return pick.choose(null)
    const next = stepBy(event.key, at, iterations.length)
    if (next === null) return
    event.preventDefault()
    pick.choose(iterations[next]?.iteration ?? null)
  }

  /** At a row by its names, at an iteration by its column. */
  function onPointer(event: PointerEvent<Element>): void {
    const corner = event.currentTarget.getBoundingClientRect()
    const x = event.clientX - corner.left
    const iteration = iterationAt(net, layout, x)
    if (event.type === 'pointerdown' && iteration !== null) {
      pick.choose(pick.chosen === iteration ? null : iteration)
    }
    if (event.pointerType === 'mouse') pick.point(iteration)
    onRow(x < layout.left ? rowAt(layout, event.clientY - corner.top) : null)
  }

  return (
    <div className="strip">
      <p className="said">{shown === undefined ? 'No iteration yet.' : iterationWords(net, shown)}</p>
      <p className="note quiet">
        {layout.of === 'links'
          ? 'A row a link, filled where it was active; a column an iteration, the newest at the right.'
          : 'A row a peer, the stronger the more of its links were active; a column an iteration, the newest at the right.'}
      </p>
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={`Iteration, one of the last ${formatCount(iterations.length)}`}
        aria-valuemin={iterations[0]?.iteration ?? 0}
        aria-valuemax={iterations.at(-1)?.iteration ?? 0}
        aria-valuenow={shown?.iteration ?? 0}
        aria-valuetext={shown === undefined ? 'No iteration yet' : iterationWords(net, shown)}
        onKeyDown={onKeyDown}
        // By keyboard it stands still to be read, while others come.
        onFocus={event => event.currentTarget.matches(':focus-visible') && pick.choose(shown?.iteration ?? null)}
        onBlur={() => pick.choose(null)}
      >
        <svg
          width={width}
          height={layout.height + axisHeight}
          aria-hidden="true"
          onPointerMove={onPointer}
          onPointerDown={onPointer}
          onPointerLeave={() => {
            pick.point(null)
            onRow(null)
          }}
        >
          <Rows {...{ net, layout, colours, width }} />
          {levels.slice(1).map(level => (
            <path key={level} className={`cells level-${level}`} d={layout.cells[level]} />
          ))}
          <Veil {...{ layout, peer, link, width }} />
          {at !== -1 && pick.value !== null && (
            <rect
              className="picked-column"
              x={layout.left + layout.pitch * columnOf(net, at) - 1.5}
              y={-1.5}
              width={layout.pitch + 1}
              height={layout.height + 1}
              rx={2}
            />
          )}
          <Axis {...{ net, layout, width }} />
        </svg>
      </div>
    </div>
  )
}

interface RowsProps {
  readonly net: PeerNet
  readonly layout: StripLayout
  readonly colours: readonly ColourName[]
  readonly width: number
}

function Rows({ net, layout, colours, width }: RowsProps) {
  const { rows, rowHeight, left, hasNames } = layout
  const step = (left - 6) / (layout.of === 'links' ? 2 : 1)
  const gap = rowHeight > 8 ? 2 : 1
  return rows.map(({ peers, link, isOfTree }, index) => {
    const y = index * rowHeight
    return (
      <g key={link === null ? net.peers[peers[0]!] : peers.map(peer => net.peers[peer]).join(' ')}>
        {isOfTree && <rect className="tree-row" x={0} y={y} width={left - 4} height={rowHeight - gap} rx={3} />}
        <rect className="track" x={left} y={y} width={Math.max(0, width - left)} height={rowHeight - gap} />
        {peers.map((peer, end) => (
          <g key={peer} transform={`translate(${end * step} ${y + (rowHeight - gap) / 2})`}>
            <circle cx={6} r={Math.min(3.5, rowHeight / 2 - 1)} fill={`var(--${colours[peer]})`} />
            {hasNames && (
              <text x={13} y={3.5}>
                {shortId(net.peers[peer] ?? '')}
              </text>
            )}
          </g>
        ))}
      </g>
    )
  })
}

/** Over the rows that what stands out has no part in. */
function Veil({ layout, peer, link, width }: StandsOut & { readonly layout: StripLayout; readonly width: number }) {
  if (peer === null && link === null) return null
  const { rows, rowHeight } = layout
  const isApart = (row: StripRow): boolean => (peer !== null ? !row.peers.includes(peer) : row.link !== link)
  const d = rows
    .map((row, at) => (isApart(row) ? `M0 ${at * rowHeight}h${width}v${rowHeight}h${-width}z` : ''))
    .join('')
  return <path className="veil" d={d} />
}

interface StandsOut {
  readonly peer: number | null
  readonly link: number | null
}

interface AxisProps {
  readonly net: PeerNet
  readonly layout: StripLayout
  readonly width: number
}

function Axis({ net, layout, width }: AxisProps) {
  const first = net.iterations[0]
  const last = net.iterations.at(-1)
  const y = layout.height + 16
  if (first === undefined || last === undefined) return null
  const isFull = net.iterations.length > iterationsMax / 4
  return (
    <>
      {isFull && (
        <text x={layout.left + layout.pitch * columnOf(net, 0)} y={y}>
          {formatCount(first.iteration)}
        </text>
      )}
      <text x={width} y={y} textAnchor="end">
        {formatCount(last.iteration)}
      </text>
    </>
  )
}
