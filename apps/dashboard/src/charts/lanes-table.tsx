// The lanes without a picture: how often each fate befell each worker, in words.

import { plural, shortId } from '@muster/appearance'
import { countFates, type Fate, type RoundLanes } from './lane-geometry.ts'

export const fateWords: Record<Fate, string> = {
  answered: 'answered',
  covered: 'covered by another',
  working: 'still at work',
  restarted: 'restarted',
  straggled: 'straggled',
  gone: 'gone',
}

interface LanesTableProps {
  readonly lanes: readonly RoundLanes[]
  /** The columns. */
  readonly met: readonly Fate[]
}

export function LanesTable({ lanes, met }: LanesTableProps) {
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
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
