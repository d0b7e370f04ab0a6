// Pure geometry of the lanes: rounds side by side on one time axis, a row per worker, what each did as path strings.
// One path per kind of mark, however many workers there are: the picture stays a dozen elements.

import type { Lane, Snapshot } from '@muster/protocol'
import { drawChanges, drawHatched, drawTiles, rescueDrop } from './lane-marks.ts'

export type RoundLanes = Snapshot['lanes'][number]
export type Fate = Lane['fate']
export const fates: readonly Fate[] = ['answered', 'covered', 'working', 'restarted', 'straggled', 'gone']

export const rowHeight = 26
const barHeight = 10
const announcedHeight = 4
const roundGap = 10
const markRadius = 4
const rescueMarkRadius = 2

export interface LanesDrawing {
  readonly workers: readonly string[]
  readonly height: number
  /** Left edge and width of each round. */
  readonly rounds: readonly {
    readonly round: number
    readonly ms: number
    readonly left: number
    readonly width: number
  }[]
  readonly computing: Record<Fate, string>
  readonly announced: Record<Fate, string>
  readonly marks: Record<Fate, string>
  /** Where work is done again for others: a lane of its own below. */
  readonly rescues: Record<Fate, string>
  readonly rescueMarks: Record<Fate, string>
  readonly tiles: Record<Fate, string>
  readonly grew: string
  readonly shrank: string
}

/** Workers in the order of the table, then those that were there but have gone. */
export function lanesWorkers(lanes: readonly RoundLanes[], present: readonly string[]): string[] {
  const seen = new Set(present)
  for (const { workers } of lanes) for (const { worker } of workers) seen.add(worker)
  return [...seen]
}

export function drawLanes(lanes: readonly RoundLanes[], present: readonly string[], width: number): LanesDrawing {
  const workers = lanesWorkers(lanes, present)
  const row = new Map(workers.map((worker, index) => [worker, index]))
  const totalMs = lanes.reduce((sum, { ms }) => sum + Math.max(1, ms), 0)
  const pixelsPerMs = Math.max(0, width - roundGap * lanes.length) / Math.max(1, totalMs)
  const computing = forEachFate('')
  const announced = forEachFate('')
  const marks = forEachFate('')
  const rescues = forEachFate('')
  const rescueMarks = forEachFate('')
  const tiles = forEachFate('')
  let grew = ''
  let shrank = ''
  const rounds: LanesDrawing['rounds'][number][] = []
  let left = 0
  for (const { round, ms, workers: lanesOfRound } of lanes) {
    const roundWidth = Math.max(1, ms) * pixelsPerMs
    rounds.push({ round, ms, left, width: roundWidth })
    // Work may have begun before the round did, and an answer may come after it.
    const x = (at: number): number => left + Math.min(roundWidth, Math.max(0, at * pixelsPerMs))
    for (const lane of lanesOfRound) {
      const y = (row.get(lane.worker) ?? 0) * rowHeight + rowHeight / 2
      const { computedAt, doneAt } = momentsOf(lane, ms)
      if (lane.isRescue) {
        const below = y + rescueDrop
        rescues[lane.fate] += drawHatched(x(lane.assignedAt), x(doneAt), below)
        // Its tiles could not be told from the hatching.
        rescueMarks[lane.fate] += mark(lane.fate, x(doneAt), below, rescueMarkRadius)
        continue
      }
      const changes = drawChanges(lane, x, y)
      grew += changes.grew
      shrank += changes.shrank
      tiles[lane.fate] += drawTiles(lane, x, y)
      computing[lane.fate] += bar(x(lane.assignedAt), x(computedAt), y, barHeight)
      if (doneAt > computedAt) announced[lane.fate] += bar(x(computedAt), x(doneAt), y, announcedHeight)
      marks[lane.fate] += mark(lane.fate, x(doneAt), y)
    }
    left += roundWidth + roundGap
  }
  const height = workers.length * rowHeight
  return { workers, height, rounds, computing, announced, marks, rescues, rescueMarks, tiles, grew, shrank }
}

/** Milliseconds after the round's opening: when computing ended, and when the lane did. */
function momentsOf(lane: Lane, ms: number): { computedAt: number; doneAt: number } {
  const doneAt = lane.answeredAt ?? lane.endedAt ?? ms
  return { computedAt: Math.min(lane.announcedAt ?? doneAt, doneAt), doneAt }
}

const forEachFate = <Value>(value: Value): Record<Fate, Value> =>
  Object.fromEntries(fates.map(fate => [fate, value])) as Record<Fate, Value>

function bar(from: number, to: number, y: number, height: number): string {
  const width = Math.max(1, to - from)
  return `M${from.toFixed(1)} ${(y - height / 2).toFixed(1)}h${width.toFixed(1)}v${height}h${(-width).toFixed(1)}z`
}

/** A shape for each fate, so that colour is never the only sign: disc, ring, arrow on, arrow back, bar, cross. */
function mark(fate: Fate, x: number, y: number, r = markRadius): string {
  const at = (dx: number, dy: number): string => `${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}`
  switch (fate) {
    case 'answered':
    case 'covered':
      return `M${at(-r, 0)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`
    case 'working':
      return `M${at(0, -r)}l${r} ${r}l${-r} ${r}`
    case 'restarted':
      return `M${at(0, 0)}l${2 * r} ${-r - 1}v${2 * r + 2}z`
    case 'straggled':
      return `M${at(0, -2.25 * r)}v${4.5 * r}`
    case 'gone':
      return `M${at(-r, -r)}l${2 * r} ${2 * r}M${at(r, -r)}l${-2 * r} ${2 * r}`
  }
}

/** For the text alternative: how often each fate befell each worker. */
export function countFates(lanes: readonly RoundLanes[]): Map<string, Record<Fate, number>> {
  const counts = new Map<string, Record<Fate, number>>()
  for (const { workers } of lanes) {
    for (const { worker, fate } of workers) {
      const row = counts.get(worker) ?? forEachFate(0)
      row[fate] += 1
      counts.set(worker, row)
    }
  }
  return counts
}

/** In their order; a legend need not explain what no strategy in this run does. */
export const fatesIn = (lanes: readonly RoundLanes[]): Fate[] =>
  fates.filter(fate => lanes.some(({ workers }) => workers.some(lane => lane.fate === fate)))

/** All workers together. */
export function totalFates(lanes: readonly RoundLanes[]): Record<Fate, number> {
  const total = forEachFate(0)
  for (const { workers } of lanes) for (const { fate } of workers) total[fate] += 1
  return total
}
