// What the run is, what was refused, and what has happened.

import { Facts, formatCount, formatMoment, shortenIds } from '@muster/appearance'
import { errorCodes, type RunEvent, type Snapshot } from '@muster/protocol'
import type { ReactNode } from 'react'
import { writeSetting } from '../live/strategy-settings.ts'

const eventsMax = 40

export function RunFacts({ snapshot }: { readonly snapshot: Snapshot }) {
  const { run, strategy } = snapshot
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['For', run.for],
    ['Data', run.dataset],
    ['Model', `${run.model}, ${formatCount(run.parameterCount)} parameters`],
    ['Optimiser', optimiserWords(snapshot)],
    ['Strategy', <StrategyInForce key="strategy" strategy={strategy} />],
    ['A round', roundWords(snapshot)],
  ]
  return (
    <section className="sheet" aria-labelledby="facts-heading">
      <h2 id="facts-heading">The run</h2>
      <Facts facts={facts} />
    </section>
  )
}

function optimiserWords({ run: { optimiser }, strategy }: Snapshot): string {
  if (strategy.promise === 'elastic-exchange') return `${optimiser}; idle: tabs step by an optimiser of their own`
  if (strategy.promise === 'mean-of-peers') return `${optimiser}, in each tab by itself`
  return optimiser
}

function roundWords({ run, strategy }: Snapshot): string {
  if (strategy.promise === 'elastic-exchange') return 'one exchange between one tab and the model'
  if (strategy.promise === 'mean-of-peers') return 'the mean of all tabs’ estimates after the same iteration'
  return `${formatCount(run.partitions)} partitions of ${formatCount(run.batchPerPartition)} samples`
}

function StrategyInForce({ strategy }: Pick<Snapshot, 'strategy'>) {
  const settings = Object.entries(strategy.settings)
  return (
    <div data-testid="strategy" data-value={strategy.name}>
      <p>{strategy.name}</p>
      <p className="quiet note">{strategy.meaning}</p>
      {settings.length > 0 && (
        <dl className="settings" aria-label="Settings in force">
          {settings.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{writeSetting(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}

export function Refusals({ refused }: Pick<Snapshot, 'refused'>) {
  const rows = Object.entries(refused)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
  return (
    <section className="sheet" aria-labelledby="refusals-heading" data-testid="refusals">
      <h2 id="refusals-heading">Refused</h2>
      {rows.length === 0 ? (
        <p className="quiet">Nothing has been refused.</p>
      ) : (
        <dl className="refusals">
          {rows.map(([code, count]) => (
            <div key={code} data-code={code}>
              <dt>
                <code>{code}</code> <b>{formatCount(count)}</b>
              </dt>
              <dd className="quiet">{code in errorCodes ? errorCodes[code as keyof typeof errorCodes].meaning : ''}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

export function Events({ events }: { readonly events: readonly RunEvent[] }) {
  const shown = events.slice(-eventsMax).reverse()
  return (
    <section className="sheet" aria-labelledby="events-heading">
      <h2 id="events-heading">Record</h2>
      {shown.length === 0 ? (
        <p className="quiet">Nothing has happened yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="scroll events" aria-label="Events, newest first" tabIndex={0}>
          <ol data-testid="events">
            {shown.map((event, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: events have no name of their own and hold no state
              <li key={index}>
                <span className="quiet">
                  {formatMoment(event.at)}, round {formatCount(event.round)}
                </span>
                <span>
                  <b>{event.kind.replaceAll('-', ' ')}</b> {shortenIds(event.detail)}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </section>
  )
}
