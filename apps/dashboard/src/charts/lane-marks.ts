// Pure geometry of what is drawn in and around a lane's bar where work comes in tiles: the list of the worker that grew or
// shrank, tiles that came, and work that is done again for others.

import type { Lane } from '@muster/protocol'
import type { RoundLanes } from './lane-geometry.ts'

export const laneMarkKinds = ['grew', 'shrank', 'tile', 'rescue'] as const
export type LaneMarkKind = (typeof laneMarkKinds)[number]

export type ToPixels = (ms: number) => number

const barHalf = 5
const arrowWidth = 5
const arrowHeight = 4
/** Closer together they would be one blot. */
const tileGap = 3
const arrowGap = arrowWidth + 1
const hatchGap = 4

/** The rescues of a row stand below what is its own. */
export const rescueDrop = 9
const rescueHeight = 6

/** When a list grew (pointing up, above the bar) and shrank (pointing down, below it). */
export function drawChanges(
  { held }: Lane,
  x: ToPixels,
  y: number,
): { readonly grew: string; readonly shrank: string } {
  const { grew, shrank } = changesOf(held)
  const arrow = (tip: number, height: number) => (at: number) =>
    `M${(at - arrowWidth / 2).toFixed(1)} ${(tip + height).toFixed(1)}h${arrowWidth}l${-arrowWidth / 2} ${-height}z`
  return {
    grew: apart(grew.map(x), arrowGap)
      .map(arrow(y - barHalf - 1 - arrowHeight, arrowHeight))
      .join(''),
    shrank: apart(shrank.map(x), arrowGap)
      .map(arrow(y + barHalf + 1 + arrowHeight, -arrowHeight))
      .join(''),
  }
}

/** A stroke across the bar where a tile came. */
export const drawTiles = ({ tiles = [] }: Lane, x: ToPixels, y: number): string =>
  apart(
    tiles.map(([at]) => x(at)),
    tileGap,
  )
    .map(at => `M${at.toFixed(1)} ${(y - barHalf).toFixed(1)}v${2 * barHalf}`)
    .join('')

/** A hatched bar: its outline, and strokes that rise across it. */
export function drawHatched(from: number, to: number, y: number): string {
  const [top, bottom] = [y - rescueHeight / 2, y + rescueHeight / 2]
  const width = Math.max(1, to - from)
  let path = `M${from.toFixed(1)} ${top.toFixed(1)}h${width.toFixed(1)}v${rescueHeight}h${(-width).toFixed(1)}z`
  for (let at = from; at < to - 1; at += hatchGap) {
    const run = Math.min(rescueHeight, to - at)
    path += `M${at.toFixed(1)} ${bottom.toFixed(1)}l${run.toFixed(1)} ${(-run).toFixed(1)}`
  }
  return path
}

function changesOf(held: Lane['held'] = []): { readonly grew: readonly number[]; readonly shrank: readonly number[] } {
  const changes = held.map(([at, partitions], i) => ({ at, by: i === 0 ? 0 : partitions - held[i - 1]![1] }))
  return {
    grew: changes.filter(({ by }) => by > 0).map(({ at }) => at),
    shrank: changes.filter(({ by }) => by < 0).map(({ at }) => at),
  }
}

/** Of places in order, those that are so far from the one before that is kept. */
function apart(places: readonly number[], gap: number): readonly number[] {
  const kept: number[] = []
  for (const place of places) if (kept.length === 0 || place - kept.at(-1)! >= gap) kept.push(place)
  return kept
}

/** What is to be seen of it, by kind: changes, whole sums that came in tiles, rescues. */
export function countMarks(lanes: readonly Lane[]): Record<LaneMarkKind, number> {
  const count = { grew: 0, shrank: 0, tile: 0, rescue: 0 }
  for (const lane of lanes) {
    const { grew, shrank } = changesOf(lane.held)
    count.grew += grew.length
    count.shrank += shrank.length
    count.tile += (lane.tiles ?? []).reduce((sum, [, share]) => sum + share, 0)
    count.rescue += lane.isRescue ? 1 : 0
  }
  return count
}

export const lanesOfWorker = (lanes: readonly RoundLanes[], worker: string): readonly Lane[] =>
  lanes.flatMap(({ workers }) => workers.filter(lane => lane.worker === worker))

/** In their order; a legend need not explain what no strategy in this run does. */
export function marksIn(lanes: readonly RoundLanes[]): readonly LaneMarkKind[] {
  const count = countMarks(lanes.flatMap(({ workers }) => workers))
  return laneMarkKinds.filter(kind => count[kind] > 0)
}
