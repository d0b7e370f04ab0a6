// The roll of the last rounds: a lane per worker, from being called to its answer.

import { formatMs, shortId } from '@muster/appearance'
import type { Snapshot } from '@muster/protocol'
import { useMemo, useRef, useState } from 'react'
import { drawLanes, type Fate, fates, fatesIn, type RoundLanes, rowHeight, totalFates } from './lane-geometry.ts'
import { fateWords, LanesTable } from './lanes-table.tsx'
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
  const met = useFatesMet(lanes)
  const shown = useMemo(() => lanes.slice(-Math.max(2, Math.floor(width / pixelsPerRoundMin))), [lanes, width])
  const present = useMemo(() => workers.map(({ worker }) => worker), [workers])
  const drawing = useMemo(() => drawLanes(shown, present, width), [shown, present, width])
  const height = drawing.height + axisHeight

  return (
    <figure className="lanes" data-testid="lanes">
      <Legend met={met} />
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
                <path className="mark" d={drawing.marks[fate]} />
              </g>
            ))}
          </svg>
        </div>
      </section>
      <LanesTable lanes={shown} met={met} />
    </figure>
  )
}

/** Those seen since the page was opened: the legend does not flicker with what the last rounds happen to hold. */
function useFatesMet(lanes: readonly RoundLanes[]): readonly Fate[] {
  const [met, setMet] = useState<readonly Fate[]>([])
  const more = fatesIn(lanes).filter(fate => !met.includes(fate))
  if (more.length === 0) return met
  const all = fates.filter(fate => met.includes(fate) || more.includes(fate))
  setMet(all)
  return all
}

function summaryOf(lanes: readonly RoundLanes[], met: readonly Fate[]): string {
  const first = lanes[0]
  const last = lanes.at(-1)
  if (first === undefined || last === undefined) return 'No round has closed yet.'
  const total = totalFates(lanes)
  const words = met.map(fate => `${total[fate]} ${fateWords[fate]}`).join('; ')
  return `Rounds ${first.round} to ${last.round}, all workers together: ${words}.`
}

function Legend({ met }: { readonly met: readonly Fate[] }) {
  const samples: readonly (readonly [string, Fate, 'computing' | 'announced' | 'mark'])[] = [
    ['computing', 'answered', 'computing'],
    ['announced', 'answered', 'announced'],
    ...met.map(fate => [fateWords[fate], fate, 'mark'] as const),
  ]
  const paths = useMemo(() => {
    const lane = (fate: Fate, announcedAt: number | null) => ({
      worker: 'w',
      fate,
      partitions: 1,
      assignedAt: 0,
      announcedAt,
      answeredAt: 18,
      endedAt: null,
    })
    return Object.fromEntries(
      fates.map(fate => [fate, drawLanes([{ round: 1, ms: 18, workers: [lane(fate, null)] }], [], 28)]),
    )
  }, [])
  return (
    <ul className="legend" aria-label="Legend">
      {samples.map(([words, fate, kind]) => (
        <li key={words}>
          <svg width={kind === 'mark' ? 26 : 20} height={20} viewBox="-1 3 26 20" aria-hidden="true">
            <g className={`fate ${fate}`}>
              {kind === 'announced' ? (
                <path className="announced" d="M0 11h18v4h-18z" />
              ) : (
                <path className="computing" d={paths[fate]?.computing[fate]} />
              )}
              {kind === 'mark' && <path className="mark" d={paths[fate]?.marks[fate]} />}
            </g>
          </svg>
          {words}
        </li>
      ))}
    </ul>
  )
}
