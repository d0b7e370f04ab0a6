// One interface for all policies: events in, effects out, state as plain data.
// A policy sees handles, weights and times. It must never see a tensor, a message, a clock or a disk.

import type {
  Capabilities,
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

/**
 * What the data plane is to measure: of each result ‖r − w‖₂ to the model, anew whenever the model has moved; or, of the
 * results of a mix, their mean distance to the model that it made, on record as the figure `consensusDistance`.
 */
export type Measure = 'distance-to-model' | 'consensus-distance'

export type SettingValue = number | string | boolean

export interface StrategySettings {
  /** k, the number of data partitions of a round. */
  readonly partitions: number
  /** S, the number of segments that the coordinates of a vector are cut into. */
  readonly segments: number
  /** How long a worker may hold work without a sign of life. */
  readonly leaseMs: Milliseconds
  /** The policy's own settings, complete and checked (see `SettingDescription`). */
  readonly own: Readonly<Record<string, SettingValue>>
  /** Of the run so far, by whatever policy: its own leases are numbered from here on. Absent: 0. */
  readonly leasesIssued?: number
  /** What it reported of the last round before the coordinator was started again. */
  readonly resumed?: Readonly<Record<string, number>> | undefined
}

/** A setting an operator may give: enough to check it, explain it and draw a form for it. */
export type SettingDescription = NumberSetting | ChoiceSetting

export interface NumberSetting {
  readonly name: string
  readonly meaning: string
  readonly default: number
  readonly min: number
  readonly max: number
  readonly whole?: boolean
}

export interface ChoiceSetting {
  readonly name: string
  readonly meaning: string
  readonly default: string
  readonly options: readonly { readonly value: string; readonly meaning: string }[]
}

/**
 * What a round's combination is, so that others can judge it: every partition gradient exactly once, all at the model
 * of the round; as many of them as it says; results of earlier models, no staler than the bound it reports; one
 * exchange with one worker's own parameters, each applied at most once and in the worker's order; or the plain mean of
 * peers' estimates, all as they were after the same iteration.
 */
export type RoundPromise =
  | 'whole-gradient'
  | 'counted-gradients'
  | 'bounded-staleness'
  | 'elastic-exchange'
  | 'mean-of-peers'

/** Whether work may be answered in a later round than it was given in. */
export const outlivesRounds = (promise: RoundPromise): boolean =>
  promise === 'bounded-staleness' || promise === 'elastic-exchange' || promise === 'mean-of-peers'

/** What a peer says to the coordinator, beside its answers. */
export type PeerTold = Moment & { readonly worker: WorkerId; readonly report: PeerReport }

/** What a worker says of work in tiles. */
export interface TilesTold {
  /** Its list is so long now, all that it was told so far heeded; null: something is still on its way to it. */
  readonly length: number | null
  /** Tiles sent, and how long the uplink was busy with them. */
  readonly sent: number
  readonly uploadMs: Milliseconds
}

/** Every event carries the engine's clock, round and model version: a policy keeps no count of its own. */
export interface Moment {
  readonly at: Milliseconds
  readonly round: RoundNumber
  readonly modelVersion: ModelVersion
}

export type StrategyEvent = Moment & StrategyOccurrence

export type StrategyOccurrence =
  | { readonly type: 'worker-joined'; readonly worker: WorkerId; readonly capabilities: Capabilities }
  | { readonly type: 'worker-left'; readonly worker: WorkerId; readonly reason: DepartureReason }
  | {
      readonly type: 'progress-announced'
      readonly worker: WorkerId
      readonly lease: LeaseId
      /** How many of the lease's partitions are done. */
      readonly finished: number
      /** Spent on them, pauses of the duty cycle included. */
      readonly computeMs: Milliseconds
      /** The worker stopped here: it was released. */
      readonly ended: boolean
      /** Of work in tiles; absent of other work. */
      readonly tiles?: TilesTold
    }
  | {
      readonly type: 'result-arrived'
      readonly worker: WorkerId
      readonly lease: LeaseId
      readonly handle: ResultHandle
      /** How many of the lease's partitions, in its order, the sum covers; always one of its levels. */
      readonly covers: number
      /** Of a tile: which segment of the coordinates it holds. Null: all of them. */
      readonly segment: number | null
      readonly computeMs: Milliseconds
      /** ℓ, the mean over its samples (and local steps), at the model it was computed on. */
      readonly loss: number
      /** To the model as it is now; null where the policy does not measure it. */
      readonly distance: number | null
    }
  | { readonly type: 'result-refused'; readonly worker: WorkerId; readonly lease: LeaseId; readonly code: string }
  /** A combination has been applied: `round` and `modelVersion` are the new ones. */
  | {
      readonly type: 'model-advanced'
      /** Of the results that wait, to the new model, where the policy measures them. */
      readonly distances: Readonly<Record<ResultHandle, number>>
    }
  | { readonly type: 'run-paused' }
  | { readonly type: 'run-resumed' }
  | { readonly type: 'timer-fired'; readonly timer: string }

export type StrategyEffect =
  | { readonly type: 'assign-work'; readonly worker: WorkerId; readonly lease: LeaseId; readonly work: Work }
  | { readonly type: 'request-result'; readonly lease: LeaseId; readonly covers: number }
  | { readonly type: 'order-tiles'; readonly lease: LeaseId; readonly order: TileOrder }
  /** The tile is part of the round's sum from now on, whatever becomes of its sender. */
  | { readonly type: 'accumulate'; readonly handle: ResultHandle }
  | { readonly type: 'release-worker'; readonly lease: LeaseId; readonly reason: ReleaseReason }
  | Combine
  | { readonly type: 'discard-result'; readonly handle: ResultHandle }
  | { readonly type: 'tell-peer'; readonly worker: WorkerId; readonly word: ConvenerWord }
  | { readonly type: 'set-timer'; readonly timer: string; readonly at: Milliseconds }
  | { readonly type: 'clear-timer'; readonly timer: string }
  | { readonly type: 'report'; readonly report: RoundReport }

export type Combine =
  | {
      readonly type: 'combine'
      /** Their weighted sum is the gradient of the run's optimiser. */
      readonly target: 'gradient'
      /**
       * In a fixed order (by first partition, then lease): the sum must not depend on who answered first. What was
       * accumulated in the round is part of it as well.
       */
      readonly terms: readonly Term[]
      /** How many partition gradients the sum stands for, where it is not each of the k exactly once (null). */
      readonly counted: number | null
    }
  | {
      readonly type: 'combine'
      /** w ← (1 − Σ aᵢ) w + Σ aᵢ rᵢ of parameters r; the run's optimiser has no part in it. */
      readonly target: 'mix'
      readonly terms: readonly Term[]
    }

export interface Term {
  readonly handle: ResultHandle
  /** aᵢ: a decoding weight, or a share of a mix. */
  readonly weight: number
}

/** What a policy says of a round when it closes it. */
export interface RoundReport {
  /** Workers that were gone, or later than twice their own predicted time. */
  readonly stragglers: number
  /** Mean number of workers a partition was given to at the opening of the round. */
  readonly redundancy: number
  /** Partitions issued again after the opening. */
  readonly reissued: number
  /** Blocks or rows that somebody else had to be given, because more were lost than the code stands for. */
  readonly exceeded: number
  /** max |a·B − 1| over the partitions. */
  readonly residual: number
  /** A = (1/k) Σᵢ |aᵢ| ‖bᵢ‖₁. */
  readonly amplification: number
  readonly workers: readonly WorkerReport[]
  /** By the keys of the policy's panel. */
  readonly figures: Readonly<Record<string, number>>
  /** By worker and the keys of the panel's `workersOverTime`: of those to whom something happened in the round. */
  readonly workerFigures?: Readonly<Record<WorkerId, Readonly<Record<string, number>>>>
}

export interface WorkerReport {
  readonly worker: WorkerId
  readonly fate: 'answered' | 'covered' | 'straggled' | 'gone' | 'working' | 'restarted'
  readonly partitions: number
  /** Milliseconds after the opening of the round (negative: before it); null while it did not happen. */
  readonly assignedAt: Milliseconds
  readonly announcedAt: Milliseconds | null
  readonly answeredAt: Milliseconds | null
  readonly endedAt: Milliseconds | null
  /** Where a list changed hands: how many partitions it had from when on, [milliseconds after the opening, partitions]. */
  readonly held?: readonly (readonly [Milliseconds, number])[]
  /** Of work in tiles: when they came, [milliseconds after the opening, share of the coordinates]. */
  readonly tiles?: readonly (readonly [Milliseconds, number])[]
  /** It does again what somebody else was lost with. */
  readonly isRescue?: boolean
}

/** What the policy believes of a worker, for the dashboard. */
export interface WorkerBelief {
  readonly worker: WorkerId
  /** Learnt milliseconds a partition; null for a newcomer. */
  readonly msPerPartition: Milliseconds | null
  readonly silent: boolean
  /** By the keys of the panel's figures of workers. */
  readonly figures?: Readonly<Record<string, number>>
}

/** What a policy has to show beside what all have: whoever draws it needs to know no policy by name. */
export interface Panel {
  readonly title: string
  readonly meaning: string
  /** One number a round each, told in its report. */
  readonly figures: readonly PanelFigure[]
  /** How often each whole number from 0 on was seen in the run; the last of `binsMax` bins holds all beyond. */
  readonly histogram: {
    readonly title: string
    readonly meaning: string
    readonly of: string
    readonly binsMax: number
  } | null
  /** One number for each worker, told with what is believed of it. */
  readonly workers: readonly PanelFigure[]
  /** Numbers for each worker in the rounds that have one, told in their reports: drawn as one line a worker. */
  readonly workersOverTime: readonly PanelFigure[]
  /** Who talks to whom, where workers talk to each other; see `Strategy.graph`. */
  readonly graph?: { readonly title: string; readonly meaning: string }
}

/** Workers that talk to each other, as they are now. */
export interface PeerPicture {
  readonly peers: readonly WorkerId[]
  readonly edges: readonly PictureEdge[]
  /** The last iterations, oldest first: the places of those of `edges` that were active. */
  readonly iterations: readonly { readonly iteration: number; readonly active: readonly number[] }[]
}

export interface PictureEdge {
  readonly one: WorkerId
  readonly other: WorkerId
  /** Of the spanning tree that an epoch covers. */
  readonly isOfTree: boolean
  readonly link: 'direct' | 'relayed' | 'unknown'
}

export interface PanelFigure {
  readonly key: string
  readonly title: string
  readonly meaning: string
  readonly unit: 'count' | 'share' | 'number' | 'ms'
  /** How it is drawn over the rounds; absent: evenly; none: it is told as it is now, and not drawn. */
  readonly scale?: 'log' | 'none'
  /** Shown beside what redundancy costs, as what it saved: a share of a round's work, or of its time. */
  readonly isSaving?: boolean
}

export interface Strategy<State = unknown> {
  readonly name: string
  /** One sentence for operators. */
  readonly meaning: string
  readonly promise: RoundPromise
  readonly settings: readonly SettingDescription[]
  readonly measures: readonly Measure[]
  /** Whether, with these settings, it asks for a model without kinks. Absent: any will do. */
  needsSmoothModel?(own: Readonly<Record<string, SettingValue>>): boolean
  start(settings: StrategySettings): State
  /** Pure: the same state and event give the same answer; neither is written to. */
  step(state: State, event: StrategyEvent): readonly [State, readonly StrategyEffect[]]
  /** Present where workers are peers that talk to each other: what they tell of it. Pure, as `step`. */
  hearPeer?(state: State, told: PeerTold): readonly [State, readonly StrategyEffect[]]
  /** Whether words may pass between two workers. Absent: never. */
  areNeighbours?(state: State, one: WorkerId, other: WorkerId): boolean
  beliefs(state: State, at: Milliseconds): readonly WorkerBelief[]
  readonly panel?: Panel
  /** Of the panel; present where it has one. */
  histogram?(state: State): readonly number[]
  /** Of the panel; present where it has one. */
  graph?(state: State): PeerPicture
}
