// A run in virtual time: the production machines of coordinator and workers, a virtual network between them, a toy
// data plane behind them, hardship from a world and from a schedule of faults, checkers at every update. No clock, no
// chance: one seed, one run.

import { startRun } from '@muster/engine'
import { randomStream } from '@muster/numerics'
import { createOptimiser, type OptimiserSpec } from '@muster/parameters'
import { resolveStrategy, type SettingValue, type Strategy, type StrategyChoice } from '@muster/strategies'
import type { Milliseconds, ModelVersion } from '@muster/vocabulary'
import { createEventQueue } from './event-queue.ts'
import type { FaultAt } from './faults.ts'
import { stepCoordinator } from './play-coordinator.ts'
import { happenToPeer } from './play-peer.ts'
import { fillSeats } from './play-seats.ts'
import { joinStage, stepTab, stick, strike } from './play-tab.ts'
import { beat, endUpload } from './play-tiles.ts'
import type { Problem } from './problem.ts'
import { createSimulatedDataPlane } from './simulated-data-plane.ts'
import {
  type AnswerLosses,
  type Happening,
  noteAbility,
  type SimulatedRound,
  type Stage,
  tellCoordinator,
  unitMs,
} from './stage.ts'
import { toyProblem } from './toy-problem.ts'
import type { World } from './worlds/world.ts'

export interface UnlistedStrategy {
  readonly strategy: Strategy
  readonly own: Readonly<Record<string, SettingValue>>
}

export interface SimulationSettings {
  /** Of the toy problem; the world has drawn its own. */
  readonly seed: number
  /** By name, as in a run file; or one that is not in the registry, complete with its settings. */
  readonly strategy: StrategyChoice | UnlistedStrategy
  readonly world: World
  /** k */
  readonly partitions: number
  /** S; default: 16. */
  readonly segments?: number
  readonly rounds: number
  readonly leaseMs?: Milliseconds
  /** Answers that get lost on the way: of exchanges, those that fail. */
  readonly losses?: AnswerLosses | undefined
  /** A schedule of hardship beside the world's own; those who leave are then not replaced by the world. */
  readonly faults?: readonly FaultAt[]
  /**
   * How long a tab goes on with a partition after its lease has ended; default: to the partition's end. (In the product a
   * partition is computed in pieces of 150 ms or less.)
   */
  readonly pieceMs?: Milliseconds
  /** After how much silence the coordinator takes a worker for gone; default: the world's detection. */
  readonly silenceMs?: Milliseconds
  /** I6's bound for one round while somebody is able to work. */
  readonly roundMsMax?: Milliseconds
  /** Hardship of messages between peers, beside the world's latency; absent: none. */
  readonly peerNetwork?: PeerNetwork
  /** Called after every round, for progress on long runs. */
  readonly onRound?: ((done: number) => void) | undefined
  /** What is learnt; default: the toy problem, with a reference in one process beside the run. */
  readonly problem?: Problem
  /** Default: momentum 0.9 at the rate 0.1. */
  readonly optimiser?: OptimiserSpec
  /** Called after every update; true ends the run there. */
  readonly onUpdate?: (update: SimulatedUpdate) => boolean | undefined
}

export interface PeerNetwork {
  /** Shares of messages that never arrive, or come twice. */
  readonly lost?: number
  readonly doubled?: number
  /** Mean of an exponential delay, which lets messages overtake each other. */
  readonly delayMs?: Milliseconds
}

export interface SimulatedUpdate {
  readonly at: Milliseconds
  /** The new one. */
  readonly version: ModelVersion
  readonly parameters: Float32Array
  /** Answers sent so far, used or not. */
  readonly uploads: number
  readonly round: SimulatedRound
}

export interface Simulation {
  readonly rounds: readonly SimulatedRound[]
  readonly violations: readonly string[]
  /** Why the run did not come to its end; null: it did. */
  readonly unfinished: string | null
  readonly parameters: Float32Array
  /** ‖w − w_ref‖ / ‖w_ref‖ against the same updates from direct sums in one process. */
  readonly referenceError: number
  readonly refused: Readonly<Record<string, number>>
  readonly endedAt: Milliseconds
}

const usualOptimiser: OptimiserSpec = { kind: 'momentum', learningRate: 0.1, momentum: 0.9 }
/** As many as a small model has. */
const usualSegments = 16
/** A round that takes more steps than this for each worker has lost its way. */
const stepsPerWorkerMax = 3_000
/** A beat, and what is said at one, counts for less: of them a round of minutes has many. */
const beatWeight = 0.1
/** Long enough for the slowest: in worlds of heavy tails full synchrony waits for it. */
const leaseUnits = 40

export function simulate(settings: SimulationSettings): Simulation {
  const stage = setStage(settings)
  const { world } = stage
  // Everybody is here before the first round opens: who came first is chance, and no strategy's merit.
  tellCoordinator(stage, { at: 0, type: 'pause-requested' })
  for (let seat = 0; seat < world.workers; seat++) joinStage(stage, { seat, generation: 0 }, 0)
  tellCoordinator(stage, { at: 0, type: 'resume-requested' })
  fillSeats(stage, 0)
  for (const { at, fault } of settings.faults ?? []) stage.queue.push(at, { to: 'fault', fault })
  const unfinished = play(stage, settings)
  if (unfinished !== null) stage.violations.push(`I6: ${unfinished}`)
  const { rounds, violations, data, refused, now } = stage
  const { parameters, referenceError } = data
  return { rounds, violations, unfinished, parameters, referenceError, refused, endedAt: now }
}

