// The workers of a panel as all its pictures show them: what was told of whom, and who has which colour.

import type { PanelFigure, RoundRecord } from '@muster/protocol'
import { useMemo, useState } from 'react'
import { type Colouring, colourTracks, type Line, linesOf, rankTracks } from './line-colours.ts'
import { type Track, tracksOf } from './worker-tracks.ts'

export interface ToldOfWorkers {
  readonly figures: readonly PanelFigure[]
  readonly tracks: readonly Track[]
  readonly lines: readonly Line[]
  readonly colouring: Colouring
}

export function useWorkerLines(
  told: readonly PanelFigure[],
  records: readonly RoundRecord[],
  present: readonly string[],
): ToldOfWorkers {
  // Both come anew with every snapshot; only what they say is a reason to draw again.
  const description = JSON.stringify(told)
  const names = present.join(' ')
  const figures = useMemo((): readonly PanelFigure[] => JSON.parse(description), [description])
  const tracks = useMemo(
    () =>
      tracksOf(
        records,
        figures.map(({ key }) => key),
      ),
    [records, figures],
  )
  const here = useMemo(() => new Set(names.split(' ')), [names])
  const colouring = useColouring(tracks, here)
  const lines = useMemo(() => linesOf(rankTracks(tracks, here, colouring), here, colouring), [tracks, here, colouring])
  return { figures, tracks, lines, colouring }
}

/** Kept from one round to the next, so that nobody changes colour while it is looked at. */
function useColouring(tracks: readonly Track[], present: ReadonlySet<string>): Colouring {
  const [colouring, setColouring] = useState<Colouring>(new Map())
  const next = useMemo(
    () => colourTracks(rankTracks(tracks, present, colouring), colouring),
    [tracks, present, colouring],
  )
  const isSame = next.size === colouring.size && [...next].every(([worker, colour]) => colouring.get(worker) === colour)
  if (!isSame) setColouring(next)
  return isSame ? colouring : next
}
