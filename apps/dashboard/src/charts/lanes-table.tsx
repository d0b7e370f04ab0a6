// The lanes without a picture: how often each fate befell each worker, in words.

import { formatDecimal, plural, shortId } from '@muster/appearance'
import type { Lane } from '@muster/protocol'
import { countFates, type Fate, fates, type RoundLanes, totalFates } from './lane-geometry.ts'
import { countMarks, type LaneMarkKind, laneMarkKinds, lanesOfWorker } from './lane-marks.ts'

export const fateWords: Record<Fate, string> = {
  answered: 'answered',
  covered: 'covered by another',
  working: 'still at work',
  restarted: 'restarted',
  straggled: 'straggled',
  gone: 'gone',
}

export const markWords: Record<LaneMarkKind, string> = {
  grew: 'list grew',
  shrank: 'list shrank',
  tile: 'tile came',
  rescue: 'rescue of what others lost',
}

const columnWords: Record<LaneMarkKind, string> = {
  grew: 'list grew',
  shrank: 'list shrank',
  tile: 'whole sums in tiles',
  rescue: 'rescues',
}

/** Tiles are parts of a sum: together so many whole ones. */
const formatMarks = (kind: LaneMarkKind, count: number): string =>
  kind === 'tile' ? formatDecimal(count, 1) : String(count)

export const describeMarks = (lanes: readonly Lane[]): string => {
  const count = countMarks(lanes)
  return laneMarkKinds
    .filter(kind => count[kind] > 0)
    .map(kind => `${columnWords[kind]}: ${formatMarks(kind, count[kind])}`)
    .join('; ')
}

/** Of one worker in the rounds shown, in a sentence. */
export function describeLanes(lanes: readonly Lane[]): string {
  const count = totalFates([{ round: 0, ms: 0, workers: [...lanes] }])
  const words = fates.filter(fate => count[fate] > 0).map(fate => `${count[fate]} ${fateWords[fate]}`)
  return [...words, describeMarks(lanes)].filter(part => part !== '').join('; ')
}

interface LanesTableProps {
  readonly lanes: readonly RoundLanes[]
  /** The columns. */
  readonly met: readonly Fate[]
  readonly marks: readonly LaneMarkKind[]
}

export function LanesTable({ lanes, met, marks }: LanesTableProps) {
  const counts = countFates(lanes)
  if (counts.size === 0) return null
  return (
    <details>
      <summary>As a table: the last {plural(lanes.length, 'round')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="scroll short" aria-label="What became of each worker's lanes" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Worker</th>
              {met.map(fate => (
                <th scope="col" key={fate}>
                  {fateWords[fate]}
                </th>
              ))}
              {marks.map(kind => (
                <th scope="col" key={kind}>
                  {columnWords[kind]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...counts].map(([worker, row]) => (
              <tr key={worker}>
                <th scope="row" className="id" title={worker}>
                  {shortId(worker)}
                </th>
                {met.map(fate => (
                  <td key={fate}>{row[fate]}</td>
                ))}
                {marks.map(kind => (
                  <td key={kind}>{formatMarks(kind, countMarks(lanesOfWorker(lanes, worker))[kind])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
