// The table beside the plots of workers: what was told of whom in the last rounds, newest first.

import { formatCount, shortId } from '@muster/appearance'
import type { PanelFigure, RoundRecord } from '@muster/protocol'
import { formatFigure } from '../../live/panel-figures.ts'
import { AsTable } from '../as-table.tsx'

const rowsMax = 40

interface WorkerRoundsTableProps {
  readonly figures: readonly PanelFigure[]
  readonly records: readonly RoundRecord[]
}

export function WorkerRoundsTable({ figures, records }: WorkerRoundsTableProps) {
  if (records.length === 0) return null
  return (
    <AsTable
      title="Worker by worker"
      extent="the last rounds"
      table={() => (
        <table>
          <thead>
            <tr>
              <th scope="col">Round</th>
              <th scope="col">Worker</th>
              {figures.map(({ key, title }) => (
                <th scope="col" className="figure" key={key}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lastTold(records).map(({ round, worker, told }) => (
              <tr key={`${round} ${worker}`}>
                <th scope="row">{formatCount(round)}</th>
                <td className="id" title={worker}>
                  {shortId(worker)}
                </td>
                {figures.map(({ key, unit }) => (
                  <td className="figure" key={key}>
                    {formatFigure(told[key] ?? null, unit)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    />
  )
}

function lastTold(records: readonly RoundRecord[]) {
  return records
    .slice(-rowsMax)
    .reverse()
    .flatMap(({ round, workerFigures = {} }) =>
      Object.entries(workerFigures).map(([worker, told]) => ({ round, worker, told })),
    )
    .slice(0, rowsMax)
}
