// What a simulation is made of while it runs: virtual time, the queue, tabs, the run. Changed in place by those who
// play on it (play-coordinator.ts, play-tab.ts, play-seats.ts), which are handed it.

import {
  idleWorker,
  type PeerEvent,
  type RoundFacts,
  type RunEvent,
  type TrainingRun,
  type WorkerEvent,
  type WorkerMachine,
  type WorkItem,
} from '@muster/engine'
import { type Losses, lossProcess } from '@muster/numerics'
import type { Optimiser } from '@muster/parameters'
import type { Strategy } from '@muster/strategies'
import {
  type ConnectionEpoch,
  connectionEpoch,
  type EstimateName,
  type LeaseId,
  type Milliseconds,
  type PartitionIndex,
  type RoundNumber,
  type WorkerId,
  workerId,
} from '@muster/vocabulary'
import type { EventQueue } from './event-queue.ts'
import type { Corruption, Fault } from './faults.ts'
import type { SimulatedDataPlane } from './simulated-data-plane.ts'
import { type MixWatch, newVirtualPeer, type VirtualPeer } from './virtual-peer.ts'
import type { VirtualReplica } from './virtual-replica.ts'
import type { VirtualSum, VirtualTile } from './virtual-sum.ts'
import type { Occupant, World } from './worlds/world.ts'

/** Virtual milliseconds a unit of a world's time. */
export const unitMs: Milliseconds = 1000

export interface Tab {
  readonly id: WorkerId
  readonly occupant: Occupant
  slowness: number
  machine: WorkerMachine
  connection: ConnectionEpoch
  isGone: boolean
  /** Fell silent over work that never ends: until the round is over. */
  isStuck: boolean
  frozenUntil: Milliseconds
  uplinkFreeAt: Milliseconds
  /** Tiles that wait for the uplink, and that under way. */
  readonly outbox: OutgoingTile[]
  uploading: OutgoingTile | null
  /** It will say how far it is. */
  isBeating: boolean
  /** Partitions computed for this round. */
  round: RoundNumber
  computed: number
  /** Whose data it has fetched. */
  readonly partitionsHeld: Set<PartitionIndex>
  readonly sums: Map<LeaseId, LeaseSums>
  /** Parameters of its own, from lease to lease. */
  replica: VirtualReplica | null
  /** Of its next answer: whether it is lost on the way. */
  readonly losesAnswer: () => boolean
  /** The partition under way; what is heard of an earlier one is of no effect. */
  computing: { readonly lease: LeaseId; readonly endsAt: Milliseconds } | null
  /** What becomes of its next answer. */
  mischief: Mischief
  /** Of use where workers talk to each other. */
  readonly peer: VirtualPeer
}

export interface OutgoingTile {
  readonly item: WorkItem
  readonly tile: VirtualTile
  readonly covers: number
  readonly computeMs: Milliseconds
  readonly ms: Milliseconds
}

export interface LeaseSums {
  running: VirtualSum
  kept: VirtualSum | null
  readonly levels: ReadonlyMap<number, VirtualSum>
}

/** Answers that never arrive: their workers notice, and go on. */
export interface AnswerLosses extends Losses {
  /** Seats; absent: everybody's. */
  readonly seats?: readonly number[]
}

export interface Mischief {
  readonly repeat: boolean
  readonly delayMs: Milliseconds
  readonly corruption: Corruption | null
}

export const noMischief: Mischief = { repeat: false, delayMs: 0, corruption: null }

export type Happening =
  | { readonly to: 'coordinator'; readonly event: RunEvent }
  /** From the network on a connection, or (null) from the tab's own device. */
  | {
      readonly to: 'tab'
      readonly tab: Tab
      readonly connection: ConnectionEpoch | null
      readonly event: WorkerEvent
      /** Of an event that ends a computation: which. */
      readonly computing?: Tab['computing']
    }
  /** The uplink is done with a tile. */
  | { readonly to: 'uplink'; readonly tab: Tab; readonly sent: OutgoingTile }
  | { readonly to: 'beat'; readonly tab: Tab }
  | {
      readonly to: 'peer'
      readonly tab: Tab
      readonly connection: ConnectionEpoch | null
      readonly happening: PeerHappening
    }
  | { readonly to: 'fault'; readonly fault: Fault }

export type PeerHappening =
  | { readonly type: 'event'; readonly event: PeerEvent }
  /** An estimate is asked for. */
  | { readonly type: 'work'; readonly item: WorkItem }
  /** What is heard of a step that was given up is of no effect. */
  | { readonly type: 'step'; readonly step: VirtualPeer['step']; readonly ms: Milliseconds }
  | { readonly type: 'estimate'; readonly from: string; readonly name: EstimateName; readonly vector: Float32Array }

