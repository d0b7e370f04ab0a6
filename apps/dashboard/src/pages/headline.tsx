// The run in one line: its title, its phase in words, what has been asked for and is not yet in force.

import { formatCount, plural } from '@muster/appearance'
import type { Snapshot } from '@muster/protocol'

function phaseWords({ phase, workers, round }: Snapshot): { readonly word: string; readonly meaning: string } {
  switch (phase) {
    case 'waiting':
      return { word: 'Waiting', meaning: 'for the first tab; training starts by itself when it comes' }
    case 'running':
      return workers.length === 0
        ? { word: 'Running', meaning: 'nobody is here; it goes on when a tab comes' }
        : { word: 'Running', meaning: `with ${plural(workers.length, 'tab')}` }
    case 'paused':
      return { word: 'Paused', meaning: 'by the operator; no work is given out' }
    case 'ended':
      return { word: 'Ended', meaning: `after ${plural(round, 'round')}; the weights are kept` }
  }
}

export function Headline({ snapshot }: { readonly snapshot: Snapshot }) {
  const { word, meaning } = phaseWords(snapshot)
  return (
    <div className="headline">
      <h1>{snapshot.run.title}</h1>
      <div className="phase" role="status">
        <b className={snapshot.phase} data-testid="phase" data-value={snapshot.phase}>
          {word}
        </b>{' '}
        <span className="quiet">{meaning}</span>
      </div>
      <p className="pending" role="status" data-testid="pending">
        {snapshot.pending.length > 0 && `Takes effect at the next round: ${snapshot.pending.join(', ')}`}
      </p>
    </div>
  )
}

export function RoundOf({ round, roundsEnd }: Pick<Snapshot, 'round' | 'roundsEnd'>) {
  return (
    <>
      {formatCount(round)}
      {roundsEnd !== null && <small> of {formatCount(roundsEnd)}</small>}
    </>
  )
}
