// The operator's page, laid out: where the run stands, how it learns, who answers, what can be done.

import { Mark, plural } from '@muster/appearance'
import type { Snapshot } from '@muster/protocol'
import { useEffect, useSyncExternalStore } from 'react'
import { Lanes } from '../charts/lanes.tsx'
import { LearningPlots, ResidualPlot, StragglerPlots } from '../charts/round-plots.tsx'
import type { RunFeed, RunState } from '../live/run-feed.ts'
import { Controls } from './controls.tsx'
import { Figures } from './figures.tsx'
import { Headline } from './headline.tsx'
import { Invitation } from './invitation.tsx'
import { hasGradients, isCodedRound } from './promise.ts'
import { Events, Refusals, RunFacts } from './record.tsx'
import { RedundancyMeter } from './redundancy-meter.tsx'
import { StrategyPanel } from './strategy-panel.tsx'
import { DecodingFigures, UpdateFigures } from './update-figures.tsx'
import { WorkersTable } from './workers-table.tsx'
import { WrittenText } from './written-text.tsx'

interface RunPageProps {
  readonly feed: RunFeed
  readonly token: string | null
  readonly origin: string
}

export function RunPage({ feed, token, origin }: RunPageProps) {
  const state = useSyncExternalStore(feed.subscribe, feed.state)
  const { snapshot } = state
  useEffect(() => {
    document.title = snapshot === null ? 'Muster dashboard' : `${snapshot.run.title} · Muster dashboard`
  }, [snapshot])
  return (
    <>
      <header className="top">
        <span className="brand">
          <Mark />
          Muster
        </span>
        <Connection state={state} />
      </header>
      <Notice state={state} />
      {snapshot === null ? (
        <Opening state={state} />
      ) : (
        <Run state={state} snapshot={snapshot} token={token} origin={origin} />
      )}
    </>
  )
}

interface RunProps {
  readonly state: RunState
  readonly snapshot: Snapshot
  readonly token: string | null
  readonly origin: string
}

function Run({ state, snapshot, token, origin }: RunProps) {
  const { rounds, connection } = state
  const { workers, strategy } = snapshot
  const isCoded = isCodedRound(strategy.promise)
  return (
    <main className={connection === 'connected' ? 'run' : 'run stale'}>
      <Headline snapshot={snapshot} />
      <Figures snapshot={snapshot} rounds={rounds} isCoded={isCoded} />
      <div className="columns">
        <aside className="steer" aria-label="Steering">
          <Controls snapshot={snapshot} token={token} isConnected={connection === 'connected'} />
          <Invitation origin={origin} isEmpty={workers.length === 0 && snapshot.phase !== 'ended'} />
        </aside>
        <div className="live">
          <section aria-labelledby="learning-heading">
            <h2 id="learning-heading" className="unseen">
              Learning
            </h2>
            <div className="plots">
              <LearningPlots records={rounds} />
            </div>
          </section>
          {strategy.panel !== null && (
            <StrategyPanel
              key={strategy.panel.title}
              panel={strategy.panel}
              rounds={rounds}
              present={workers.map(({ worker }) => worker)}
            />
          )}
          {snapshot.sample !== null && <WrittenText sample={snapshot.sample} />}
          <section className="sheet" aria-labelledby="lanes-heading">
            <h2 id="lanes-heading">The roll, round by round</h2>
            <Lanes lanes={snapshot.lanes} workers={workers} />
          </section>
          <section className="sheet" aria-labelledby="workers-heading">
            <h2 id="workers-heading">
              Workers <span className="quiet">{plural(workers.length, 'tab')} present</span>
            </h2>
            <WorkersTable workers={workers} phase={snapshot.phase} columns={strategy.panel?.workers ?? []} />
          </section>
          <section aria-labelledby="stragglers-heading">
            <h2 id="stragglers-heading" className="unseen">
              Stragglers
            </h2>
            <div className="plots">
              <StragglerPlots records={rounds} isCoded={isCoded} />
              {isCoded && (
                <RedundancyMeter
                  rounds={rounds}
                  partitions={snapshot.run.partitions}
                  figures={strategy.panel?.figures ?? []}
                />
              )}
            </div>
          </section>
          {isCoded ? (
            <section aria-labelledby="decoding-heading">
              <h2 id="decoding-heading" className="unseen">
                Decoding
              </h2>
              <div className="plots">
                <ResidualPlot records={rounds} />
                <DecodingFigures rounds={rounds} totals={snapshot.totals} />
              </div>
            </section>
          ) : (
            <UpdateFigures rounds={rounds} totals={snapshot.totals} hasGradients={hasGradients(strategy.promise)} />
          )}
        </div>
        <aside className="record" aria-label="The run and its record">
          <RunFacts snapshot={snapshot} />
          <Refusals refused={snapshot.refused} />
          <Events events={snapshot.events} />
        </aside>
      </div>
    </main>
  )
}

function Connection({ state }: { readonly state: RunState }) {
  const words = { connecting: 'Connecting', connected: 'Live', lost: 'Not connected, trying again' }
  return (
    <span className="connection" data-testid="connection" data-connection={state.connection}>
      {words[state.connection]}
    </span>
  )
}

function Notice({ state }: { readonly state: RunState }) {
  const { connection, lostAt, isMismatched, snapshot } = state
  let words = ''
  if (isMismatched) {
    words = 'This page and the coordinator are of different versions. Reload the page.'
  } else if (connection === 'lost' && snapshot !== null) {
    const since = lostAt === null ? '' : ` since ${lostAt.toLocaleTimeString('en-GB')}`
    words = `The coordinator has not been heard${since}. This page tries again by itself; what it shows below is what was last heard.`
  }
  return (
    <div role="status" className={words === '' ? 'unseen' : 'notice'}>
      {words}
    </div>
  )
}

function Opening({ state }: { readonly state: RunState }) {
  const isLost = state.connection === 'lost'
  return (
    <main className="opening">
      <h1>{isLost ? 'The coordinator does not answer' : 'Asking the coordinator'}</h1>
      <p className="quiet">
        {isLost ? (
          <>
            Is it running? <code>npm start</code> starts it and continues the run where it was saved. This page tries
            again by itself.
          </>
        ) : (
          'The run appears here in a moment.'
        )}
      </p>
    </main>
  )
}