export interface SimulatedRound extends RoundFacts {
  /** From the former update to this one. */
  readonly totalMs: Milliseconds
  /** Answers that were sent, used or not, and control messages toward the coordinator. */
  readonly uploads: number
  readonly messagesUp: number
  /** Who was here when the round began and stayed until its end: the limits are theirs. */
  readonly survivors: readonly Occupant[]
}

export interface Stage {
  readonly world: World
  readonly partitions: number
  readonly latencyMs: Milliseconds
  readonly downloadMs: Milliseconds
  readonly uploadMs: Milliseconds
  readonly silenceMs: Milliseconds
  /** How long a tab goes on with a partition that nobody wants any more. */
  readonly pieceMs: Milliseconds
  /** Whoever leaves a seat of the world is followed by the next occupant. */
  readonly isRefilled: boolean
  readonly roundMsMax: Milliseconds
  readonly strategy: Strategy
  readonly seed: number
  /** How a peer steps on its own estimate. */
  readonly optimiser: Optimiser
  /** Beside the latency, of each copy of a message between peers that arrives. */
  peerDelays(): readonly Milliseconds[]
  /** Nothing is lost between peers, and nobody loses patience: mixing keeps the mean to the last bit but one. */
  readonly isPeerNetworkPerfect: boolean
  /** Steps a tab's machine, and carries out what it asks for. */
  tellTab(tab: Tab, event: WorkerEvent): void
  /** A tab's work will never end. */
  onStuck(tab: Tab): void
  readonly mixes: Map<string, MixWatch>
  /** Of whose answers so many are lost on the way; null: none. */
  readonly losses: AnswerLosses | null
  readonly queue: EventQueue<Happening>
  readonly tabs: Map<WorkerId, Tab>
  /** The tab in each seat. */
  readonly seats: Map<number, Tab>
  readonly timers: Map<string, Milliseconds>
  readonly data: SimulatedDataPlane
  readonly rounds: SimulatedRound[]
  readonly violations: string[]
  readonly refused: Record<string, number>
  run: TrainingRun<unknown>
  now: Milliseconds
  lastApplied: RoundNumber | null
  advancedAt: Milliseconds
  /** Since when somebody has been able to work; null while nobody is. */
  ableSince: Milliseconds | null
  /** The tabs of the present round's beginning. */
  present: readonly Tab[]
  uploads: number
  messagesUp: number
  /** Workers' own parameters begun so far. */
  replicas: number
  /** Of each of them, the last lease that was exchanged. */
  readonly exchanged: Map<number, LeaseId>
  /** When the coordinator's own network is free again, each way. */
  ingressFreeAt: Milliseconds
  egressFreeAt: Milliseconds
}

export const tellCoordinator = (stage: Stage, event: RunEvent): void =>
  stage.queue.push(event.at, { to: 'coordinator', event })

export const tabName = ({ seat, generation }: Occupant): WorkerId =>
  workerId(generation === 0 ? `w${seat}` : `w${seat}.${generation}`)

const losesNothing = () => false

function lossesOf({ losses, seed }: Pick<Stage, 'losses' | 'seed'>, { seat, generation }: Occupant): () => boolean {
  if (losses === null || losses.seats?.includes(seat) === false) return losesNothing
  return lossProcess(losses, seed, seat, generation)
}

export const createTab = (stage: Pick<Stage, 'losses' | 'seed' | 'optimiser'>, occupant: Occupant): Tab => ({
  id: tabName(occupant),
  occupant,
  slowness: 1,
  machine: idleWorker,
  connection: connectionEpoch(1),
  isGone: false,
  isStuck: false,
  frozenUntil: 0,
  uplinkFreeAt: 0,
  outbox: [],
  uploading: null,
  isBeating: false,
  round: -1,
  computed: 0,
  partitionsHeld: new Set(),
  sums: new Map(),
  replica: null,
  losesAnswer: lossesOf(stage, occupant),
  computing: null,
  mischief: noMischief,
  peer: newVirtualPeer(tabName(occupant), stage.optimiser),
})

const isAble = (stage: Stage, tab: Tab): boolean => !tab.isGone && !tab.isStuck && stage.now >= tab.frozenUntil

/** To be asked whenever somebody's ability may have changed. */
export function noteAbility(stage: Stage): void {
  for (const tab of stage.seats.values()) {
    if (!isAble(stage, tab)) continue
    stage.ableSince ??= stage.now
    return
  }
  stage.ableSince = null
}
