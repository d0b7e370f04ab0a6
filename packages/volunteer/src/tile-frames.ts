// Tiles that fall due in one step of the machine and lie side by side travel in one frame: with a small model, a post for
// each of them would cost more than what it carries.

import type { WorkerEffect } from '@muster/engine'
import { segmentRange, tileFrameBytes } from '@muster/vocabulary'

type SendTile = Extract<WorkerEffect, { type: 'send-tile' }>

export interface SendTiles extends Pick<SendTile, 'item' | 'covers' | 'computeMs'> {
  readonly type: 'send-tiles'
  /** Adjacent segments of that many, the lowest and the highest of them. */
  readonly segments: number
  readonly lowest: number
  readonly highest: number
}

export type JoinedEffect = Exclude<WorkerEffect, SendTile> | SendTiles

export const coordinatesOf = (
  { segments, lowest, highest }: Pick<SendTiles, 'segments' | 'lowest' | 'highest'>,
  parameterCount: number,
): { readonly from: number; readonly to: number } => ({
  from: segmentRange(parameterCount, segments, lowest).from,
  to: segmentRange(parameterCount, segments, highest).to,
})

/** In the order of the machine: what stands between two tiles keeps them apart. */
export function joinTiles(effects: readonly WorkerEffect[], parameterCount: number): readonly JoinedEffect[] {
  const joined: JoinedEffect[] = []
  for (const effect of effects) {
    if (effect.type !== 'send-tile') {
      joined.push(effect)
      continue
    }
    const last = joined.at(-1)
    const longer = last?.type === 'send-tiles' ? withTile(last, effect, parameterCount) : null
    if (longer === null) joined.push(alone(effect))
    else joined[joined.length - 1] = longer
  }
  return joined
}

const alone = ({ item, covers, computeMs, segment, segments }: SendTile): SendTiles => ({
  type: 'send-tiles',
  item,
  covers,
  computeMs,
  segments,
  lowest: segment,
  highest: segment,
})

/** Null where it does not belong to the frame, or no longer fits. */
function withTile(frame: SendTiles, tile: SendTile, parameterCount: number): SendTiles | null {
  const isOfSameSum =
    tile.item.lease === frame.item.lease && tile.covers === frame.covers && tile.segments === frame.segments
  const isBeside = tile.segment === frame.highest + 1 || tile.segment === frame.lowest - 1
  if (!isOfSameSum || !isBeside) return null
  const longer = {
    ...frame,
    lowest: Math.min(frame.lowest, tile.segment),
    highest: Math.max(frame.highest, tile.segment),
  }
  const { from, to } = coordinatesOf(longer, parameterCount)
  return 4 * (to - from) <= tileFrameBytes ? longer : null
}
