// A worker's part in tiles: a list of partitions that may change while it is worked on, one running sum, and, once they
// have been asked for, tiles of it: of each segment of the coordinates the sum over the first so many partitions.

import type { Milliseconds, TileOrder, Work } from '@muster/vocabulary'

export interface TilesProgress {
  /** Orders heeded. */
  readonly orders: number
  /** By segment, over how many partitions; null: not asked for yet. */
  readonly upTo: readonly number[] | null
  readonly direction: 'upward' | 'downward'
  readonly sent: number
  readonly uploadMs: Milliseconds
}

export const nothingSent: TilesProgress = { orders: 0, upTo: null, direction: 'upward', sent: 0, uploadMs: 0 }

/** How far its list is to be computed as things stand. */
export const tilesLimit = ({ partitions }: Work, { upTo }: TilesProgress): number =>
  upTo === null ? partitions.length : Math.min(partitions.length, Math.max(0, ...upTo))

/** The segments whose tile is due when so many are computed, in the order in which they are to be sent. */
export function tilesAt({ upTo, direction }: TilesProgress, finished: number): readonly number[] {
  if (upTo === null || finished === 0) return []
  const due = upTo.flatMap((count, segment) => (count === finished ? [segment] : []))
  return direction === 'upward' ? due : due.reverse()
}

/**
 * Work and tiles after an order.
 * @param begun partitions that are in the running sum, that under way included: none of them can be taken out again
 */
export function takeOrder(
  work: Work,
  tiles: TilesProgress,
  order: TileOrder,
  begun: number,
): { readonly work: Work; readonly tiles: TilesProgress } | 'too-late' {
  const { partitions } = work
  const heeded = { ...tiles, orders: tiles.orders + 1 }
  switch (order.type) {
    case 'extend':
      return { work: { ...work, partitions: [...partitions, ...order.partitions] }, tiles: heeded }
    case 'shorten':
      return { work: { ...work, partitions: partitions.slice(0, Math.max(order.to, begun)) }, tiles: heeded }
    case 'send': {
      const { upTo, direction } = order
      const list = [...partitions, ...order.partitions]
      const cannot = upTo.some(count => count > 0 && (count < begun || count > list.length))
      return cannot ? 'too-late' : { work: { ...work, partitions: list }, tiles: { ...heeded, upTo, direction } }
    }
  }
}
