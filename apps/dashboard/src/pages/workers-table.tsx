// Everybody who is here: what they compute with, how fast, what of it is in the model.

import { formatCount, formatMs, none, shortId } from '@muster/appearance'
import type { PanelFigure, Snapshot, WorkerRow } from '@muster/protocol'
import { formatFigure } from '../live/panel-figures.ts'

const stateWords: Record<WorkerRow['state'], string> = {
  computing: 'computing',
  announced: 'announced',
  idle: 'idle',
  silent: 'silent',
}

const backendNames: Record<WorkerRow['backend'], string> = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'plain CPU',
}

interface WorkersTableProps {
  readonly workers: readonly WorkerRow[]
  readonly phase: Snapshot['phase']
  /** What the strategy in force says of each worker. */
  readonly columns: readonly PanelFigure[]
}

export function WorkersTable({ workers, phase, columns }: WorkersTableProps) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="scroll" aria-label="Workers, scrollable" tabIndex={0}>
        <table data-testid="workers" aria-labelledby="workers-heading">
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">State</th>
              <th scope="col">Backend</th>
              <th scope="col" className="figure">
                Per partition
              </th>
              <th scope="col" className="figure">
                Answers
              </th>
              <th scope="col" className="figure">
                Partitions
              </th>
              {columns.map(({ key, title, meaning }) => (
                <th scope="col" className="figure told" key={key} title={meaning}>
                  {title}
                </th>
              ))}
              <th scope="col" className="figure">
                Straggled
              </th>
              <th scope="col" className="figure">
                Refused
              </th>
              <th scope="col" className="figure">
                Joined
              </th>
              <th scope="col" className="figure">
                Last heard
              </th>
            </tr>
          </thead>
          <tbody>
            {workers.map(row => (
              <Row key={row.worker} row={row} columns={columns} />
            ))}
          </tbody>
        </table>
        {workers.length === 0 && (
          <p className="quiet nobody">
            {phase === 'ended' ? 'The run has ended; everybody has been thanked and released.' : 'Nobody is here yet.'}
          </p>
        )}
      </section>
      {columns.length > 0 && <ColumnMeanings columns={columns} />}
    </>
  )
}

function ColumnMeanings({ columns }: Pick<WorkersTableProps, 'columns'>) {
  return (
    <details>
      <summary>What the strategy’s columns say</summary>
      <dl className="meanings">
        {columns.map(({ key, title, meaning }) => (
          <div key={key}>
            <dt>{title}</dt>
            <dd className="quiet">{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

interface RowProps {
  readonly row: WorkerRow
  readonly columns: readonly PanelFigure[]
}

function Row({ row, columns }: RowProps) {
  return (
    <tr data-worker={row.worker} data-state={row.state}>
      <th scope="row" className="id" title={`worker ${row.worker}, volunteer ${row.volunteer}`}>
        {shortId(row.worker)}
      </th>
      <td>
        <span className={`state ${row.state}`}>{stateWords[row.state]}</span>
      </td>
      <td>{backendNames[row.backend]}</td>
      <td className="figure">{row.msPerPartition === null ? 'new' : formatMs(row.msPerPartition)}</td>
      <td className="figure">{formatCount(row.results)}</td>
      <td className="figure">{formatCount(row.partitions)}</td>
      {columns.map(({ key, unit }) => {
        const value = row.figures[key] ?? null
        return (
          <td className="figure" key={key} data-key={key} data-value={value ?? ''}>
            {formatFigure(value, unit)}
          </td>
        )
      })}
      <td className={row.straggled > 0 ? 'figure amber' : 'figure'}>{countOrNone(row.straggled)}</td>
      <td className={row.refused > 0 ? 'figure red' : 'figure'}>{countOrNone(row.refused)}</td>
      <td className="figure">round {formatCount(row.joinedAtRound)}</td>
      <td className="figure">{row.heardMsAgo < 1000 ? 'now' : `${Math.round(row.heardMsAgo / 1000)} s ago`}</td>
    </tr>
  )
}

const countOrNone = (count: number): string => (count === 0 ? none : formatCount(count))
