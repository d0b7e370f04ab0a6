// When everybody is asked for its tiles, and lists stop moving.

import type { Milliseconds } from '@muster/vocabulary'
import { middleOf, startMsOf, uploadMsOf } from './links.ts'
import type { TiledState } from './tiled-state.ts'

/** Before so much of the computing has been seen, nobody is asked: paces are known by then. */
const seenShare = 0.4

/** When the tiles are to be asked for, so that the last of them are sent when the last partition is computed. */
export function askAt(state: TiledState, level: Milliseconds, at: Milliseconds): Milliseconds {
  const { fleet, rttMs } = state
  const open = state.open!
  const uploadMs = middleOf(fleet.map(({ worker }) => uploadMsOf(state, worker))) ?? 0
  const startMs = middleOf(fleet.map(({ worker }) => startMsOf(state, worker))) ?? 0
  const begun = open.openedAt + startMs
  const share = state.settings.own.together === 'meet' ? 0.5 : state.settings.own.together === 'both' ? 1 : 0
  const wanted = level - share * uploadMs - rttMs / 2
  const seen = begun + seenShare * Math.max(0, level - begun) + rttMs / 2
  return Math.max(wanted, Math.min(seen, level - rttMs / 2), at > level ? at : 0)
}
