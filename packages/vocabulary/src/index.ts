// Branded ids, units and plain records shared by every room, and how they are read.

import type { IterationName } from './peer-words.ts'

export type {
  Arrangement,
  ConvenerWord,
  EstimateName,
  IterationName,
  IterationTold,
  PeerEdge,
  PeerReport,
  PeerRules,
  PeerWord,
} from './peer-words.ts'
export { segmentRange, segmentsFor, segmentsWithin, tileFrameBytes } from './segments.ts'

declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** One tab (or headless process) of this page load. Several tabs of one browser are several workers. */
export type WorkerId = Branded<string, 'WorkerId'>
/** One browser (kept in its storage): who is thanked, not who computes. */
export type VolunteerId = Branded<string, 'VolunteerId'>
export type RunId = Branded<string, 'RunId'>
/** The right to answer one piece of work: bound to run, round, model version, worker and connection. */
export type LeaseId = Branded<number, 'LeaseId'>
/** Names a vector that the data plane holds. Policies never see the vector. */
export type ResultHandle = Branded<string, 'ResultHandle'>
/** Counts a worker's connections: what was said on an earlier one no longer binds. */
export type ConnectionEpoch = Branded<number, 'ConnectionEpoch'>

export type RoundNumber = number
/** Number of updates applied since the initial parameters. */
export type ModelVersion = number
/** Index of a data partition, 0..k−1. */
export type PartitionIndex = number
export type Milliseconds = number

export const workerId = (text: string): WorkerId => text as WorkerId
export const volunteerId = (text: string): VolunteerId => text as VolunteerId
export const runId = (text: string): RunId => text as RunId
export const leaseId = (number: number): LeaseId => number as LeaseId
export const resultHandle = (text: string): ResultHandle => text as ResultHandle
export const connectionEpoch = (number: number): ConnectionEpoch => number as ConnectionEpoch

/** A prefix of a lease's partitions whose weighted sum may be requested (a level of a nested code). */
export interface Level {
  /** How many of the lease's partitions, in its order, the level covers. */
  readonly upTo: number
  /**
   * Encoding row over those partitions. Absent: all ones, so that every level is a prefix of one running sum, and a
   * larger one may stand for a smaller. With weights each level is a sum of its own, kept until the lease is released.
   */
  readonly weights?: readonly number[] | undefined
}

/** What a worker is asked to compute. The same record crosses policy, engine and wire. */
export interface Work {
  /** In the order in which they are to be computed. */
  readonly partitions: readonly PartitionIndex[]
  /** Ascending in `upTo`; the last one is how far the worker may go. Empty where the work is answered in tiles. */
  readonly levels: readonly Level[]
  /**
   * `when-done`: send the last level unasked. `on-request`: announce each level and wait to be asked. `in-tiles`: the
   * list may be extended and shortened while it is worked on; then tiles of it are asked for, once: of each segment of
   * the coordinates, the sum over the first so many partitions of the list.
   */
  readonly upload: 'when-done' | 'on-request' | 'in-tiles'
  /** Of work in tiles: how often the worker says how far it is, whatever has happened. */
  readonly beatMs?: Milliseconds | undefined
  /** Absent: one sum of gradients, all at the model of the lease. */
  readonly local?: LocalSteps | undefined
  /** Present: the worker answers with parameters of its own. Never together with `local`. */
  readonly replica?: ReplicaSteps | undefined
  /** Present: the worker is a peer and has an estimate of its own, which is asked for. Never together with the others. */
  readonly estimate?: IterationName | undefined
}

