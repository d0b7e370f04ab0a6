// The state of elastic averaging, and its rules. Plain data. What is known of a worker is kept here and not with the
// worker, so that a page that is reloaded does not start clean.

import type { LocalOptimiser, WorkerId } from '@muster/vocabulary'
import type { ArrivedResult, Standing, StandingSeat } from '../standing.ts'
import type { ExchangeWeights, WeightRules } from './dynamic-weights.ts'

export interface ElasticRules extends WeightRules {
  /** τ */
  readonly localSteps: number
  readonly optimiser: LocalOptimiser
  /** Exchanges of a worker before its score counts: at first all drift apart, as they should. */
  readonly warmUp: number
  /** What a worker's score is compared with: how the others drift, or nothing. */
  readonly comparison: 'median' | 'none'
  /** What becomes of the history of a worker that was taken back to the model (h₁ = 1). */
  readonly afterReset: 'forget' | 'keep'
  /** Share of all data that every worker holds. */
  readonly overlap: number
  readonly partitionsPerStep: number
}

/** A worker's parameters wait to be exchanged. */
export interface ArrivedReplica extends ArrivedResult {
  /** ‖x − x̃‖ to the model as it is now. */
  readonly distance: number
}

/** The last exchange of a worker. */
export interface Exchange extends ExchangeWeights {
  readonly distance: number
  /** Compared with the others'; null: its history is too short. */
  readonly score: number | null
}

export interface ElasticSeat extends StandingSeat {
  /** Names the parameters it keeps; null: it is to begin with the model. */
  readonly replica: number | null
  /** u of its last exchanges, oldest first: p + 1 at most. */
  readonly history: readonly number[]
  /** Its last score by itself. */
  readonly drift: number | null
  readonly last: Exchange | null
  readonly exchanges: number
  /** Exchanges that were due and did not arrive. */
  readonly lost: number
  readonly resets: number
  /** Partitions taken so far. */
  readonly cursor: number
}

export const newSeat = (worker: WorkerId): ElasticSeat => ({
  worker,
  lease: null,
  replica: null,
  history: [],
  drift: null,
  last: null,
  exchanges: 0,
  lost: 0,
  resets: 0,
  cursor: 0,
  restsUntil: 0,
})

/** What has arrived is exchanged in that order: each meets the model that the one before it has left. */
export interface ElasticState extends Standing<ElasticSeat, ArrivedReplica> {
  readonly exchanges: number
  readonly lost: number
  readonly resets: number
}
