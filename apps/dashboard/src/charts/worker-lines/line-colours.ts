// Which workers have a colour of their own: few enough to be told apart, and nobody changes colour while it is seen.

import { type Silence, silencesOf } from './silences.ts'
import { lastRoundOf, type Track } from './worker-tracks.ts'

export const coloursMax = 8
/** More lines than this are a thicket, and cost at every round. */
export const linesMax = 24
/** Whoever was not heard for as many turns as this is quiet: its colour may go to somebody who is heard. */
const quietTurns = 20

/** By worker: the number of its colour, from 0. */
export type Colouring = ReadonlyMap<string, number>

/** Present and heard before present and quiet before gone; in each class those with a colour, then the last heard. */
export function rankTracks(
  tracks: readonly Track[],
  present: ReadonlySet<string>,
  colouring: Colouring,
): readonly Track[] {
  const latest = Math.max(0, ...tracks.map(lastRoundOf))
  const quietBefore = latest - quietTurns * Math.max(1, present.size)
  const classOf = (track: Track): number => (!present.has(track.worker) ? 2 : lastRoundOf(track) < quietBefore ? 1 : 0)
  const uncoloured = ({ worker }: Track): number => (colouring.has(worker) ? 0 : 1)
  return [...tracks].sort(
    (a, b) => classOf(a) - classOf(b) || uncoloured(a) - uncoloured(b) || lastRoundOf(b) - lastRoundOf(a),
  )
}

/** The first of the ranked are coloured: who has a colour keeps it, newcomers get the free ones as they were heard. */
export function colourTracks(ranked: readonly Track[], before: Colouring): Colouring {
  const chosen = ranked.slice(0, coloursMax).sort((a, b) => firstRoundOf(a) - firstRoundOf(b))
  const kept = chosen.flatMap(({ worker }) => {
    const colour = before.get(worker)
    return colour === undefined ? [] : [[worker, colour] as const]
  })
  const taken = new Set(kept.map(([, colour]) => colour))
  const free = Array.from({ length: coloursMax }, (_, colour) => colour).filter(colour => !taken.has(colour))
  const fresh = chosen.filter(({ worker }) => !before.has(worker)).map(({ worker }, at) => [worker, free[at]!] as const)
  return new Map([...kept, ...fresh])
}

const firstRoundOf = ({ told }: Track): number => told[0]?.round ?? 0

export interface Line {
  readonly track: Track
  /** Null: drawn grey. */
  readonly colour: number | null
  readonly isGone: boolean
  readonly silences: readonly Silence[]
}

/** As they are drawn and named: by colour, then the grey ones, those who left at the end of each. */
export function linesOf(ranked: readonly Track[], present: ReadonlySet<string>, colouring: Colouring): readonly Line[] {
  const lines = ranked.slice(0, linesMax).map(track => ({
    track,
    colour: colouring.get(track.worker) ?? null,
    isGone: !present.has(track.worker),
    silences: silencesOf(track.told.map(({ round }) => round)),
  }))
  const order = ({ colour, isGone }: Line): number => (colour ?? coloursMax) + (isGone ? 2 * coloursMax : 0)
  return lines.sort((a, b) => order(a) - order(b) || firstRoundOf(a.track) - firstRoundOf(b.track))
}