function play(stage: Stage, { onRound, onUpdate }: SimulationSettings): string | null {
  const stepsMax = stepsPerWorkerMax * (8 + stage.world.workers)
  let steps = 0
  let done = 0
  let uploads = 0
  while (stage.run.phase !== 'ended') {
    const next = stage.queue.pop()
    if (next) steps += isOfBeat(next.item) ? beatWeight : 1
    if (!next || steps > stepsMax) {
      const { run, now, seats } = stage
      const able = [...seats.values()].filter(tab => !tab.isGone && !tab.isStuck).length
      const what = next ? 'works without end' : 'stands still'
      return `the run ${what} in round ${run.round} at ${now} ms with ${able} of ${seats.size} workers able to work`
    }
    stage.now = next.at
    // Who was frozen thaws by itself.
    if (stage.ableSince === null) noteAbility(stage)
    happen(stage, next.item)
    if (stage.rounds.length > done) {
      done = stage.rounds.length
      steps = 0
      onRound?.(done)
      const round = stage.rounds[done - 1]!
      uploads += round.uploads
      const { now: at, run, data } = stage
      if (onUpdate?.({ at, version: run.modelVersion, parameters: data.parameters, uploads, round })) return null
    }
  }
  return null
}

function isOfBeat(item: Happening): boolean {
  if (item.to !== 'coordinator') return item.to === 'beat'
  return (
    item.event.type === 'timer-fired' || (item.event.type === 'progress-announced' && item.event.tiles !== undefined)
  )
}

function happen(stage: Stage, item: Happening): void {
  if (item.to === 'fault') return strike(stage, item.fault)
  if (item.to === 'coordinator') return stepCoordinator(stage, item.event)
  const { tab } = item
  const connection = 'connection' in item ? item.connection : null
  // What was sent on an earlier connection is lost with it; who is stuck hears nothing.
  if (tab.isGone || tab.isStuck || (connection !== null && connection !== tab.connection)) return
  if (item.to === 'tab' && item.computing && item.computing !== tab.computing) return
  if (stage.now < tab.frozenUntil) stage.queue.push(tab.frozenUntil, item)
  else if (item.to === 'peer') happenToPeer(stage, tab, item.happening)
  else if (item.to === 'uplink') endUpload(stage, tab, item.sent)
  else if (item.to === 'beat') beat(stage, tab)
  else stepTab(stage, tab, item.event)
}

function findStrategy(choice: SimulationSettings['strategy']): UnlistedStrategy {
  if (typeof choice === 'object' && 'strategy' in choice && typeof choice.strategy === 'object')
    return choice as UnlistedStrategy
  const resolved = resolveStrategy(choice as StrategyChoice)
  if (!resolved.ok) throw new RangeError(resolved.problems.join(' '))
  return resolved
}

function setStage(settings: SimulationSettings): Stage {
  const { world, partitions, seed } = settings
  const { strategy, own } = findStrategy(settings.strategy)
  const { fixedCost, detection } = world.costs
  const segments = settings.segments ?? usualSegments
  const ends = { roundsEnd: settings.rounds, testAccuracyEnd: null }
  const optimiser = settings.optimiser ?? usualOptimiser
  const problem = settings.problem ?? toyProblem(seed)
  const leaseMs = settings.leaseMs ?? leaseUnits * (1 + fixedCost) * unitMs
  const stage: Stage = {
    world,
    partitions,
    latencyMs: 0.05 * fixedCost * unitMs,
    downloadMs: 0.45 * fixedCost * unitMs,
    uploadMs: 0.45 * fixedCost * unitMs,
    silenceMs: settings.silenceMs ?? detection * unitMs,
    pieceMs: settings.pieceMs ?? Number.POSITIVE_INFINITY,
    isRefilled: settings.faults === undefined,
    roundMsMax: settings.roundMsMax ?? Number.POSITIVE_INFINITY,
    strategy,
    seed,
    optimiser: createOptimiser(optimiser),
    peerDelays: peerDelaysOf(settings),
    isPeerNetworkPerfect: settings.peerNetwork === undefined && settings.faults === undefined,
    tellTab: (tab, event) => stepTab(stage, tab, event),
    onStuck: tab => stick(stage, tab),
    mixes: new Map(),
    losses: settings.losses ?? null,
    queue: createEventQueue<Happening>(),
    tabs: new Map(),
    seats: new Map(),
    timers: new Map(),
    data: createSimulatedDataPlane({
      problem,
      partitions,
      optimiser,
      promise: strategy.promise,
      hasReference: settings.problem === undefined,
    }),
    rounds: [],
    violations: [],
    refused: {},
    run: startRun(
      {
        partitions,
        batchPerPartition: problem.samplesPerPartition,
        segments,
        evaluateEvery: Number.MAX_SAFE_INTEGER,
        leaseMs,
        ...ends,
      },
      { strategy, own },
      { round: 0, modelVersion: 0, learningRate: optimiser.learningRate },
    ),
    now: 0,
    lastApplied: null,
    advancedAt: 0,
    ableSince: null,
    present: [],
    uploads: 0,
    messagesUp: 0,
    replicas: 0,
    exchanged: new Map(),
    ingressFreeAt: 0,
    egressFreeAt: 0,
  }
  return stage
}

function peerDelaysOf({ peerNetwork, seed }: SimulationSettings): Stage['peerDelays'] {
  const soon = [0]
  if (peerNetwork === undefined) return () => soon
  const { lost = 0, doubled = 0, delayMs = 0 } = peerNetwork
  const draw = randomStream(seed, 'peer-network')
  const delay = () => (delayMs === 0 ? 0 : delayMs * draw.exponential())
  return () => {
    if (draw.uniform() < lost) return []
    return draw.uniform() < doubled ? [delay(), delay()] : [delay()]
  }
}
