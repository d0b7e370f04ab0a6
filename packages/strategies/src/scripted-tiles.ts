// Work in tiles as the scripted fleet keeps it: the list as the engine has ordered it and as an honest worker has heeded
// that, tiles as they are asked for and as they are made. Test support; the machines themselves are in the engine.

import type { PartitionIndex, TileOrder, Work } from '@muster/vocabulary'
import type { TilesTold } from './strategy.ts'

export interface HeldTile {
  readonly segment: number
  readonly covers: number
  readonly partitions: readonly PartitionIndex[]
}

export interface HeldTiles {
  /** The engine's record of it. */
  list: readonly PartitionIndex[]
  orders: number
  shortenedTo: number | null
  asked: readonly number[]
  isFinal: boolean
  /** As far as was said, or seen by its tiles. */
  heard: number
  /** What the worker knows. */
  own: readonly PartitionIndex[]
  readonly inbox: TileOrder[]
  heeded: number
  upTo: readonly number[]
  direction: 'upward' | 'downward'
  isAsked: boolean
  /** Partitions in its sum, that under way included. */
  begun: number
  readonly made: HeldTile[]
  sent: number
  turn: number
}

export const holdTiles = ({ upload, partitions }: Work): HeldTiles | null =>
  upload !== 'in-tiles'
    ? null
    : {
        ...{ list: partitions, orders: 0, shortenedTo: null, asked: [], isFinal: false, heard: 0 },
        ...{ own: partitions, inbox: [], heeded: 0, upTo: [], direction: 'upward', isAsked: false },
        ...{ begun: 0, made: [], sent: 0, turn: 0 },
      }

/** What an order does to the engine's record; the worker will hear of it. */
export function recordOrder(tiles: HeldTiles, order: TileOrder): void {
  tiles.orders++
  tiles.inbox.push(order)
  switch (order.type) {
    case 'extend':
      tiles.list = [...tiles.list, ...order.partitions]
      return
    case 'shorten':
      tiles.shortenedTo = Math.min(order.to, tiles.shortenedTo ?? Number.POSITIVE_INFINITY)
      return
    case 'send-early':
      tiles.asked = order.upTo
      return
    case 'send':
      tiles.list = [...tiles.list.slice(0, order.keep ?? tiles.list.length), ...order.partitions]
      tiles.asked = order.upTo
      tiles.isFinal = true
  }
}

/** What is told of a worker's word on its list: a length is believed within reason, and when all orders were heeded. */
export function recordWord(
  tiles: HeldTiles,
  claim: { readonly orders: number; readonly length: number },
): Omit<TilesTold, 'uploadMs'> {
  if (claim.orders >= tiles.orders && tiles.shortenedTo !== null) {
    const length = Math.min(tiles.list.length, Math.max(claim.length, tiles.shortenedTo, tiles.heard))
    tiles.list = tiles.list.slice(0, length)
    tiles.asked = tiles.asked.map(count => (count > length ? 0 : count))
    tiles.shortenedTo = null
  }
  const length = claim.orders >= tiles.orders ? tiles.list.length : null
  return { length, sent: tiles.sent }
}

/** The worker takes the next order it was sent. False: what it is to do can no longer be done. */
export function heedOrder(tiles: HeldTiles, finished: number): boolean {
  const order = tiles.inbox.shift()!
  const { own, begun, upTo: before } = tiles
  tiles.heeded++
  switch (order.type) {
    case 'extend':
      tiles.own = [...own, ...order.partitions]
      return true
    case 'shorten':
      tiles.own = own.slice(0, Math.max(order.to, begun))
      tiles.upTo = before.map(count => (count > tiles.own.length ? 0 : count))
      return true
    case 'send-early':
      if (order.upTo.some(count => count > 0 && count < begun)) return false
      break
    case 'send': {
      const { keep = own.length } = order
      const length = Math.min(keep, own.length) + order.partitions.length
      const cannot = (count: number, segment: number) => {
        const early = before[segment] ?? 0
        if (early > 0 && early <= begun) return count !== early
        return count > length || (count > 0 && count < begun)
      }
      if (begun > keep || order.upTo.some(cannot)) return false
      tiles.own = [...own.slice(0, keep), ...order.partitions]
      tiles.isAsked = true
    }
  }
  tiles.upTo = order.upTo
  tiles.direction = order.direction
  if (begun === finished) makeTiles(tiles, finished)
  return true
}

/** Those that hold so many partitions, and are not made yet. */
export function makeTiles(tiles: HeldTiles, finished: number): void {
  const due = tiles.upTo.flatMap((count, segment) => (finished > 0 && count === finished ? [segment] : []))
  for (const segment of tiles.direction === 'upward' ? due : due.reverse())
    if (!tiles.made.some(tile => tile.segment === segment))
      tiles.made.push({ segment, covers: finished, partitions: tiles.own.slice(0, finished) })
}

/** How far its list is to be computed, as the worker knows it. */
export const reachOfTiles = ({ own, upTo, isAsked }: HeldTiles): number => (isAsked ? Math.max(0, ...upTo) : own.length)

export const areAllSent = ({ isAsked, upTo, sent }: HeldTiles): boolean =>
  isAsked && sent >= upTo.filter(count => count > 0).length
