// The roll of the last rounds: a lane per worker, from being called to its answer.

import { formatMs, shortId } from '@muster/appearance'
import type { Snapshot } from '@muster/protocol'
import { useMemo, useRef, useState } from 'react'
import { drawLanes, type Fate, fates, fatesIn, type RoundLanes, rowHeight, totalFates } from './lane-geometry.ts'
import { laneMarkKinds, lanesOfWorker, marksIn } from './lane-marks.ts'
import { LanesLegend } from './lanes-legend.tsx'
import { describeLanes, describeMarks, fateWords, LanesTable } from './lanes-table.tsx'
import { useWidth } from './use-width.ts'

const axisHeight = 40
const pixelsPerRoundMin = 64
const labelWidthMin = 44

interface LanesProps {
  readonly lanes: Snapshot['lanes']
  readonly workers: Snapshot['workers']
}

export function Lanes({ lanes, workers }: LanesProps) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box, 600)
  const met = useMet(fates, fatesIn(lanes))
  const marks = useMet(laneMarkKinds, marksIn(lanes))
  const shown = useMemo(() => lanes.slice(-Math.max(2, Math.floor(width / pixelsPerRoundMin))), [lanes, width])
  const present = useMemo(() => workers.map(({ worker }) => worker), [workers])
  const drawing = useMemo(() => drawLanes(shown, present, width), [shown, present, width])
  const height = drawing.height + axisHeight

  return (
    <figure className="lanes" data-testid="lanes">
      <LanesLegend met={met} marks={marks} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="lanes-body" aria-label="Lanes, one a worker" tabIndex={0}>
        <ul className="lanes-names" aria-hidden="true">
          {drawing.workers.map(worker => (
            <li key={worker} style={{ height: rowHeight }} title={worker}>
              {shortId(worker)}
            </li>
          ))}
          {shown.length > 0 && (
            <>
              <li className="axis">round</li>
              <li className="axis">took</li>
            </>
          )}
        </ul>
        <div ref={box} className="lanes-picture">
          {shown.length === 0 && <p className="quiet">The first lanes appear when the first round has closed.</p>}
          <svg width={width} height={height} role="img" aria-label={summaryOf(shown, met)}>
            {drawing.rounds.map(({ round, ms, left, width: roundWidth }) => (
              <g key={round} className="round">
                <rect x={left} y={0} width={roundWidth} height={drawing.height} rx={4} />
                {roundWidth >= labelWidthMin && (
                  <>
                    <text x={left + 2} y={drawing.height + 16}>
                      {round}
                    </text>
                    <text x={left + 2} y={drawing.height + 33}>
                      {formatMs(ms)}
                    </text>
                  </>
                )}
              </g>
            ))}
            {fates.map(fate => (
              <g key={fate} className={`fate ${fate}`}>
                <path className="computing" d={drawing.computing[fate]} />
                <path className="announced" d={drawing.announced[fate]} />
                <path className="tiles" d={drawing.tiles[fate]} />
                <path className="rescue" d={drawing.rescues[fate]} />
                <path className="mark" d={drawing.marks[fate]} />
                <path className="mark small" d={drawing.rescueMarks[fate]} />
              </g>
            ))}
            <path className="change" d={drawing.grew} />
            <path className="change" d={drawing.shrank} />
            {drawing.workers.map((worker, row) => (
              <rect key={worker} className="row" y={row * rowHeight} width={width} height={rowHeight}>
                <title>{`${shortId(worker)}: ${describeLanes(lanesOfWorker(shown, worker))}`}</title>
              </rect>
            ))}
          </svg>
        </div>
      </section>
      <LanesTable lanes={shown} met={met} marks={marks} />
    </figure>
  )
}

/** Those seen since the page was opened: the legend does not flicker with what the last rounds happen to hold. */
function useMet<Kind>(all: readonly Kind[], now: readonly Kind[]): readonly Kind[] {
  const [met, setMet] = useState<readonly Kind[]>([])
  if (now.every(kind => met.includes(kind))) return met
  const more = all.filter(kind => met.includes(kind) || now.includes(kind))
  setMet(more)
  return more
}

function summaryOf(lanes: readonly RoundLanes[], met: readonly Fate[]): string {
  const first = lanes[0]
  const last = lanes.at(-1)
  if (first === undefined || last === undefined) return 'No round has closed yet.'
  const total = totalFates(lanes)
  const words = met.map(fate => `${total[fate]} ${fateWords[fate]}`).join('; ')
  const rounds = `Rounds ${first.round} to ${last.round}, all workers together: ${words}.`
  const marks = describeMarks(lanes.flatMap(({ workers }) => workers))
  return marks === '' ? rounds : `${rounds} In all, ${marks}.`
}
