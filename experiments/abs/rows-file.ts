// All rows of the experiment as JSON, a line each, with what is needed to run them again; curves as medians.

import { type Method, methods } from './methods.ts'
import type { Plan } from './page.ts'
import { medianCurve } from './pictures.ts'
import * as setting from './setting.ts'
import { learningRates } from './setting.ts'
import type { Cell, RunRow } from './tally.ts'

const digits = (value: number, count = 4): number => Number(value.toPrecision(count))

export type WrittenRow = ReturnType<typeof written>

/** As much of the file as is read again. */
export interface WrittenFile extends Pick<Plan, 'seed' | 'sizes' | 'limits' | 'dataset'> {
  readonly setting: ReturnType<typeof settingFigures>
  readonly methods: readonly Pick<Method, 'name' | 'strategy'>[]
  readonly runs: readonly WrittenRow[]
  readonly medianCurves: readonly ReturnType<typeof curvesOf>[number][]
}

export function settingFigures() {
  const { workers, slowWorkers, slowness, partitions, batchPerPartition, fixedCost, piece, hidden } = setting
  return { workers, slowWorkers, slowness, partitions, batchPerPartition, fixedCost, piece, hidden, learningRates }
}

export function rowsFile(plan: Plan, rows: readonly RunRow[], cells: readonly Cell[]): string {
  const head = {
    ...plan,
    setting: settingFigures(),
    methods: methods.map(({ name, strategy }) => ({ name, strategy })),
  }
  const lines = (items: readonly unknown[]) => items.map(item => `  ${JSON.stringify(item)}`).join(',\n')
  const parts = Object.entries(head).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  return `{\n${[
    ...parts,
    `"runs": [\n${lines(rows.map(written))}\n]`,
    `"medianCurves": [\n${lines(cells.flatMap(cell => curvesOf(cell, plan.limits.commonTime)))}\n]`,
  ].join(',\n')}\n}\n`
}

const written = ({ curve: _, reached, common, spent, violations, ...row }: RunRow) => ({
  ...row,
  reached: reached && { ...reached, time: digits(reached.time, 6) },
  common: common && { loss: digits(common.loss), accuracy: digits(common.accuracy) },
  spent: { ...spent, time: digits(spent.time, 6) },
  violations: violations.length,
})

const curvesOf = ({ law, split, contests }: Cell, commonTime: number) =>
  contests.flatMap(({ method, summaries }) =>
    summaries.map(summary => ({
      ...{ law, split, method: method.name, rate: summary.rate },
      losses: medianCurve(summary, commonTime).map(([, loss]) => loss && digits(loss, 3)),
    })),
  )
