// Rescue of a pledge whose worker is lost, as a grid of tiles: its list is cut into columns, as wide as their workers are
// fast; its missing segments into rows. With H helpers the work takes about 2·√(computing · upload / H) instead of the sum
// of both. Every tile of the grid is again the first so many partitions of a list, and so a pledge of the same kind.

import type { Milliseconds, WorkerId } from '@muster/vocabulary'
import { wholeShares } from './sharing.ts'
import { missingOf, type Pledge, reachOf } from './tiled-state.ts'

export interface Helper {
  readonly worker: WorkerId
  /** When its device and its uplink are free. */
  readonly computeFrom: Milliseconds
  readonly uplinkFrom: Milliseconds
  readonly msPerPartition: Milliseconds
  readonly uploadMs: Milliseconds
}

export interface RescuePart {
  readonly worker: WorkerId
  readonly pledge: Pledge
  readonly startsAt: Milliseconds
}

export interface Rescue {
  readonly parts: readonly RescuePart[]
  readonly endsAt: Milliseconds
}

const heights = [1, 2, 3, 4, 6, 8, 12, 16]
/** A grid of fewer helpers is good enough where it ends about as early. */
const enough = 1.01

/** The grid that ends first. Null where nobody can help. */
export function planRescue(
  pledge: Pledge,
  helpers: readonly Helper[],
  now: Milliseconds,
  rows: 'grid' | 'columns' = 'grid',
): Rescue | null {
  const missing = missingOf(pledge)
  const length = reachOf(pledge)
  const share = missing.length / pledge.upTo.length
  if (helpers.length === 0 || missing.length === 0) return null
  // Those who would have it done first by themselves.
  const byReadiness = [...helpers].sort((one, other) => aloneAt(one, length, share) - aloneAt(other, length, share))
  let best: { columns: readonly Column[]; widths: readonly number[]; endsAt: Milliseconds; cost: Milliseconds } | null =
    null
  for (const count of countsOf(helpers.length)) {
    const chosen = byReadiness.slice(0, count).sort((one, other) => one.msPerPartition - other.msPerPartition)
    for (const height of rows === 'grid' ? heights : [1]) {
      if (height > count || height > missing.length) break
      const columns = columnsOf(chosen, height, share)
      const endsAt = endOf(columns, length)
      // Each column is a vector more to be sent: it keeps uplinks from everything else, of all in the mean so long.
      const sentMs = (columns.length * height * columns[0]!.uploadMs) / helpers.length
      const cost = endsAt - now + sentMs
      if (best === null || cost < best.cost / enough) {
        const widths = wholeShares(widthsAt(columns, length, endsAt), length)
        best = { columns, widths, endsAt, cost }
      }
    }
  }
  if (best === null) return null
  return { parts: partsOf(pledge, missing, best.columns, best.widths), endsAt: best.endsAt }
}

const aloneAt = (helper: Helper, length: number, share: number): Milliseconds =>
  Math.max(helper.computeFrom + length * helper.msPerPartition, helper.uplinkFrom) + share * helper.uploadMs

function countsOf(helpers: number): readonly number[] {
  const counts = [
    1,
    2,
    3,
    4,
    6,
    8,
    12,
    16,
    24,
    32,
    48,
    64,
    96,
    128,
    Math.ceil(helpers / 2),
    Math.ceil((3 * helpers) / 4),
    helpers,
  ]
  return [...new Set(counts.filter(count => count <= helpers))].sort((one, other) => one - other)
}

/** Workers of about one speed who share a column's upload. */
interface Column {
  readonly helpers: readonly Helper[]
  readonly computeFrom: Milliseconds
  readonly uplinkFrom: Milliseconds
  readonly msPerPartition: Milliseconds
  readonly uploadMs: Milliseconds
}

function columnsOf(chosen: readonly Helper[], height: number, share: number): readonly Column[] {
  return Array.from({ length: Math.floor(chosen.length / height) }, (_, c) => {
    const helpers = chosen.slice(c * height, (c + 1) * height)
    const most = (of: (helper: Helper) => number) => Math.max(...helpers.map(of))
    return {
      helpers,
      computeFrom: most(helper => helper.computeFrom),
      uplinkFrom: most(helper => helper.uplinkFrom),
      msPerPartition: most(helper => helper.msPerPartition),
      uploadMs: (most(helper => helper.uploadMs) * share) / height,
    }
  })
}

/** What each column can compute and send by then. */
const widthsBy = (columns: readonly Column[], endsAt: Milliseconds): number[] =>
  columns.map(({ computeFrom, uplinkFrom, msPerPartition, uploadMs }) =>
    uplinkFrom + uploadMs > endsAt ? 0 : Math.max(0, (endsAt - uploadMs - computeFrom) / msPerPartition),
  )

function endOf(columns: readonly Column[], length: number): Milliseconds {
  let low = Math.min(...columns.map(({ computeFrom }) => computeFrom))
  let high = Math.max(
    ...columns.map(
      column => Math.max(column.computeFrom + length * column.msPerPartition, column.uplinkFrom) + column.uploadMs,
    ),
  )
  for (let step = 0; step < 30 && high - low > 1e-3 * high; step++) {
    const middle = (low + high) / 2
    const total = widthsBy(columns, middle).reduce((sum, width) => sum + width, 0)
    if (total >= length) high = middle
    else low = middle
  }
  return high
}

function widthsAt(columns: readonly Column[], length: number, endsAt: Milliseconds): readonly number[] {
  const widths = widthsBy(columns, endsAt)
  const total = widths.reduce((sum, width) => sum + width, 0)
  return widths.map(width => (total > 0 ? (width * length) / total : length / columns.length))
}

function partsOf(
  { list, upTo }: Pledge,
  missing: readonly number[],
  columns: readonly Column[],
  widths: readonly number[],
): readonly RescuePart[] {
  const parts: RescuePart[] = []
  let from = 0
  columns.forEach(({ helpers, computeFrom }, c) => {
    const to = from + widths[c]!
    helpers.forEach(({ worker }, row) => {
      const first = Math.floor((row * missing.length) / helpers.length)
      const end = Math.floor(((row + 1) * missing.length) / helpers.length)
      const wanted = new Set(missing.slice(first, end))
      const counts = upTo.map((count, segment) => (wanted.has(segment) ? Math.max(0, Math.min(count, to) - from) : 0))
      if (counts.every(count => count === 0)) return
      const pledge = { list: list.slice(from, to), upTo: counts, got: counts.map(() => false) }
      parts.push({ worker, pledge, startsAt: computeFrom })
    })
    from = to
  })
  return parts
}
