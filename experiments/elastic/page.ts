// The page of the experiment, made of its rows.

import { paragraphs } from '../comparison/markdown.ts'
import type { TrainingData } from '../learning/bring-data.ts'
import type { Grid, Rates, RunRow } from './run-plans.ts'
import type { Rounds, Sizes } from './setting.ts'

export interface Plan {
  readonly question: string
  readonly isQuick: boolean
  readonly seed: number
  readonly grid: Grid
  readonly sizes: Sizes
  readonly rounds: Rounds
  readonly dataset: TrainingData['name']
  readonly rates: Rates
}

export const pageOf = (plan: Plan, rows: readonly RunRow[]): string =>
  `${paragraphs('# Elastic averaging with dynamic weights', plan.question, `${rows.length} runs`)}\n`
