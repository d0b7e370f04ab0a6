// A worker's part in tiles: a list of partitions that may change while it is worked on, one running sum, and, once they
// have been asked for, tiles of it: of each segment of the coordinates the sum over the first so many partitions.

import type { Milliseconds, TileOrder, Work } from '@muster/vocabulary'

export interface TilesProgress {
  /** Orders heeded. */
  readonly orders: number
  /** By segment, over how many partitions (0: none); empty: not asked for yet. */
  readonly upTo: readonly number[]
  readonly direction: 'upward' | 'downward'
  /** All tiles have been asked for: the list does not change any more. */
  readonly isFinal: boolean
  readonly sent: number
  readonly uploadMs: Milliseconds
}

export const nothingSent: TilesProgress = {
  orders: 0,
  upTo: [],
  direction: 'upward',
  isFinal: false,
  sent: 0,
  uploadMs: 0,
}

/** How far its list is to be computed as things stand. */
export const tilesLimit = ({ partitions }: Work, { upTo, isFinal }: TilesProgress): number =>
  isFinal ? Math.min(partitions.length, Math.max(0, ...upTo)) : partitions.length

/** The segments whose tile is due when so many are computed, in the order in which they are to be sent. */
export function tilesAt({ upTo, direction }: TilesProgress, finished: number): readonly number[] {
  if (finished === 0) return []
  const due = upTo.flatMap((count, segment) => (count === finished ? [segment] : []))
  return direction === 'upward' ? due : due.reverse()
}

/**
 * Work and tiles after an order.
 * @param begun partitions that are in the running sum, that under way included: none of them can be taken out again.
 *   Tiles over fewer have been taken, where they had been asked for.
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
    case 'shorten': {
      const length = Math.min(partitions.length, Math.max(order.to, begun))
      const upTo = tiles.upTo.map(count => (count > length ? 0 : count))
      return { work: { ...work, partitions: partitions.slice(0, length) }, tiles: { ...heeded, upTo } }
    }
    case 'send-early': {
      const { upTo, direction } = order
      return upTo.some(count => count > 0 && count < begun)
        ? 'too-late'
        : { work, tiles: { ...heeded, upTo, direction } }
    }
    case 'send': {
      const { upTo, direction, keep = partitions.length } = order
      const list = [...partitions.slice(0, keep), ...order.partitions]
      // What was asked for early and has been sent stays as it is; what has not been sent may be asked for anew.
      const cannot =
        begun > keep ||
        upTo.some((count, segment) => {
          const early = tiles.upTo[segment] ?? 0
          if (early > 0 && early <= begun) return count !== early
          return count > list.length || (count > 0 && count < begun)
        })
      if (cannot) return 'too-late'
      return { work: { ...work, partitions: list }, tiles: { ...heeded, upTo, direction, isFinal: true } }
    }
  }
}
