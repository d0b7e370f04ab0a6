// The table beside every plot, for those who do not see the canvas or want the numbers: the last rounds, newest first.

import { formatCount } from '@muster/appearance'
import { AsTable } from './as-table.tsx'
import type { Series } from './plot-series.ts'

const tableRowsMax = 40

interface PlotTableProps {
  readonly title: string
  readonly rounds: readonly number[]
  readonly series: readonly Series[]
}

export function PlotTable({ title, rounds, series }: PlotTableProps) {
  if (rounds.length === 0) return null
  const from = Math.max(0, rounds.length - tableRowsMax)
  return (
    <AsTable
      title={title}
      extent="the last rounds"
      table={() => (
        <table>
          <thead>
            <tr>
              <th scope="col">Round</th>
              {series.map(({ label }) => (
                <th scope="col" key={label}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rounds
              .slice(from)
              .map((round, index) => (
                <tr key={round}>
                  <th scope="row">{formatCount(round)}</th>
                  {series.map(({ label, values, format }) => {
                    const value = values[from + index]
                    return <td key={label}>{value === null || value === undefined ? '–' : format(value)}</td>
                  })}
                </tr>
              ))
              .reverse()}
          </tbody>
        </table>
      )}
    />
  )
}
