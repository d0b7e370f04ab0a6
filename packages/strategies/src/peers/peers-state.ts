// What the coordinator knows of a run without a centre: who is there and how they are arranged, what they tell of their
// iterations, and whose estimates have been gathered for the mean.

import type { IterationName, IterationTold, Milliseconds, PeerEdge, PeerRules, WorkerId } from '@muster/vocabulary'
import { type ArrivedResult, type Standing, type StandingSeat, startStanding } from '../standing.ts'
import type { StrategySettings } from '../strategy.ts'
import type { Advance, ThresholdState } from './threshold-rule.ts'

export interface ConvenerRules extends Omit<PeerRules, 'heartBeatMs'> {
  readonly topology: 'random' | 'ring' | 'complete' | 'tree' | 'by-chance'
  readonly degree: number
  readonly more: number
  readonly chance: number
  readonly graphSeed: number
  /** Null: the threshold rule; else an iteration waits for all but so many. */
  readonly allBut: number | null
  readonly shard: 'spread' | 'blocks'
  /** q */
  readonly every: number
}

export interface PeerSeat extends StandingSeat {
  /** It has an estimate of its own. */
  readonly hasEstimate: boolean
  /** It has been told of the present arrangement, on this connection. */
  readonly isPlaced: boolean
}

export interface ArrivedEstimate extends ArrivedResult {
  readonly of: IterationName
}

/** Peers as they are arranged now. */
export interface Arranged {
  readonly peers: readonly WorkerId[]
  readonly edges: readonly PeerEdge[]
  /** Places of edges in the tree. */
  readonly tree: readonly number[]
  readonly iterationsBefore: number
  /** Of the arrangement before: what its neighbours still say to each other is late, and no fault. */
  readonly formerEdges: readonly PeerEdge[]
}

/** What has been told of iterations since the last round was closed. */
export interface Tally {
  readonly iterations: number
  readonly ms: number
  readonly edges: number
  readonly active: number
  readonly torn: number
  /** Iterations whose mixing matrix was not symmetric, or rows or columns of it did not sum to one. */
  readonly unbalanced: number
  /** By peer: iterations it told of, and in how many neighbours it did not wait for, summed. */
  readonly backups: Readonly<Record<string, { readonly iterations: number; readonly backups: number }>>
}

export const emptyTally: Tally = { iterations: 0, ms: 0, edges: 0, active: 0, torn: 0, unbalanced: 0, backups: {} }

export interface PeersState extends Standing<PeerSeat, ArrivedEstimate> {
  readonly generation: number
  /** That a peer says it knows, perhaps from a coordinator before this one. */
  readonly generationHeardOf: number
  readonly arranged: Arranged | null
  /** When the peers are to be arranged anew; null: they stand as they are. */
  readonly arrangeAt: Milliseconds | null
  /** Those who come were peers before this coordinator was started. */
  readonly isReturn: boolean
  /** The furthest iteration of this arrangement that is known to be over. */
  readonly iteration: number
  /** Null where the peers decide among themselves. */
  readonly arbiter: ThresholdState | null
  /** The arbiter's last decisions, for those who did not hear them. */
  readonly decisions: readonly Advance[]
  readonly decidedAt: Milliseconds
  /** What iterations take, lately. */
  readonly usualMs: Milliseconds | null
  /** The estimates that are being gathered: as they are after so many iterations; null: none are. */
  readonly target: IterationName | null
  readonly firstAnswerAt: Milliseconds | null
  /** Somebody was past the target when it heard of it. */
  readonly isMissed: boolean
  /** How many iterations ahead the next target is at least. */
  readonly margin: number
  /** What peers have told of iterations that others have not told of yet, oldest first. */
  readonly told: readonly ToldIteration[]
  readonly tally: Tally
  /** The last iterations: their number in the run, and the places of their active edges. */
  readonly picture: readonly { readonly iteration: number; readonly active: readonly number[] }[]
  /** By peer. */
  readonly links: Readonly<Record<string, { readonly direct: readonly string[]; readonly relayed: readonly string[] }>>
}

export interface ToldIteration {
  readonly iteration: number
  readonly by: Readonly<Record<string, Pick<IterationTold, 'ms' | 'isFinished' | 'weights' | 'isTorn'>>>
}

export const startPeers = (settings: StrategySettings): PeersState => ({
  ...startStanding(settings),
  generation: 0,
  generationHeardOf: 0,
  arranged: null,
  arrangeAt: null,
  isReturn: false,
  iteration: 0,
  arbiter: null,
  decisions: [],
  decidedAt: 0,
  usualMs: null,
  target: null,
  firstAnswerAt: null,
  isMissed: false,
  margin: 1,
  told: [],
  tally: emptyTally,
  picture: [],
  links: {},
})

/** Iterations of the run so far. */
export const iterationsOf = ({ arranged, iteration, settings }: PeersState): number =>
  (arranged?.iterationsBefore ?? settings.resumed?.iterations ?? 0) + iteration
