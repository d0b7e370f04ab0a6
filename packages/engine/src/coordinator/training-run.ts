// The state of a training run at the coordinator: plain data. What it does is in step.ts.

import { sortedIndex } from '@muster/numerics'
import { outlivesRounds, type RoundReport, type SettingValue, type Strategy } from '@muster/strategies'
import type {
  Capabilities,
  ConnectionEpoch,
  LeaseId,
  Milliseconds,
  ModelVersion,
  ResultHandle,
  RoundNumber,
  Work,
  WorkerId,
} from '@muster/vocabulary'

export interface RunSettings {
  readonly partitions: number
  readonly batchPerPartition: number
  /** S, see `segmentsFor`. */
  readonly segments: number
  readonly evaluateEvery: number
  readonly roundsEnd: number | null
  readonly testAccuracyEnd: number | null
  readonly leaseMs: Milliseconds
}

/** How the run lives with stragglers: a policy with its settings, complete and checked. */
export interface Policy<State> {
  readonly strategy: Strategy<State>
  readonly own: Readonly<Record<string, SettingValue>>
}

export interface RosterEntry {
  readonly worker: WorkerId
  readonly connection: ConnectionEpoch
  readonly capabilities: Capabilities
  readonly joinedAtRound: RoundNumber
  readonly heardAt: Milliseconds
  /** Answers, and partitions in them, that went into the model. */
  readonly results: number
  readonly partitions: number
  readonly straggled: number
  readonly refused: number
}

export interface RunLease {
  readonly lease: LeaseId
  readonly worker: WorkerId
  readonly connection: ConnectionEpoch
  readonly round: RoundNumber
  readonly modelVersion: ModelVersion
  readonly work: Work
  readonly requested: number | null
  readonly finished: number
  /** Partitions covered by the largest answer taken; 0: none. */
  readonly answered: number
  readonly isReleased: boolean
  readonly isEnded: boolean
  /** Of work in tiles; null of other work. */
  readonly tiles: TilesAsked | null
}

export interface TilesAsked {
  /** Orders sent: extensions, shortenings, the request. */
  readonly orders: number
  /** A shortening that has not been answered: no further than to here. */
  readonly shortenedTo: number | null
  /** By segment, the cover asked for (0: none); empty: not asked yet. */
  readonly upTo: readonly number[]
  /** Everything has been asked for: no further order can be given. */
  readonly isFinal: boolean
  /** By segment, whether it has been taken. */
  readonly taken: readonly boolean[]
}

export interface HeldResult {
  readonly lease: LeaseId
  readonly worker: WorkerId
  readonly covers: number
  /** Of a tile; null: all coordinates. */
  readonly segment: number | null
  /** Of a worker's own steps: those of one, and the mean over them. */
  readonly samples: number
  readonly lossSum: number
}

/** What tiles have added to the open round's sum. Each partition's loss is counted with segment 0. */
export interface Accumulated {
  readonly round: RoundNumber
  readonly tiles: number
  readonly lossSum: number
  /** By worker, the most partitions that one of its tiles covers. */
  readonly partitions: ReadonlyMap<WorkerId, number>
}

/** A combination handed to the data plane and not yet applied. */
export interface Applying {
  readonly report: RoundReport | null
  readonly lossSum: number
  readonly samples: number
  readonly closedAt: Milliseconds
  readonly contributions: readonly { readonly worker: WorkerId; readonly partitions: number }[]
}

export type RunPhase = 'running' | 'paused' | 'ended'

/** What an operator asked for and is not yet in force. */
export interface Pending {
  readonly pause: boolean
  readonly stop: string | null
  readonly learningRate: number | null
  readonly policy: Policy<unknown> | null
}

export const nothingPending: Pending = { pause: false, stop: null, learningRate: null, policy: null }

export interface TrainingRun<StrategyState> {
  readonly settings: RunSettings
  readonly policy: Policy<StrategyState>
  readonly strategyState: StrategyState
  readonly phase: RunPhase
  readonly pending: Pending
  readonly round: RoundNumber
  readonly modelVersion: ModelVersion
  readonly learningRate: number
  /** Who is connected. */
  readonly roster: readonly RosterEntry[]
  /** Of the open round and the two before it, and whatever may still be answered, by ascending id. */
  readonly leases: readonly RunLease[]
  readonly leasesIssued: number
  readonly held: ReadonlyMap<ResultHandle, HeldResult>
  readonly accumulated: Accumulated | null
  readonly applying: Applying | null
  /** Set by the policy, by name. */
  readonly timers: readonly string[]
  /** When the open round handed out its first work; null between rounds. */
  readonly openedAt: Milliseconds | null
  /** Partitions reported as computed since the last round was recorded. */
  readonly computed: number
}

export const findEntry = (roster: readonly RosterEntry[], worker: WorkerId): RosterEntry | undefined =>
  roster.find(entry => entry.worker === worker)

/** Where a lease stands in the table, or -1: the table is asked at every event. */
export const leaseIndex = (leases: readonly RunLease[], id: LeaseId): number =>
  sortedIndex(leases, id, ({ lease }) => lease)

export const findLease = (leases: readonly RunLease[], id: LeaseId): RunLease | undefined =>
  leases[leaseIndex(leases, id)]

export interface RunStart {
  readonly round: RoundNumber
  readonly modelVersion: ModelVersion
  readonly learningRate: number
  /** What the policy reported of the last round, where the run goes on. */
  readonly resumed?: Readonly<Record<string, number>> | undefined
}

export function startRun<StrategyState>(
  settings: RunSettings,
  policy: Policy<StrategyState>,
  { resumed, ...from }: RunStart,
): TrainingRun<StrategyState> {
  return {
    settings,
    policy,
    strategyState: startPolicy(policy, settings, 0, resumed),
    phase: settings.roundsEnd !== null && from.round >= settings.roundsEnd ? 'ended' : 'running',
    pending: nothingPending,
    ...from,
    roster: [],
    leases: [],
    leasesIssued: 0,
    held: new Map(),
    accumulated: null,
    applying: null,
    timers: [],
    openedAt: null,
    computed: 0,
  }
}

export const startPolicy = <StrategyState>(
  { strategy, own }: Policy<StrategyState>,
  { partitions, segments, leaseMs }: RunSettings,
  leasesIssued: number,
  resumed?: Readonly<Record<string, number>>,
): StrategyState => strategy.start({ partitions, segments, leaseMs, own, leasesIssued, resumed })

/** Whether an answer to it may still count. */
export const isOpenLease = ({ policy, round, applying }: TrainingRun<unknown>, lease: RunLease): boolean =>
  outlivesRounds(policy.strategy.promise)
    ? !lease.isReleased && !lease.isEnded
    : lease.round === round && applying === null
