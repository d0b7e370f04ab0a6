// A measurement as an operator reads it: one line for each figure, the limits beside the times.

import type { Measurement } from '@muster/simulator'
import { writeChoice } from '@muster/strategies'

type FigureName = Exclude<
  keyof Measurement,
  'strategy' | 'world' | 'unfinished' | 'violations' | 'roundTimes' | 'seed' | 'workers' | 'partitions' | 'figures'
>

interface Figure {
  readonly name: FigureName
  readonly digits: number
  readonly meaning: string
}

const unit = 'the median worker’s time for its share of the batch'

const figures: readonly (Figure | null)[] = [
  { name: 'roundMean', digits: 3, meaning: 'units a round, in the mean' },
  { name: 'roundP99', digits: 3, meaning: 'units, and 99 of 100 rounds take no longer' },
  { name: 'ratioToFluid', digits: 3, meaning: 'roundMean / fluidMean' },
  null,
  { name: 'fluidMean', digits: 3, meaning: 'limit: nothing exact that uploads whole vectors is faster' },
  { name: 'genieMean', digits: 3, meaning: 'limit of equal shares with the stragglers known beforehand' },
  { name: 'hindsightMean', digits: 3, meaning: 'limit of equal loads with the best redundancy in hindsight' },
  null,
  { name: 'undecodable', digits: 0, meaning: 'rounds that lost more than the code stands for' },
  { name: 'loadMean', digits: 3, meaning: 'partitions computed / partitions needed' },
  { name: 'uploadsMean', digits: 1, meaning: 'vectors a round that the coordinator took in' },
  { name: 'bytesUpMean', digits: 0, meaning: 'bytes a round, for a model of 101770 numbers' },
]

/** What `--json` prints: everything but the single rounds. */
export function measurementJson(measurement: Measurement): Readonly<Record<string, unknown>> {
  const { roundTimes: _, strategy, ...rest } = measurement
  return { strategy: writeChoice(strategy), ...rest }
}

export function describeMeasurement(measurement: Measurement): string {
  const { strategy, world, workers, partitions, fixedCost, vanish, rounds, seed } = measurement
  return [
    `${writeChoice(strategy)} in the world ${world}`,
    `${workers} workers, ${partitions} partitions, fixed cost ${fixedCost}, vanish ${vanish}, ${rounds} rounds, seed ${seed}`,
    `Virtual time; one unit is ${unit}.`,
    '',
    ...figures.map(figure => (figure === null ? '' : describeFigure(figure, measurement[figure.name]))),
    ...describeOwn(measurement),
  ].join('\n')
}

/** What the strategy says of its rounds itself. */
function describeOwn({ figures: own, fluidMean, roundMean }: Measurement): string[] {
  const entries = Object.entries(own)
  if (entries.length === 0) return []
  const note = fluidMean === null && roundMean !== null ? ['  A round is not the whole batch: no limit applies.'] : []
  return [
    '',
    ...note,
    ...entries.map(([name, value]) => describeFigure({ name, digits: 3, meaning: 'in the mean' }, value)),
  ]
}

function describeFigure(
  { name, digits, meaning }: Omit<Figure, 'name'> & { readonly name: string },
  value: number | null,
): string {
  const text = value === null ? 'none' : Number.isFinite(value) ? value.toFixed(digits) : 'never'
  return `  ${name.padEnd(14)}${text.padStart(10)}   ${meaning}`
}
