// A run in virtual time: the production machines of coordinator and workers, a virtual network between them, a toy
// data plane behind them, faults from a schedule, checkers at every update. No clock, no chance: one seed, one run.

import {
  idleWorker,
  type ResultClaim,
  type RoundFacts,
  type RunEffect,
  type RunEvent,
  startRun,
  stepRun,
  stepWorker,
  type TrainingRun,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerMachine,
} from '@muster/engine'
import { createOptimiser, relativeError, updateModel } from '@muster/parameters'
import { resolveStrategy, type StrategyChoice } from '@muster/strategies'
import {
  type ConnectionEpoch,
  connectionEpoch,
  type LeaseId,
  leaseId,
  type Milliseconds,
  type ModelVersion,
  type PartitionIndex,
  type ResultHandle,
  type RoundNumber,
  resultHandle,
  type WorkerId,
  workerId,
} from '@muster/vocabulary'
import { type AppliedTerm, checkBounds, checkCover, checkOrder, checkProgress, checkVersions } from './checkers.ts'
import { createEventQueue } from './event-queue.ts'
import type { Corruption, Fault, FaultAt } from './faults.ts'
import { type SimulatedWorker, unitMs, type World } from './population.ts'
import { toyGradient, toyStart } from './toy-problem.ts'

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

