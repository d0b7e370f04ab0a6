// The plots of a run: what it learns, and what its stragglers cost.

import { formatDecimal, formatError, formatLoss, formatMs, formatPercent } from '@muster/appearance'
import type { RoundRecord } from '@muster/protocol'
import { memo, useMemo } from 'react'
import { lastOf } from '../live/round-history.ts'
import { Plot } from './plot.tsx'
import type { Series } from './plot-series.ts'

interface RoundPlotsProps {
  readonly records: readonly RoundRecord[]
}

function fromTo(
  records: readonly RoundRecord[],
  key: 'loss' | 'testAccuracy' | 'redundancy' | 'ms',
  format: (value: number) => string,
): string {
  const first = records.find(record => record[key] !== null)
  const last = lastOf(records, key)
  if (first === undefined || last === null) return 'no rounds yet'
  return `from ${format(first[key] ?? 0)} in round ${first.round} to ${format(last)} in round ${records.at(-1)?.round}`
}

const column = <Key extends keyof RoundRecord>(records: readonly RoundRecord[], key: Key): RoundRecord[Key][] =>
  records.map(record => record[key])

export const LearningPlots = memo(function LearningPlots({ records }: RoundPlotsProps) {
  const rounds = useMemo(() => column(records, 'round'), [records])
  const loss = useMemo<Series[]>(
    () => [
      { label: 'training', colour: 'second', shape: 'line', values: column(records, 'loss'), format: formatLoss },
      { label: 'test', colour: 'ink', shape: 'points', values: column(records, 'testLoss'), format: formatLoss },
    ],
    [records],
  )
  const accuracy = useMemo<Series[]>(
    () => [
      {
        label: 'test',
        colour: 'accent',
        shape: 'line',
        values: column(records, 'testAccuracy'),
        format: formatPercent,
      },
    ],
    [records],
  )
  return (
    <>
      <Plot
        title="Test accuracy"
        axis="samples named right, %"
        rounds={rounds}
        series={accuracy}
        summary={`Test accuracy, ${fromTo(records, 'testAccuracy', formatPercent)}.`}
        empty="The curve begins with the first test."
        formatTick={value => String(Math.round(value * 100))}
        range={() => [0, 1]}
      />
      <Plot
        title="Loss"
        axis="cross-entropy, nats"
        rounds={rounds}
        series={loss}
        summary={`Training loss, ${fromTo(records, 'loss', formatLoss)}.`}
        empty="The curve begins with the first round."
      />
    </>
  )
})

interface StragglerPlotsProps extends RoundPlotsProps {
  /** Where nobody is given another's partitions, there is no redundancy to draw. */
  readonly isCoded: boolean
}

export const StragglerPlots = memo(function StragglerPlots({ records, isCoded }: StragglerPlotsProps) {
  const rounds = useMemo(() => column(records, 'round'), [records])
  const stragglers = useMemo<Series[]>(
    () => [
      { label: 'stragglers', colour: 'amber', shape: 'bars', values: column(records, 'stragglers'), format: String },
    ],
    [records],
  )
  const both = useMemo<Series[]>(
    () => [
      ...stragglers,
      {
        label: 'redundancy',
        colour: 'accent',
        shape: 'steps',
        values: column(records, 'redundancy'),
        format: formatDecimal,
      },
    ],
    [records, stragglers],
  )
  const duration = useMemo<Series[]>(
    () => [{ label: 'round', colour: 'ink-soft', shape: 'line', values: column(records, 'ms'), format: formatMs }],
    [records],
  )
  const most = records.reduce((max, record) => Math.max(max, record.stragglers), 0)
  const redundancyWords = `Redundancy in force (workers a partition is given to), ${fromTo(records, 'redundancy', formatDecimal)}`
  return (
    <>
      <Plot
        key={isCoded ? 'both' : 'stragglers'}
        title={isCoded ? 'Stragglers and redundancy' : 'Stragglers'}
        axis="workers"
        rounds={rounds}
        series={isCoded ? both : stragglers}
        summary={
          isCoded
            ? `${redundancyWords}; at most ${most} stragglers in one round.`
            : `At most ${most} stragglers in one round.`
        }
        empty="Counted from the first round on."
        range={(_plot, _min, max) => [0, Math.max(3, Math.ceil((max ?? 0) + 0.5))]}
      />
      <Plot
        title="Time a round takes"
        axis="milliseconds"
        rounds={rounds}
        series={duration}
        summary={`Time a round takes, ${fromTo(records, 'ms', formatMs)}.`}
        empty="Measured from the first round on."
        range={(_plot, _min, max) => [0, (max ?? 1000) * 1.1]}
      />
    </>
  )
})

/** Below this a residual is rounding; the axis ends there, and an exact zero is drawn on it. */
const residualFloor = 1e-16
const residualCeiling = 1e-4
const residualMarks = [residualFloor, 1e-13, 1e-10, 1e-7, residualCeiling]

export const ResidualPlot = memo(function ResidualPlot({ records }: RoundPlotsProps) {
  const rounds = useMemo(() => column(records, 'round'), [records])
  const residual = useMemo<Series[]>(
    () => [
      {
        label: 'residual',
        colour: 'accent',
        shape: 'line',
        values: records.map(record => Math.max(residualFloor, record.residual)),
        format: value => (value <= residualFloor ? '0' : formatError(value)),
      },
    ],
    [records],
  )
  const worst = records.reduce((max, record) => Math.max(max, record.residual), 0)
  return (
    <Plot
      title="Decode residual"
      axis="relative, log scale"
      rounds={rounds}
      series={residual}
      summary={`Decode residual of each round on a logarithmic scale; the largest so far is ${formatError(worst)}.`}
      empty="Measured from the first round on."
      isLogarithmic
      range={(_plot, _min, max) => [residualFloor, Math.max(residualCeiling, max ?? 0)]}
      ticks={() => residualMarks}
      formatTick={value => (value <= residualFloor ? '0' : value.toExponential(0))}
    />
  )
})
