// Everybody who is here: what they compute with, how fast, what of it is in the model.

import { formatCount, formatMs, none, shortId } from '@muster/appearance'
import type { PanelFigure, Snapshot, WorkerRow } from '@muster/protocol'
import { type ReactNode, useState } from 'react'
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
  const [isWhole, setIsWhole] = useState(false)
  const isCrowded = columns.length > columnsBeside
  const shown = general.filter(({ isLesser }) => isWhole || !isCrowded || !isLesser)
  const before = shown.filter(({ isAfter }) => !isAfter)
  const after = shown.filter(({ isAfter }) => isAfter)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="scroll" aria-label="Workers, scrollable" tabIndex={0}>
        <table data-testid="workers" aria-labelledby="workers-heading" className={isCrowded ? 'crowded' : undefined}>
          <thead>
            <tr>
              <th scope="col">Worker</th>
              {before.map(heading)}
              {columns.map(({ key, title, meaning }) => (
                <th scope="col" className="figure told" key={key} title={meaning}>
                  {title}
                </th>
              ))}
              {after.map(heading)}
            </tr>
          </thead>
          <tbody>
            {workers.map(row => (
              <tr key={row.worker} data-worker={row.worker} data-state={row.state}>
                <th scope="row" className="id" title={`worker ${row.worker}, volunteer ${row.volunteer}`}>
                  {shortId(row.worker)}
                </th>
                {before.map(column => cell(column, row))}
                {columns.map(({ key, unit }) => {
                  const value = row.figures[key] ?? null
                  return (
                    <td className="figure" key={key} data-key={key} data-value={value ?? ''}>
                      {formatFigure(value, unit)}
                    </td>
                  )
                })}
                {after.map(column => cell(column, row))}
              </tr>
            ))}
          </tbody>
        </table>
        {workers.length === 0 && (
          <p className="quiet nobody">
            {phase === 'ended' ? 'The run has ended; everybody has been thanked and released.' : 'Nobody is here yet.'}
          </p>
        )}
      </section>
      {isCrowded && (
        <label className="whole-table">
          <input type="checkbox" checked={isWhole} onChange={event => setIsWhole(event.target.checked)} />
          Also show {lesserWords}
        </label>
      )}
      {columns.length > 0 && <ColumnMeanings columns={columns} />}
    </>
  )
}

/** With more columns of a strategy than this beside the general ones, the lesser of these wait to be asked for. */
const columnsBeside = 3

interface GeneralColumn {
  readonly title: string
  readonly isFigure: boolean
  /** After the columns of the strategy. */
  readonly isAfter?: boolean
  readonly isLesser?: boolean
  readonly alarm?: (row: WorkerRow) => string
  readonly show: (row: WorkerRow) => ReactNode
}

const general: readonly GeneralColumn[] = [
  {
    title: 'State',
    isFigure: false,
    show: ({ state }) => <span className={`state ${state}`}>{stateWords[state]}</span>,
  },
  { title: 'Backend', isFigure: false, isLesser: true, show: ({ backend }) => backendNames[backend] },
  {
    title: 'Per partition',
    isFigure: true,
    show: ({ msPerPartition }) => (msPerPartition === null ? 'new' : formatMs(msPerPartition)),
  },
  { title: 'Answers', isFigure: true, show: ({ results }) => formatCount(results) },
  { title: 'Partitions', isFigure: true, isLesser: true, show: ({ partitions }) => formatCount(partitions) },
  {
    title: 'Straggled',
    isFigure: true,
    isAfter: true,
    alarm: ({ straggled }) => (straggled > 0 ? 'amber' : ''),
    show: ({ straggled }) => countOrNone(straggled),
  },
  {
    title: 'Refused',
    isFigure: true,
    isAfter: true,
    alarm: ({ refused }) => (refused > 0 ? 'red' : ''),
    show: ({ refused }) => countOrNone(refused),
  },
  {
    title: 'Joined',
    isFigure: true,
    isAfter: true,
    isLesser: true,
    show: ({ joinedAtRound }) => `round ${formatCount(joinedAtRound)}`,
  },
  {
    title: 'Last heard',
    isFigure: true,
    isAfter: true,
    show: ({ heardMsAgo }) => (heardMsAgo < 1000 ? 'now' : `${Math.round(heardMsAgo / 1000)} s ago`),
  },
]

const lesserWords = new Intl.ListFormat('en').format(
  general.filter(({ isLesser }) => isLesser).map(({ title }) => title.toLowerCase()),
)

const heading = ({ title, isFigure }: GeneralColumn): ReactNode => (
  <th scope="col" className={isFigure ? 'figure' : undefined} key={title}>
    {title}
  </th>
)

const cell = ({ title, isFigure, alarm, show }: GeneralColumn, row: WorkerRow): ReactNode => (
  <td className={isFigure ? `figure ${alarm?.(row) ?? ''}`.trim() : undefined} key={title}>
    {show(row)}
  </td>
)

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

const countOrNone = (count: number): string => (count === 0 ? none : formatCount(count))
