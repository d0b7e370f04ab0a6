// What is known of the ways to and from workers.

import type { Milliseconds, WorkerId } from '@muster/vocabulary'
import type { TiledState } from './tiled-state.ts'

/** From an assignment to the first computing. */
export const startMsOf = ({ links }: TiledState, worker: WorkerId): Milliseconds =>
  links[worker]?.startMs ??
  middleOf(Object.values(links).flatMap(({ startMs }) => (startMs === null ? [] : [startMs]))) ??
  0

/** Of a whole vector. Nothing known: as long as it takes to begin, for the parameters are of the same size. */
export const uploadMsOf = (state: TiledState, worker: WorkerId): Milliseconds =>
  state.links[worker]?.uploadMs ??
  middleOf(Object.values(state.links).flatMap(({ uploadMs }) => (uploadMs === null ? [] : [uploadMs]))) ??
  startMsOf(state, worker)

export function middleOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
