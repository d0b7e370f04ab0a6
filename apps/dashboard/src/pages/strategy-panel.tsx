// What the strategy in force has to show beside what all have, drawn from its own description alone.

import type { Panel, RoundRecord } from '@muster/protocol'
import { useMemo } from 'react'
import { FigurePlot } from '../charts/figure-plot.tsx'
import { Histogram } from '../charts/histogram.tsx'
import { PeerGraph } from '../charts/peer-graph/peer-graph.tsx'
import { useWorkerLines } from '../charts/worker-lines/use-worker-lines.ts'
import { WorkerLines } from '../charts/worker-lines/worker-lines.tsx'
import { formatFigure, roundsThatTell } from '../live/panel-figures.ts'
import { Figure } from './figure.tsx'

/** A canvas each: more would cost every page dear, and nobody follows more at once. */
const plotsMax = 8

interface StrategyPanelProps {
  readonly panel: Panel
  readonly rounds: readonly RoundRecord[]
  /** Who is here. */
  readonly present: readonly string[]
}

/** Another strategy’s is another panel: the page gives it a key. */
export function StrategyPanel({ panel, rounds, present }: StrategyPanelProps) {
  const { title, meaning, figures, histogram, workersOverTime, graph } = panel
  const keys = figures.map(({ key }) => key).join(' ')
  const records = useMemo(() => roundsThatTell(rounds, keys.split(' ')), [rounds, keys])
  const told = useWorkerLines(workersOverTime.slice(0, plotsMax), rounds, present)
  const last = rounds.at(-1)
  const drawn = figures.filter(({ scale, isSaving }) => scale !== 'none' && !isSaving).slice(0, plotsMax)
  // What it saves stands beside what redundancy costs.
  const further = figures.filter(figure => !drawn.includes(figure) && !figure.isSaving)
  return (
    <section className="sheet panel" aria-labelledby="panel-heading" data-testid="strategy-panel">
      <h2 id="panel-heading">{title}</h2>
      <p className="quiet">{meaning}</p>
      {graph !== null && <PeerGraph graph={graph} isAnybodyHere={present.length > 0} colouring={told.colouring} />}
      <div className="panel-plots">
        {drawn.map(figure => (
          <FigurePlot key={figure.key} figure={figure} records={records} />
        ))}
        {histogram !== null && <Histogram histogram={histogram} />}
      </div>
      {further.length > 0 && (
        <dl className="figures">
          {further.map(figure => {
            const value = last?.figures[figure.key] ?? null
            return (
              <Figure
                key={figure.key}
                name={figure.title}
                hook={`panel-${figure.key}`}
                value={value}
                note={figure.meaning}
              >
                {formatFigure(value, figure.unit)}
              </Figure>
            )
          })}
        </dl>
      )}
      {workersOverTime.length > 0 && <WorkerLines told={told} records={rounds} />}
    </section>
  )
}
