// Pure geometry of the strip: a column an iteration, a row a link; with many links a row a peer, the stronger the more
// of its links were active. The newest stands at the right, whatever came before it.

import { iterationsMax, type Level, levelOf, levels, type PeerNet } from './peer-net.ts'

export interface StripRow {
  /** Who it is about: both ends of a link, or one peer. */
  readonly peers: readonly number[]
  /** Of a row that is one link: its place. */
  readonly link: number | null
  readonly isOfTree: boolean
}

export interface StripLayout {
  readonly of: 'links' | 'peers'
  readonly rows: readonly StripRow[]
  readonly rowHeight: number
  readonly hasNames: boolean
  /** Left edge of the oldest column there is room for. */
  readonly left: number
  readonly pitch: number
  readonly height: number
  /** By level, from the second on: what was never active is not drawn. */
  readonly cells: Record<Level, string>
}

/** With more links than this a row each would be a wall. */
const linkRowsMax = 32
const dotWidth = 13
const nameWidth = 62
const namesFrom = 560
const nameHeightMin = 11

export function layoutStrip(net: PeerNet, width: number): StripLayout {
  const rows = rowsOf(net)
  const of = net.links.length > linkRowsMax ? 'peers' : 'links'
  const rowHeight = rows.length <= 16 ? 15 : rows.length <= linkRowsMax ? 12 : rows.length <= 64 ? 7 : 4
  const hasNames = width >= namesFrom && rowHeight >= nameHeightMin
  const left = (of === 'links' ? 2 : 1) * (dotWidth + (hasNames ? nameWidth : 0)) + 6
  const pitch = Math.max(2, (width - left) / iterationsMax)
  const cells = Object.fromEntries(levels.map(level => [level, ''])) as Record<Level, string>
  const gap = rowHeight > 8 ? 2 : 1
  net.iterations.forEach(({ active }, at) => {
    const x = left + pitch * columnOf(net, at)
    activeOfRows(net, of, active).forEach((count, row) => {
      const level = levelOf(count / (of === 'links' ? 1 : net.linksOf[row]!.length))
      if (count > 0) cells[level] += cell(x, row * rowHeight, pitch - Math.min(2, pitch * 0.2), rowHeight - gap)
    })
  })
  return { of, rows, rowHeight, hasNames, left, pitch, height: rows.length * rowHeight, cells }
}

function rowsOf({ peers, links }: PeerNet): readonly StripRow[] {
  if (links.length > linkRowsMax) return peers.map((_, peer) => ({ peers: [peer], link: null, isOfTree: false }))
  return links.map(({ one, other, isOfTree }, link) => ({ peers: [one, other], link, isOfTree }))
}

/** By row: how many of its links were active. */
function activeOfRows({ peers, links }: PeerNet, of: StripLayout['of'], active: ReadonlySet<number>): number[] {
  const counts = new Array<number>(of === 'links' ? links.length : peers.length).fill(0)
  for (const at of active) {
    const { one, other } = links[at]!
    for (const row of of === 'links' ? [at] : [one, other]) counts[row]! += 1
  }
  return counts
}

const cell = (x: number, y: number, width: number, height: number): string =>
  `M${x.toFixed(1)} ${y}h${width.toFixed(1)}v${height}h${(-width).toFixed(1)}z`

/** The columns on the left stay empty until there are as many iterations. */
export const columnOf = ({ iterations }: PeerNet, at: number): number => iterationsMax - iterations.length + at

/** Which of the iterations lies at x; null beside them. */
export function iterationAt(net: PeerNet, { left, pitch }: StripLayout, x: number): number | null {
  const at = Math.floor((x - left) / pitch) - columnOf(net, 0)
  return net.iterations[at]?.iteration ?? null
}

export const rowAt = ({ rows, rowHeight }: StripLayout, y: number): StripRow | null =>
  rows[Math.floor(y / rowHeight)] ?? null
