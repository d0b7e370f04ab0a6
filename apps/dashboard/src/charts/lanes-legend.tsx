// What the marks of the lanes mean: those alone that this run has shown.

import { drawLanes, type Fate } from './lane-geometry.ts'
import { drawChanges, drawHatched, type LaneMarkKind } from './lane-marks.ts'
import { fateWords, markWords } from './lanes-table.tsx'

const lane = {
  worker: 'w',
  partitions: 1,
  assignedAt: 0,
  announcedAt: null,
  answeredAt: 18,
  endedAt: null,
}

const draw = (fate: Fate) => drawLanes([{ round: 1, ms: 18, workers: [{ ...lane, fate }] }], [], 28)

const computing = draw('answered').computing.answered

/** The arrow alone in the middle of the bar. */
const changed = (by: number): string => {
  const held: [number, number][] = [
    [0, 2],
    [9, 2 + by],
  ]
  const { grew, shrank } = drawChanges({ ...lane, fate: 'answered', held }, at => at, 13)
  return grew + shrank
}

const markPaths: Record<LaneMarkKind, readonly [string, string][]> = {
  grew: [
    ['computing', computing],
    ['change', changed(1)],
  ],
  shrank: [
    ['computing', computing],
    ['change', changed(-1)],
  ],
  tile: [
    ['computing', computing],
    ['tiles', 'M5 8v10M9 8v10M13 8v10'],
  ],
  rescue: [['rescue', drawHatched(0, 18, 13)]],
}

interface LanesLegendProps {
  readonly met: readonly Fate[]
  readonly marks: readonly LaneMarkKind[]
}

export function LanesLegend({ met, marks }: LanesLegendProps) {
  return (
    <ul className="legend" aria-label="Legend">
      <Sample words="computing" fate="answered" width={20} paths={[['computing', computing]]} />
      <Sample words="announced" fate="answered" width={20} paths={[['announced', 'M0 11h18v4h-18z']]} />
      {marks.map(kind => (
        <Sample key={kind} words={markWords[kind]} fate="answered" width={20} paths={markPaths[kind]} />
      ))}
      {met.map(fate => {
        const { computing, marks } = draw(fate)
        const paths = [['computing', computing[fate]] as const, ['mark', marks[fate]] as const]
        return <Sample key={fate} words={fateWords[fate]} fate={fate} width={26} paths={paths} />
      })}
    </ul>
  )
}

interface SampleProps {
  readonly words: string
  readonly fate: Fate
  readonly width: number
  /** Class and path. */
  readonly paths: readonly (readonly [string, string])[]
}

const Sample = ({ words, fate, width, paths }: SampleProps) => (
  <li>
    <svg width={width} height={20} viewBox="-1 3 26 20" aria-hidden="true">
      <g className={`fate ${fate}`}>
        {paths.map(([kind, path]) => (
          <path key={kind} className={kind} d={path} />
        ))}
      </g>
    </svg>
    {words}
  </li>
)
