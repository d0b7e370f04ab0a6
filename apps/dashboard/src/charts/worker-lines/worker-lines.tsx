// What a strategy tells of each worker over the rounds: small plots beside each other, one legend, one table.

import { formatCount } from '@muster/appearance'
import type { PanelFigure, RoundRecord } from '@muster/protocol'
import { useMemo, useState } from 'react'
import { type Colouring, colourTracks, type Line, linesOf, rankTracks } from './line-colours.ts'
import { roundsTogether } from './thin-points.ts'
import { WorkerLegend } from './worker-legend.tsx'
import { WorkerPlot } from './worker-plot.tsx'
import { WorkerRoundsTable } from './worker-rounds-table.tsx'
import { spanOf, type Track, tracksOf } from './worker-tracks.ts'

/** Points of all lines of a plot that can be told apart, and what one line is always and never drawn with. */
const pointsOfAll = 1200
const pointsOfOne = { min: 200, max: 400 }

interface WorkerLinesProps {
  readonly figures: readonly PanelFigure[]
  readonly records: readonly RoundRecord[]
  /** Who is here. */
  readonly present: readonly string[]
}

export function WorkerLines({ figures: told, records, present }: WorkerLinesProps) {
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
  const span = useMemo(() => spanOf(tracks) ?? [], [tracks])
  const together = togetherOf(lines, span)
  const [emphasised, setEmphasised] = useState<string | null>(null)
  // A canvas keeps the lines it was made with.
  const cast = lines.map(({ track, colour, isGone }) => `${track.worker} ${colour} ${isGone}`).join()
  return (
    <section className="worker-lines" aria-labelledby="worker-lines-heading" data-testid="worker-lines">
      <h3 id="worker-lines-heading">Worker by worker</h3>
      <WorkerLegend
        lines={lines}
        unseen={tracks.length - lines.length}
        emphasised={emphasised}
        onEmphasise={setEmphasised}
      />
      {together > 1 && (
        <p className="note quiet">
          Drawn of every {formatCount(together)} rounds: each worker’s median, and what stands out.
        </p>
      )}
      <div className="panel-plots">
        {figures.map(figure => (
          <WorkerPlot key={`${figure.key} ${cast}`} {...{ figure, lines, span, together, emphasised }} />
        ))}
      </div>
      <WorkerRoundsTable figures={figures} records={records} />
    </section>
  )
}

function togetherOf(lines: readonly Line[], span: readonly number[]): number {
  const pointsOfLongest = Math.max(0, ...lines.map(({ track }) => track.told.length))
  const pointsMax = Math.min(pointsOfOne.max, Math.max(pointsOfOne.min, pointsOfAll / Math.max(1, lines.length)))
  return roundsTogether(span, pointsOfLongest, pointsMax)
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
