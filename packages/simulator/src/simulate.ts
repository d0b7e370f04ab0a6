// A run in virtual time: the production machines of coordinator and workers, a virtual network between them, a toy
// data plane behind them, faults from a schedule, checkers at every update. No clock, no chance: one seed, one run.

import { startRun } from '@muster/engine'
import { resolveStrategy, type StrategyChoice } from '@muster/strategies'
import type { Milliseconds } from '@muster/vocabulary'
import { createEventQueue } from './event-queue.ts'
import type { FaultAt } from './faults.ts'
import { stepCoordinator } from './play-coordinator.ts'
import { joinStage, stepTab, strike } from './play-tab.ts'
import { type SimulatedWorker, unitMs, type World } from './population.ts'
import { batchPerPartition, type Happening, type SimulatedRound, type Stage } from './stage.ts'
import { createToyDataPlane } from './toy-data-plane.ts'

export interface SimulationSettings {
  readonly seed: number
  readonly strategy: StrategyChoice
  readonly world: World
  readonly workers: readonly SimulatedWorker[]
  readonly rounds: number
  readonly leaseMs?: Milliseconds
  readonly faults?: readonly FaultAt[]
  /** After how much silence the coordinator takes a worker for gone. */
  readonly silenceMs?: Milliseconds
  /** I6's bound for one round while somebody is able to work. */
  readonly roundMsMax?: Milliseconds
}

export interface Simulation {
  readonly rounds: readonly SimulatedRound[]
  readonly violations: readonly string[]
  readonly parameters: Float32Array
  /** ‖w − w_ref‖ / ‖w_ref‖ against the same updates from direct sums in one process. */
  readonly referenceError: number
  readonly refused: Readonly<Record<string, number>>
  readonly endedAt: Milliseconds
}

const learningRate = 0.1
/** A run that takes more has lost its way. */
const stepsMax = 5_000_000

export function simulate(settings: SimulationSettings): Simulation {
  const stage = setStage(settings)
  for (const { name, batchTime } of settings.workers) joinStage(stage, name, batchTime)
  for (const { at, fault } of settings.faults ?? []) stage.queue.push(at, { to: 'fault', fault })
  for (let steps = 0; stage.run.phase !== 'ended'; steps++) {
    const next = stage.queue.pop()
    if (!next || steps > stepsMax) {
      const { run, now } = stage
      stage.violations.push(
        `I6: the run stands still in round ${run.round} at ${now} ms with ${run.roster.size} workers`,
      )
      break
    }
    stage.now = next.at
    play(stage, next.item)
    const isAble = [...stage.tabs.values()].some(tab => !tab.isGone && stage.now >= tab.frozenUntil)
    stage.ableSince = isAble ? (stage.ableSince ?? stage.now) : null
  }
  const { rounds, violations, data, refused, now } = stage
  return { rounds, violations, parameters: data.parameters, referenceError: data.referenceError, refused, endedAt: now }
}

function play(stage: Stage, item: Happening): void {
  if (item.to === 'fault') return strike(stage, item.fault)
  if (item.to === 'coordinator') return stepCoordinator(stage, item.event)
  const { tab, connection, event } = item
  // What was sent on an earlier connection is lost with it.
  if (tab.isGone || (connection !== null && connection !== tab.connection)) return
  if (stage.now < tab.frozenUntil) stage.queue.push(tab.frozenUntil, item)
  else stepTab(stage, tab, event)
}

function setStage(settings: SimulationSettings): Stage {
  const { world, seed } = settings
  const resolved = resolveStrategy(settings.strategy)
  if (!resolved.ok) throw new RangeError(resolved.problems.join(' '))
  const { strategy, own } = resolved
  const { partitions } = world
  const ends = { roundsEnd: settings.rounds, testAccuracyEnd: null }
  return {
    seed,
    world,
    latencyMs: 0.05 * world.fixedCost * unitMs,
    transferMs: 0.45 * world.fixedCost * unitMs,
    silenceMs: settings.silenceMs ?? 20_000,
    roundMsMax: settings.roundMsMax ?? Number.POSITIVE_INFINITY,
    strategy,
    queue: createEventQueue<Happening>(),
    tabs: new Map(),
    timers: new Map(),
    data: createToyDataPlane(seed, partitions, learningRate),
    rounds: [],
    violations: [],
    refused: {},
    run: startRun(
      { partitions, batchPerPartition, evaluateEvery: Number.MAX_SAFE_INTEGER, ...ends },
      strategy.start({ partitions, leaseMs: settings.leaseMs ?? 20_000, own }),
      { round: 0, modelVersion: 0, learningRate },
    ),
    now: 0,
    lastApplied: null,
    advancedAt: 0,
    ableSince: null,
  }
}
