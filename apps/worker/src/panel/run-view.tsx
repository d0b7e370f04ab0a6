// The run as every volunteer sees it: what is trained, for whom, how far it has come.

import { Facts, formatCount, formatLoss, formatPercent, none } from '@muster/appearance'
import type { RunDescription, RunProgress } from '@muster/protocol'
import { rangeOf } from './curve-geometry.ts'
import { RunCurve } from './run-curve.tsx'

export const describeModel = ({ model, parameterCount }: RunDescription): string =>
  `${model.charAt(0).toUpperCase()}${model.slice(1)}; ${formatCount(parameterCount)} parameters`

export const describeData = ({ dataset }: RunDescription): string =>
  `${dataset.title}: ${formatCount(dataset.trainingSamples)} samples, ${dataset.classes} classes`

/** Before the run is known the rows are there already, so that nothing jumps when it is. */
export function RunFacts({ run }: { readonly run: RunDescription | null }) {
  const facts: readonly (readonly [string, string])[] = [
    ['For', run === null ? none : run.for],
    ['Learns from', run === null ? none : describeData(run)],
    ['Model', run === null ? none : describeModel(run)],
  ]
  return <Facts facts={facts} />
}

export function RunSoFar({ progress }: { readonly progress: RunProgress | null }) {
  const curve = progress?.curve ?? []
  const losses = curve.map(([round, loss]) => ({ x: round, y: loss }))
  const accuracies = curve.flatMap(([round, , accuracy]) => (accuracy === null ? [] : [{ x: round, y: accuracy }]))
  const rounds = curve.length === 0 ? { min: 0, max: 10 } : rangeOf(curve.map(([round]) => round))
  const end = progress?.roundsEnd ?? null
  return (
    <section className="so-far" aria-labelledby="run-heading">
      <h2 id="run-heading">The run so far</h2>
      <dl className="figures">
        <div>
          <dt>Test accuracy</dt>
          <dd data-testid="run-accuracy" data-value={progress?.testAccuracy ?? ''}>
            {formatPercent(progress?.testAccuracy ?? null)}
          </dd>
        </div>
        <div>
          <dt>Training loss</dt>
          <dd data-testid="run-loss" data-value={progress?.loss ?? ''}>
            {formatLoss(progress?.loss ?? null)}
          </dd>
        </div>
        <div>
          <dt>Round</dt>
          <dd data-testid="run-round" data-value={progress?.round ?? ''}>
            {progress === null ? none : formatCount(progress.round)}
            {end !== null && <small> of {formatCount(end)}</small>}
          </dd>
        </div>
        <div>
          <dt>Tabs training</dt>
          <dd>{progress === null ? none : formatCount(progress.workers)}</dd>
        </div>
      </dl>
      <div className="curves">
        <RunCurve
          className="accuracy"
          title="Test accuracy"
          unit="% right, unseen samples"
          points={accuracies}
          format={formatPercent}
          formatTick={value => String(Math.round(value * 100))}
          rounds={rounds}
          bounds={{ min: 0, max: 1 }}
        />
        <RunCurve
          className="loss"
          title="Training loss"
          unit="cross-entropy, nats"
          points={losses}
          format={formatLoss}
          formatTick={String}
          rounds={rounds}
        />
      </div>
      {curve.length > 0 && (
        <details>
          <summary>The last rounds as a table</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">Round</th>
                <th scope="col">Training loss</th>
                <th scope="col">Test accuracy</th>
              </tr>
            </thead>
            <tbody>
              {curve.slice(-12).map(([round, loss, accuracy]) => (
                <tr key={round}>
                  <th scope="row">{formatCount(round)}</th>
                  <td>{formatLoss(loss)}</td>
                  <td>{formatPercent(accuracy)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  )
}