/** To work in tiles, in the order in which they are given. */
export type TileOrder =
  /** More at the end of the list. Never while a shortening has not been answered. */
  | { readonly type: 'extend'; readonly partitions: readonly PartitionIndex[] }
  /** The list is to end here, or after the partition that is being computed; the worker answers with its true length. */
  | { readonly type: 'shorten'; readonly to: number }
  /**
   * At once with the work, and once: these tiles are sent as soon as the list is computed so far, while it may still
   * change behind that. One for which a list becomes too short is not to be sent.
   */
  | { readonly type: 'send-early'; readonly upTo: readonly number[]; readonly direction: 'upward' | 'downward' }
  /**
   * Once: of the list only the first so many (absent: all), behind them these, and so it stays; and these tiles of it. Whose
   * sum is further already has come to the end of its work.
   */
  | {
      readonly type: 'send'
      readonly keep?: number | undefined
      readonly partitions: readonly PartitionIndex[]
      /** By segment: over how many partitions of the list the tile is to be the sum; 0: it is not asked for. As before for those asked for early. */
      readonly upTo: readonly number[]
      /** In which order of the segments tiles over equally many partitions are sent. */
      readonly direction: 'upward' | 'downward'
    }

/**
 * Local steps: the partitions of a work are `steps` equally long runs, and after each of them the worker takes a step
 * of its own, at the learning rate of the lease. What it sends is the sum of the directions it went, in the units of
 * one step's gradient sum: for a single step that sum itself.
 */
export interface LocalSteps {
  /** U */
  readonly steps: number
  /** Decay of the worker's heavy-ball momentum, which begins anew with each lease; 0: plain steps. */
  readonly momentum: number
}

/**
 * Steps on parameters of the worker's own, x, which it keeps from lease to lease; what it sends is x. The partitions of a
 * work are `steps` equally long runs, one step each, at the learning rate of the lease.
 */
export interface ReplicaSteps {
  /** Which parameters: a worker that holds others, or none, begins with the model of the lease. */
  readonly id: number
  /** τ */
  readonly steps: number
  readonly optimiser: LocalOptimiser
  /** h₁: before the first step x ← x − h₁(x − x̃), x̃ the model of the lease; 0: x goes on as it is. */
  readonly pull: number
}

/** How a worker steps on parameters of its own; the optimiser's state stays with them and is never sent. */
export interface LocalOptimiser {
  /** `momentum` is Nesterov's: the gradient is taken where the velocity leads. */
  readonly kind: 'sgd' | 'momentum' | 'adam' | 'adahessian'
  /** μ; of momentum only. */
  readonly momentum: number
  /** Of AdaHessian only: which weights get the mean of their curvatures, in the two forms of the published code. */
  readonly averaging: 'convolutions' | 'convolutions-and-rows'
  /** Of AdaHessian only: differences are an approximation, and sound only where every activation is smooth. */
  readonly product: 'exact' | 'central-differences'
}

/** Equally long runs of partitions after each of which the worker steps by itself; 1: it sends one sum. */
export const stepsOf = ({ local, replica }: Work): number => (local ?? replica)?.steps ?? 1

/**
 * Which of a partition's batches is drawn for a piece of work: with local steps each has batches of its own, and
 * without them the batch is the round's.
 * @param index of the partition in the work's order
 */
export function drawOf(round: RoundNumber, work: Work, index: number): number {
  if (work.local === undefined && work.replica === undefined) return round
  const steps = stepsOf(work)
  return round * steps + Math.floor((index * steps) / work.partitions.length)
}

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu'

/** What a worker says of itself when it is ready to work. Claims, not facts. */
export interface Capabilities {
  readonly backend: BackendName
  /** Measured after warm-up: milliseconds for one partition's batch, at full share. */
  readonly msPerPartition: Milliseconds
  /** Share of the device the volunteer allows, 0..1. */
  readonly deviceShare: number
}

export type DepartureReason = 'closed' | 'paused' | 'silent' | 'replaced' | 'removed' | 'stopped'
export type ReleaseReason =
  | 'round-closed'
  | 'block-covered'
  | 'given-to-others'
  | 'restarted'
  | 'run-paused'
  | 'run-ended'
  | 'lease-expired'
