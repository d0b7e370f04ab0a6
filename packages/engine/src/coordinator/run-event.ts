// What a training run is told, and what it asks for. Events are past, effects are imperative; both are plain data.

import type { Combine, RoundReport, SettingValue, Strategy, StrategyEffect, Term } from '@muster/strategies'
import type {
  Capabilities,
  ConnectionEpoch,
  ConvenerWord,
  DepartureReason,
  LeaseId,
  Milliseconds,
  ModelVersion,
  PeerReport,
  ReleaseReason,
  ResultHandle,
  RoundNumber,
  TileOrder,
  Work,
  WorkerId,
} from '@muster/vocabulary'

/** Why an answer is refused; the edge translates these into the wire's codes (the words are the same). */
export type ResultRefusal =
  | 'lease-unknown'
  | 'lease-not-yours'
  | 'round-mismatch'
  | 'version-mismatch'
  | 'round-closed'
  | 'answer-repeated'
  | 'cover-not-a-level'
  | 'cover-too-small'
  | 'segment-unasked'
  | 'samples-mismatch'
  | 'value-not-finite'
  | 'loss-not-finite'

/** What an answer says of itself. */
export interface ResultClaim {
  readonly worker: WorkerId
  readonly connection: ConnectionEpoch
  readonly lease: LeaseId
  readonly round: RoundNumber
  readonly modelVersion: ModelVersion
  readonly covers: number
  /** Of a tile; null: all coordinates. */
  readonly segment: number | null
  readonly samples: number
  readonly lossSum: number
  readonly computeMs: Milliseconds
}

/** What a worker says of work in tiles. */
export interface TilesClaim {
  /** Orders it has heeded, and how long its list is now. */
  readonly orders: number
  readonly length: number
  readonly sent: number
  readonly uploadMs: Milliseconds
}

export type RunEvent = { readonly at: Milliseconds } & (
  | {
      readonly type: 'worker-connected'
      readonly worker: WorkerId
      readonly connection: ConnectionEpoch
      readonly capabilities: Capabilities
    }
  | {
      readonly type: 'worker-departed'
      readonly worker: WorkerId
      readonly connection: ConnectionEpoch
      readonly reason: DepartureReason
    }
  | {
      readonly type: 'progress-announced'
      readonly worker: WorkerId
      readonly connection: ConnectionEpoch
      readonly lease: LeaseId
      readonly finished: number
      readonly computeMs: Milliseconds
      readonly ended: boolean
      readonly tiles?: TilesClaim | undefined
    }
  /** What a peer says of itself and its neighbours. */
  | {
      readonly type: 'peer-told'
      readonly worker: WorkerId
      readonly connection: ConnectionEpoch
      readonly report: PeerReport
    }
  /** The vector is in the data plane under this handle and has been measured. */
  | {
      readonly type: 'result-held'
      readonly claim: ResultClaim
      readonly handle: ResultHandle
      readonly isFinite: boolean
      /** To the model as it is now, where the policy measures it. */
      readonly distance?: number
    }
  /** The edge found that the bytes were no acceptable answer; `lease` where it could be read and is the worker's. */
  | {
      readonly type: 'result-rejected'
      readonly worker: WorkerId
      readonly lease: LeaseId | null
      readonly code: string
      /** Of an answer that came too late: what it says of the work all the same. */
      readonly late?: Pick<ResultClaim, 'connection' | 'covers' | 'computeMs'>
    }
  | {
      readonly type: 'combination-applied'
      readonly modelVersion: ModelVersion
      /** Null where no gradient was combined. */
      readonly gradientNorm: number | null
      /** From the results that are held to the new model, where the policy measures them. */
      readonly distances?: Readonly<Record<ResultHandle, number>>
      /** Of the results that were mixed, their mean distance to the new model, where the policy measures it. */
      readonly consensusDistance?: number | undefined
    }
  | {
      readonly type: 'model-evaluated'
      readonly modelVersion: ModelVersion
      readonly loss: number
      readonly accuracy: number
    }
  | { readonly type: 'timer-fired'; readonly timer: string }
  | { readonly type: 'pause-requested' }
  | { readonly type: 'resume-requested' }
  | { readonly type: 'stop-requested' }
  | { readonly type: 'learning-rate-requested'; readonly learningRate: number }
  | {
      readonly type: 'strategy-requested'
      readonly strategy: Strategy
      /** Complete and checked. */
      readonly own: Readonly<Record<string, SettingValue>>
    }
)

export type RunEffect =
  | {
      readonly type: 'send-work'
      readonly worker: WorkerId
      readonly lease: LeaseId
      readonly round: RoundNumber
      readonly modelVersion: ModelVersion
      /** In force, before the schedule: of use for local steps. */
      readonly learningRate: number
      readonly work: Work
    }
  | { readonly type: 'send-request'; readonly worker: WorkerId; readonly lease: LeaseId; readonly covers: number }
  | { readonly type: 'send-order'; readonly worker: WorkerId; readonly lease: LeaseId; readonly order: TileOrder }
  | {
      readonly type: 'send-release'
      readonly worker: WorkerId
      readonly lease: LeaseId
      readonly reason: ReleaseReason
    }
  | { readonly type: 'send-word'; readonly worker: WorkerId; readonly word: ConvenerWord }
  | { readonly type: 'refuse-result'; readonly worker: WorkerId; readonly lease: LeaseId; readonly code: ResultRefusal }
  | { readonly type: 'drop-result'; readonly handle: ResultHandle }
  /** Into the sum of its round, which replaces that of any earlier one; the handle is free afterwards. */
  | {
      readonly type: 'accumulate-tile'
      readonly round: RoundNumber
      readonly handle: ResultHandle
      readonly segment: number
    }
  | {
      readonly type: 'apply-combination'
      readonly round: RoundNumber
      readonly modelVersion: ModelVersion
      readonly target: Combine['target']
      readonly terms: readonly Term[]
      /** What was accumulated in this round is part of the sum. */
      readonly includesTiles: boolean
      /** Partition gradients the sum stands for, where it is not each of the k exactly once (null), as in a mix. */
      readonly counted: number | null
      /** That a gradient is the sum over; of a mix: that were learnt from, in the mean step. */
      readonly samples: number
      readonly learningRate: number
    }
  | { readonly type: 'evaluate-model'; readonly modelVersion: ModelVersion }
  | Extract<StrategyEffect, { type: 'set-timer' | 'clear-timer' }>
  | { readonly type: 'record-round'; readonly facts: RoundFacts }
  /** Whatever changes the mathematics, or that an operator wants to read later. `round`: from which on. */
  | { readonly type: 'record-event'; readonly round: RoundNumber; readonly kind: string; readonly detail: string }
  | { readonly type: 'end-run'; readonly reason: string }

export interface RoundFacts extends Omit<RoundReport, 'workers'> {
  readonly round: RoundNumber
  readonly openedAt: Milliseconds
  readonly ms: Milliseconds
  readonly workers: number
  readonly loss: number
  readonly learningRate: number
  readonly gradientNorm: number | null
  /** Partitions all workers reported as computed since the last record, over k. */
  readonly load: number
  readonly results: number
  readonly lanes: RoundReport['workers']
}
