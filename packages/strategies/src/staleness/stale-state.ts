// The state of a policy that applies results of earlier models, and the rules by which its family differs. Plain data.

import type { Milliseconds } from '@muster/vocabulary'
import type { Standing, StandingSeat } from '../standing.ts'
import type { SettingValue } from '../strategy.ts'
import type { GrowthRule } from './growth-rules.ts'

/** What one member of the family is made of. Infinity: without such a limit. */
export interface StalenessRules {
  /** K₀: results a round waits for at first. */
  readonly k0: number
  readonly growth: GrowthRule
  /** c of the bound on staleness, τmax = max(1, ⌈c·M/K⌉); 0: everybody else starts anew in each round. */
  readonly boundFactor: number
  /** By how many answers a worker may lead the slowest before it has to wait (SSP). */
  readonly lead: number
  /** What a result τ versions behind counts: 1, or 1/(1 + τ). */
  readonly damping: 'none' | 'inverse'
  /** Restarts in a row after which a worker's work is halved; 0: never. */
  readonly starvedAfter: number
  /** U */
  readonly localSteps: number
  readonly momentum: number
  /** Partitions of one step; 0: an even share of all. */
  readonly partitionsPerStep: number
  /** Whether a worker keeps a block of partitions of its own, or all take from one sequence. */
  readonly data: 'own' | 'shared'
}

export interface Seat extends StandingSeat {
  /** Answers delivered, since the slowest was at 0 (SSP's clock). */
  readonly clock: number
  /** Results of it that were applied. */
  readonly applied: number
  readonly restarts: number
  readonly restartsInRow: number
  /** Its work is 2^−halvings of the usual. */
  readonly halvings: number
  /** Where in its data it goes on. */
  readonly cursor: number
}

export interface StaleState extends Standing<Seat> {
  /** Average time of a round, lately. */
  readonly roundMs: Milliseconds | null
  readonly growth: GrowthState
  /** τmax of the open round; null: none. */
  readonly bound: number | null
  /** Of what was applied: how often each staleness was seen. */
  readonly histogram: readonly number[]
  readonly applied: number
  /** Where the shared sequence of partitions goes on. */
  readonly cursor: number
}

/** What the growth of K rests on. */
export interface GrowthState {
  /** The target K: it never falls. */
  readonly target: number
  /** F(w⁰), as the first round reported it. */
  readonly lossFirst: number | null
  /** F(wᵗ): an average of what rounds reported. */
  readonly lossAverage: number | null
  /** The average, and how many rounds ago that was, when progress was last judged. */
  readonly judged: { readonly loss: number; readonly rounds: number } | null
}

export type RulesOf = (own: Readonly<Record<string, SettingValue>>) => StalenessRules