export interface SimulatedRound extends RoundFacts {
  /** From the former update to this one. */
  readonly totalMs: Milliseconds
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

interface Tab {
  readonly id: WorkerId
  batchTime: number
  slowness: number
  machine: WorkerMachine
  connection: ConnectionEpoch
  isGone: boolean
  frozenUntil: Milliseconds
  uplinkFreeAt: Milliseconds
  running: Map<LeaseId, ToySum>
  kept: Map<LeaseId, ToySum>
  mischief: { repeat: boolean; delayMs: Milliseconds; corruption: Corruption | null }
}

interface ToySum {
  readonly sum: Float32Array
  readonly partitions: readonly PartitionIndex[]
  readonly modelVersion: ModelVersion
}

type Happening =
  | { readonly to: 'coordinator'; readonly event: RunEvent }
  /** From the network on a connection, or (null) from the tab's own device. */
  | { readonly to: 'tab'; readonly tab: Tab; readonly connection: ConnectionEpoch | null; readonly event: WorkerEvent }
  | { readonly to: 'fault'; readonly fault: Fault }

const batchPerPartition = 1
const learningRate = 0.1

export function simulate(settings: SimulationSettings): Simulation {
  const { world, seed } = settings
  const resolved = resolveStrategy(settings.strategy)
  if (!resolved.ok) throw new RangeError(resolved.problems.join(' '))
  const { strategy, own } = resolved
  const leaseMs = settings.leaseMs ?? 20_000
  const silenceMs = settings.silenceMs ?? 20_000
  const roundMsMax = settings.roundMsMax ?? Number.POSITIVE_INFINITY
  const latencyMs = 0.05 * world.fixedCost * unitMs
  const transferMs = 0.45 * world.fixedCost * unitMs

  const queue = createEventQueue<Happening>()
  const tabs = new Map<WorkerId, Tab>()
  const optimiser = createOptimiser({ kind: 'momentum', learningRate, momentum: 0.9 })
  const versions = new Map<ModelVersion, Float32Array>([[0, toyStart(seed)]])
  let model = { parameters: toyStart(seed), state: optimiser.init(toyStart(seed).length) }
  let reference = { parameters: model.parameters, state: model.state }
  const vectors = new Map<ResultHandle, ToySum>()
  const timers = new Map<string, Milliseconds>()
  const rounds: SimulatedRound[] = []
  const violations: string[] = []
  const refused: Record<string, number> = {}
  let handles = 0
  let lastApplied: RoundNumber | null = null
  let advancedAt = 0
  let ableSince: Milliseconds | null = null
  let now = 0

  let run: TrainingRun<unknown> = startRun(
    {
      partitions: world.partitions,
      batchPerPartition,
      evaluateEvery: 1_000_000,
      roundsEnd: settings.rounds,
      testAccuracyEnd: null,
    },
    strategy.start({ partitions: world.partitions, leaseMs, own }),
    { round: 0, modelVersion: 0, learningRate },
  )

  const tell = (event: RunEvent) => queue.push(event.at, { to: 'coordinator', event })

  function join(name: string, batchTime: number): void {
    const tab: Tab = {
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
      mischief: { repeat: false, delayMs: 0, corruption: null },
    }
    tabs.set(tab.id, tab)
    connect(tab)
  }

  function connect(tab: Tab): void {
    const msPerPartition = (tab.batchTime * unitMs) / world.partitions
    const capabilities = { backend: 'cpu', msPerPartition, deviceShare: 1 } as const
    tell({ at: now + latencyMs, type: 'worker-connected', worker: tab.id, connection: tab.connection, capabilities })
  }

  function strike(fault: Fault): void {
    const tab = tabs.get(workerId(fault.worker))
    if (fault.kind === 'join') return join(fault.worker, fault.batchTime)
    if (!tab || tab.isGone) return
    const depart = (after: Milliseconds, reason: 'closed' | 'silent') =>
      tell({ at: now + after, type: 'worker-departed', worker: tab.id, connection: tab.connection, reason })
    switch (fault.kind) {
      case 'vanish':
        tab.isGone = true
        return depart(fault.isSilent ? silenceMs : latencyMs, fault.isSilent ? 'silent' : 'closed')
      case 'freeze':
        tab.frozenUntil = Math.max(tab.frozenUntil, now + fault.forMs)
        return
      case 'slow-down':
        tab.slowness = fault.factor
        return
      case 'reconnect':
        depart(latencyMs, 'closed')
        stepTab(tab, { at: now, type: 'work-abandoned', tell: false })
        tab.connection = connectionEpoch(tab.connection + 1)
        return connect(tab)
      case 'repeat-answer':
        tab.mischief.repeat = true
        return
      case 'delay-answer':
        tab.mischief.delayMs = fault.byMs
        return
      case 'corrupt-answer':
        tab.mischief.corruption = fault.how
    }
  }

  function stepCoordinator(event: RunEvent): void {
    const [next, effects] = stepRun(strategy, run, event)
    run = next
    for (const effect of effects) perform(effect)
  }

  function perform(effect: RunEffect): void {
    const send = (worker: WorkerId, event: WorkerEvent) => {
      const tab = tabs.get(worker)
      if (tab) queue.push(now + latencyMs, { to: 'tab', tab, connection: tab.connection, event })
    }
    switch (effect.type) {
      case 'send-work': {
        const { lease, round, modelVersion, work } = effect
        return send(effect.worker, {
          at: now,
          type: 'work-assigned',
          item: { lease, round, modelVersion, parameters: `${modelVersion}`, work },
        })
      }
      case 'send-request':
        return send(effect.worker, { at: now, type: 'result-requested', lease: effect.lease, covers: effect.covers })
      case 'send-release':
        return send(effect.worker, { at: now, type: 'lease-released', lease: effect.lease })
      case 'refuse-result':
        refused[effect.code] = (refused[effect.code] ?? 0) + 1
        return
      case 'drop-result':
        vectors.delete(effect.handle)
        return
      case 'apply-combination':
        return apply(effect)
      case 'set-timer':
        timers.set(effect.timer, effect.at)
        return tell({ at: Math.max(now, effect.at), type: 'timer-fired', timer: effect.timer })
      case 'clear-timer':
        timers.delete(effect.timer)
        return
      case 'record-round':
        rounds.push({ ...effect.facts, totalMs: now - advancedAt })
        advancedAt = now
        return
      case 'evaluate-model':
      case 'record-event':
      case 'end-run':
        return
    }
  }

  function apply({
    round,
    modelVersion,
    terms,
    samples,
    learningRate: rate,
  }: Extract<RunEffect, { type: 'apply-combination' }>): void {
    const applied = terms.map(({ handle, weight }): AppliedTerm & { vector: Float32Array } => {
      const held = vectors.get(handle)!
      return { weight, partitions: held.partitions, modelVersion: held.modelVersion, vector: held.sum }
    })
    violations.push(
      ...checkOrder(lastApplied, round, 0),
      ...checkCover(round, applied, world.partitions),
      ...checkVersions(round, modelVersion, applied),
      ...checkBounds(run, queue.size, vectors.size),
      ...checkProgress(round, now - Math.max(advancedAt, ableSince ?? now), roundMsMax),
    )
    lastApplied = round
    const updated = updateModel({ ...model, optimiser, terms: applied, sampleCount: samples, learningRate: rate })
    const direct = Array.from({ length: world.partitions }, (_, j) => ({
      vector: toyGradient(reference.parameters, seed, round, j),
      weight: 1,
    }))
    reference = updateModel({ ...reference, optimiser, terms: direct, sampleCount: samples, learningRate: rate })
    model = updated
    versions.set(modelVersion + 1, updated.parameters)
    versions.delete(modelVersion - 3)
    for (const { handle } of terms) vectors.delete(handle)
    // As an event of its own: the effects still to be performed belong to the step before it.
    tell({
      at: now,
      type: 'combination-applied',
      modelVersion: modelVersion + 1,
      gradientNorm: updated.gradientNorm,
    })
  }

  function stepTab(tab: Tab, event: WorkerEvent): void {
    const [next, effects] = stepWorker(tab.machine, event)
    tab.machine = next
    for (const effect of effects) performTab(tab, effect)
  }

  function performTab(tab: Tab, effect: WorkerEffect): void {
    const later = (after: Milliseconds, event: WorkerEvent) =>
      queue.push(now + after, { to: 'tab', tab, connection: null, event })
    switch (effect.type) {
      case 'load-parameters':
        return later(transferMs, { at: 0, type: 'parameters-loaded', modelVersion: effect.modelVersion })
      case 'compute-partition': {
        const { lease, round, modelVersion } = effect.item
        const parameters = versions.get(modelVersion)
        if (!parameters) return later(0, { at: 0, type: 'partition-failed', lease })
        const gradient = toyGradient(parameters, seed, round, effect.partition)
        const before = tab.running.get(lease)
        const sum = before ? before.sum.map((value, i) => value + gradient[i]!) : gradient
        tab.running.set(lease, { sum, partitions: [...(before?.partitions ?? []), effect.partition], modelVersion })
        const ms = ((tab.slowness * tab.batchTime * unitMs) / world.partitions) * world.jitter(tab.id, round)
        return later(ms, { at: 0, type: 'partition-computed', lease, ms })
      }
      case 'keep-level': {
        const sum = tab.running.get(effect.lease)
        if (sum) tab.kept.set(effect.lease, sum)
        return
      }
      case 'announce-progress': {
        const { lease, finished, computeMs, ended } = effect
        return tell({
          at: now + latencyMs,
          type: 'progress-announced',
          worker: tab.id,
          connection: tab.connection,
          lease,
          finished,
          computeMs,
          ended,
        })
      }
      case 'send-result':
        return sendResult(tab, effect)
      case 'drop-sums':
        tab.running.delete(effect.lease)
        tab.kept.delete(effect.lease)
    }
  }

  function sendResult(
    tab: Tab,
    { item, covers, from, computeMs }: Extract<WorkerEffect, { type: 'send-result' }>,
  ): void {
    const sum = (from === 'kept' ? tab.kept : tab.running).get(item.lease)
    if (!sum) return
    const { mischief } = tab
    tab.mischief = { repeat: false, delayMs: 0, corruption: null }
    const wrong = (how: Corruption) => (mischief.corruption === how ? 1 : 0)
    const claim: ResultClaim = {
      worker: tab.id,
      connection: tab.connection,
      lease: leaseId(item.lease + 1000 * wrong('wrong-lease')),
      round: item.round + wrong('wrong-round'),
      modelVersion: item.modelVersion + wrong('wrong-version'),
      covers: covers + world.partitions * wrong('wrong-cover'),
      samples: covers * batchPerPartition + wrong('wrong-samples'),
      lossSum: 1,
      computeMs,
    }
    const at = Math.max(now, tab.uplinkFreeAt) + transferMs + latencyMs
    tab.uplinkFreeAt = at - latencyMs
    const answer = (when: Milliseconds) => {
      const handle = resultHandle(`h${handles++}`)
      vectors.set(handle, sum)
      tell({ at: when, type: 'result-held', claim, handle, isFinite: mischief.corruption !== 'not-finite' })
    }
    answer(at + mischief.delayMs)
    if (mischief.repeat) answer(at + mischief.delayMs + 1)
    // Refused over HTTP as the header is read: the worker gives the lease up, as the real one does.
    if (mischief.corruption === 'wrong-lease') {
      queue.push(at + latencyMs, {
        to: 'tab',
        tab,
        connection: tab.connection,
        event: { at: 0, type: 'lease-released', lease: item.lease },
      })
      tell({ at, type: 'result-rejected', worker: tab.id, lease: item.lease, code: 'lease-unknown' })
    }
  }

  for (const { name, batchTime } of settings.workers) join(name, batchTime)
  for (const { at, fault } of settings.faults ?? []) queue.push(at, { to: 'fault', fault })

  for (let steps = 0; run.phase !== 'ended'; steps++) {
    const next = queue.pop()
    if (!next || steps > 5_000_000) {
      violations.push(`I6: the run stands still in round ${run.round} at ${now} ms with ${run.roster.size} workers`)
      break
    }
    now = next.at
    const { item } = next
    if (item.to === 'fault') strike(item.fault)
    else if (item.to === 'coordinator') {
      // A timer that was set anew or cleared does not fire.
      if (item.event.type === 'timer-fired') {
        if (timers.get(item.event.timer) !== now) continue
        timers.delete(item.event.timer)
      }
      stepCoordinator({ ...item.event, at: now })
    } else {
      const { tab, event } = item
      if (tab.isGone || (item.connection !== null && item.connection !== tab.connection)) continue
      if (now < tab.frozenUntil) queue.push(tab.frozenUntil, item)
      else stepTab(tab, { ...event, at: now })
    }
    const isAble = [...tabs.values()].some(tab => !tab.isGone && now >= tab.frozenUntil)
    ableSince = isAble ? (ableSince ?? now) : null
  }
  return {
    rounds,
    violations,
    parameters: model.parameters,
    referenceError: relativeError(model.parameters, reference.parameters),
    refused,
    endedAt: now,
  }
}
