// What a simulation is made of while it runs: virtual time, the queue, tabs, the run. Changed in place by those who
// play on it (play-coordinator.ts, play-tab.ts), which are handed it.

import {
  idleWorker,
  type RoundFacts,
  type RunEvent,
  type TrainingRun,
  type WorkerEvent,
  type WorkerMachine,
} from '@muster/engine'
import type { Strategy } from '@muster/strategies'
import {
  type ConnectionEpoch,
  connectionEpoch,
  type LeaseId,
  type Milliseconds,
  type RoundNumber,
  type WorkerId,
  workerId,
} from '@muster/vocabulary'
import type { EventQueue } from './event-queue.ts'
import type { Corruption, Fault } from './faults.ts'
import type { World } from './population.ts'
import type { ToyDataPlane, ToySum } from './toy-data-plane.ts'

export const batchPerPartition = 1

export interface Tab {
  readonly id: WorkerId
  readonly batchTime: number
  slowness: number
  machine: WorkerMachine
  connection: ConnectionEpoch
  isGone: boolean
  frozenUntil: Milliseconds
  uplinkFreeAt: Milliseconds
  readonly running: Map<LeaseId, ToySum>
  readonly kept: Map<LeaseId, ToySum>
  /** What becomes of its next answer. */
  mischief: Mischief
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
  | { readonly to: 'tab'; readonly tab: Tab; readonly connection: ConnectionEpoch | null; readonly event: WorkerEvent }
  | { readonly to: 'fault'; readonly fault: Fault }

export interface SimulatedRound extends RoundFacts {
  /** From the former update to this one. */
  readonly totalMs: Milliseconds
}

export interface Stage {
  readonly seed: number
  readonly world: World
  readonly latencyMs: Milliseconds
  readonly transferMs: Milliseconds
  readonly silenceMs: Milliseconds
  readonly roundMsMax: Milliseconds
  readonly strategy: Strategy
  readonly queue: EventQueue<Happening>
  readonly tabs: Map<WorkerId, Tab>
  readonly timers: Map<string, Milliseconds>
  readonly data: ToyDataPlane
  readonly rounds: SimulatedRound[]
  readonly violations: string[]
  readonly refused: Record<string, number>
  run: TrainingRun<unknown>
  now: Milliseconds
  lastApplied: RoundNumber | null
  advancedAt: Milliseconds
  /** Since when somebody has been able to work; null while nobody is. */
  ableSince: Milliseconds | null
}

export const tellCoordinator = (stage: Stage, event: RunEvent): void =>
  stage.queue.push(event.at, { to: 'coordinator', event })

export const createTab = (name: string, batchTime: number): Tab => ({
  id: workerId(name),
  batchTime,
  slowness: 1,
  machine: idleWorker,
  connection: connectionEpoch(1),
  isGone: false,
  frozenUntil: 0,
  uplinkFreeAt: 0,
  running: new Map(),
  kept: new Map(),
  mischief: noMischief,
})
