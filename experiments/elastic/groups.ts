// Groups of comparisons, and the table of them.

import { fixed, mean, table } from '../comparison/markdown.ts'
import { failures, optimisers, splits } from './setting.ts'
import { geometricMean, middle, type Ratio } from './tally.ts'
import { cellName, optimiserNames, points, settingName } from './words.ts'

export interface Group {
  readonly name: string
  readonly ratios: readonly Ratio[]
}

/** By kind of failure, split and local optimiser; groups without a comparison are left out. */
export const bySetting = (ratios: readonly Ratio[], words = ''): Group[] =>
  failures.flatMap(failure =>
    splits.flatMap(split =>
      optimisers.flatMap(optimiser => {
        const own = ratios.filter(
          ({ one }) => one.failure === failure && one.split === split && one.optimiser === optimiser,
        )
        const name = `${settingName({ failure, split })}${words}: ${optimiserNames[optimiser]}`
        return own.length === 0 ? [] : [{ name, ratios: own }]
      }),
    ),
  )

export const within = (ratios: readonly Ratio[], bound: number): readonly Ratio[] =>
  ratios.filter(({ loss }) => loss <= bound)

export const groupTable = (groups: readonly Group[], bound: number): string =>
  table(
    [
      '',
      'cells',
      `within ${bound}`,
      'all seeds below 1',
      'all above',
      'mean ratio',
      'median',
      'most',
      'along the way',
      'accuracy, points',
    ],
    groups.map(({ name, ratios }) => {
      const losses = ratios.map(({ loss }) => loss)
      return [
        name,
        `${ratios.length}`,
        `${within(ratios, bound).length}`,
        `${ratios.filter(({ isBelow }) => isBelow).length}`,
        `${ratios.filter(({ isAbove }) => isAbove).length}`,
        fixed(geometricMean(losses), 3),
        fixed(middle(losses), 3),
        fixed(Math.max(...losses)),
        fixed(geometricMean(ratios.map(({ way }) => way)), 3),
        points(mean(ratios.map(({ accuracy }) => accuracy))),
      ]
    }),
  )

/** The highest first. */
export function worstText(ratios: readonly Ratio[], bound: number, count: number): string {
  const beyond = ratios.filter(({ loss }) => !(loss <= bound)).sort((one, other) => other.loss - one.loss)
  if (beyond.length === 0) return 'none'
  return beyond
    .slice(0, count)
    .map(
      ({ one, other, loss }) =>
        `${cellName(one)}: ${fixed(loss, 3)} (${fixed(one.loss, 3)} against ${fixed(other.loss, 3)})`,
    )
    .join('; ')
}
