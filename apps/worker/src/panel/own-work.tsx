// What this tab has given, and what it computes with.

import { formatCount, formatMs, none } from '@muster/appearance'
import type { Status } from '../volunteer-link.ts'
import { backendWords } from './phase-words.ts'

export function OwnWork({ status }: { readonly status: Status }) {
  const { results, samples, partitions, computeMs } = status.contributed
  return (
    <section className="own" aria-labelledby="own-heading">
      <h2 id="own-heading">What this tab has given</h2>
      <dl className="figures">
        <div>
          <dt>Answers in the model</dt>
          <dd data-testid="contributed-results" data-value={results}>
            {formatCount(results)}
          </dd>
        </div>
        <div>
          <dt>Samples learnt from</dt>
          <dd>{formatCount(samples)}</dd>
        </div>
        <div>
          <dt>Pieces computed</dt>
          <dd data-testid="contributed-pieces" data-value={partitions}>
            {formatCount(partitions)}
          </dd>
        </div>
        <div>
          <dt>Time spent computing</dt>
          <dd data-testid="contributed-time" data-value={computeMs}>
            {formatMs(computeMs)}
          </dd>
        </div>
      </dl>
      <p className="quiet note">
        {status.run?.talksToPeers
          ? 'This tab learns on pieces of its own and passes what it has learnt to its neighbours. Now and then that goes into the mean of all tabs, which is the model: an answer.'
          : 'Every piece is given to as many tabs as the run needs to never wait for one. A piece that another tab answered first is counted as computed, and was your part of that safety.'}
      </p>
    </section>
  )
}

export function BackendDetails({ status }: { readonly status: Status }) {
  const { backend, backendNotes, msPerPartition } = status
  const words = backend === null ? null : backendWords[backend]
  return (
    <details className="more">
      <summary>
        Computes with{' '}
        <b data-testid="backend" data-value={backend ?? ''}>
          {words?.name ?? 'nothing yet'}
        </b>
      </summary>
      {words === null ? (
        <p>The best way your browser offers is chosen when you begin.</p>
      ) : (
        <p>
          That is {words.meaning}. One piece of work takes {msPerPartition === null ? none : formatMs(msPerPartition)}{' '}
          at the present share.
        </p>
      )}
      {backendNotes.length > 0 && (
        <>
          <p>Why not something faster:</p>
          <ul>
            {backendNotes.map(note => (
              <li key={note.backend}>
                <b>{backendWords[note.backend].name}:</b> {note.whyNot}
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  )
}
