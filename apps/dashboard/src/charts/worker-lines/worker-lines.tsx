// What a strategy tells of each worker over the rounds: small plots beside each other, one legend, one table.

import { formatCount } from '@muster/appearance'
import type { RoundRecord } from '@muster/protocol'
import { useMemo, useState } from 'react'
import type { Line } from './line-colours.ts'
import { roundsTogether } from './thin-points.ts'
import type { ToldOfWorkers } from './use-worker-lines.ts'
import { WorkerLegend } from './worker-legend.tsx'
import { WorkerPlot } from './worker-plot.tsx'
import { WorkerRoundsTable } from './worker-rounds-table.tsx'
import { spanOf } from './worker-tracks.ts'

/** Points of all lines of a plot that can be told apart, and what one line is always and never drawn with. */
const pointsOfAll = 1200
const pointsOfOne = { min: 200, max: 400 }

interface WorkerLinesProps {
  readonly told: ToldOfWorkers
  readonly records: readonly RoundRecord[]
}

export function WorkerLines({ told: { figures, tracks, lines }, records }: WorkerLinesProps) {
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
