// Drives one training run: takes events from the edge, steps the machine, carries out its effects. Everything that
// touches the world is handed in. The machine is stepped one event at a time; effects never re-enter it.

import {
  findEntry,
  isOpenLease,
  type ResultClaim,
  type RunEffect,
  type RunEvent,
  startRun,
  stepRun,
  type TrainingRun,
} from '@muster/engine'
import { rateAt } from '@muster/parameters'
import type { RoundRecord } from '@muster/protocol'
import type { Storage } from '@muster/storage'
import {
  type ModelVersion,
  type ResultHandle,
  resultHandle,
  segmentRange,
  segmentsFor,
  type WorkerId,
} from '@muster/vocabulary'
import { type Chronicle, createChronicle } from './chronicle.ts'
import type { Evaluator } from './data-plane/evaluation.ts'
import type { VectorPlane } from './data-plane/vector-plane.ts'
import { watchDivergence } from './divergence.ts'
import { createModelVersions, type ModelVersions } from './model-versions.ts'
import type { OpenedRun } from './open-run.ts'
import { createTimers } from './timers.ts'

export interface ConductorPorts {
  readonly opened: OpenedRun
  readonly vectors: VectorPlane
  readonly evaluator: Evaluator
  readonly storage: Storage
  now(): number
  /** To one worker, by the name of the control message. */
  send(worker: WorkerId, name: 'work' | 'request' | 'order' | 'release' | 'convene', message: object): void
  /** Whoever shows the run is told that something changed. */
  onChange(): void
  onRound(record: RoundRecord): void
  /** A broken belief: the run stops with its state kept. */
  onBroken(error: Error): void
  /** For those who check the arithmetic: which rounds, and what was applied in them. */
  readonly audit?: RoundAudit
  readonly log: (message: string) => void
}

export interface RoundAudit {
  wants(round: number): boolean
  applied(round: number, parameters: Float32Array, gradient: Float64Array): void
}

export interface Conductor {
  dispatch(event: WithoutTime<RunEvent>): void
  /** Takes a vector that passed the first judgement; resolves with the refusal, or null once it counts. */
  offer(claim: ResultClaim, vector: Float32Array<ArrayBuffer>): Promise<string | null>
  /** Of an answer that was refused before the machine saw it. */
  countRefusal(code: string): void
  run(): TrainingRun<unknown>
  readonly chronicle: Chronicle
  readonly versions: ModelVersions
  close(): Promise<void>
}

type Roster = TrainingRun<unknown>['roster']
type WithoutTime<Event> = Event extends { at: number } ? Omit<Event, 'at'> : never
type EffectOf<Type extends RunEffect['type']> = Extract<RunEffect, { type: Type }>

export async function createConductor(ports: ConductorPorts): Promise<Conductor> {
  const { opened, vectors } = ports
  const chronicle = createChronicle(opened, ports.storage)
  const versions = createModelVersions()
  const divergence = watchDivergence()
  const timers = createTimers()
  const inbox: RunEvent[] = []
  const outcomes = new Map<ResultHandle, string | null>()
  let run = firstState(opened)
  let isStepping = false
  let isClosed = false
  let handles = 0
  versions.publish(opened.round, await vectors.current(), new Set())

  const countRefusal = (code: string): void => {
    chronicle.countRefusal(code)
    const warning = divergence.refused(run.round, code, run.roster.length)
    if (warning === null) return
    chronicle.keepEvent({ at: ports.now(), round: run.round, kind: 'diverged', detail: warning })
    ports.log(warning)
  }

  const dispatch: Conductor['dispatch'] = event => {
    if (isClosed) return
    inbox.push({ ...event, at: ports.now() } as RunEvent)
    if (isStepping) return
    isStepping = true
    try {
      for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) step(next)
    } catch (error) {
      breakOff(error)
    } finally {
      isStepping = false
    }
    ports.onChange()
  }

  function step(event: RunEvent): void {
    const before = run.roster
    const [stepped, effects] = stepRun(run, event)
    run = stepped
    noteFleet(chronicle, event, before, run)
    for (const effect of effects) perform(effect)
    if (event.type === 'result-held') outcomes.set(event.handle, refusalIn(effects))
  }

  const wantsDistances = () => run.policy.strategy.measures.includes('distance-to-model')

  function breakOff(error: unknown): void {
    // What fails because everything is being closed is no broken belief.
    if (isClosed) return
    isClosed = true
    ports.onBroken(error instanceof Error ? error : new Error(String(error)))
  }

  function perform(effect: RunEffect): void {
    switch (effect.type) {
      case 'send-work': {
        const { worker, lease, round, modelVersion, work } = effect
        const parameters = versions.get(modelVersion)!.hash
        const rate = rateAt(opened.file.optimiser, effect.learningRate, round)
        return ports.send(worker, 'work', { lease, round, modelVersion, parameters, rate, ...work })
      }
      case 'send-request':
        return ports.send(effect.worker, 'request', { lease: effect.lease, covers: effect.covers })
      case 'send-order':
        return ports.send(effect.worker, 'order', { lease: effect.lease, order: effect.order })
      case 'send-release':
        return ports.send(effect.worker, 'release', { lease: effect.lease, reason: effect.reason })
      case 'send-word':
        return ports.send(effect.worker, 'convene', effect.word)
      case 'refuse-result':
        return countRefusal(effect.code)
      case 'drop-result':
        return vectors.drop(effect.handle)
      case 'accumulate-tile': {
        const { from } = segmentRange(opened.description.parameterCount, run.settings.segments, effect.segment)
        return void vectors.accumulate(effect.round, effect.handle, from).catch(breakOff)
      }
      case 'apply-combination':
        return void apply(effect).catch(breakOff)
      case 'evaluate-model':
        return void evaluate(effect.modelVersion).catch(error => ports.log(`evaluation failed: ${error.message}`))
      case 'set-timer': {
        const { timer } = effect
        // A moment later rather than earlier: the machine compares with its own clock.
        return timers.set(timer, effect.at - ports.now() + 1, () => dispatch({ type: 'timer-fired', timer }))
      }
      case 'clear-timer':
        return timers.clear(effect.timer)
      case 'record-round': {
        const { round, learningRate: inForce } = effect.facts
        // The machine knows the rate in force. On record is what the optimiser made of it: one update a round.
        const learningRate = rateAt(opened.file.optimiser, inForce, round)
        return ports.onRound(chronicle.closeRound({ ...effect.facts, learningRate }))
      }
      case 'record-event': {
        const { round, kind, detail } = effect
        return chronicle.keepEvent({ at: ports.now(), round, kind, detail })
      }
      case 'end-run':
        return ports.storage.runs.setState(opened.id, 'ended')
    }
  }

  async function apply(effect: EffectOf<'apply-combination'>): Promise<void> {
    const { round, modelVersion, terms, target, includesTiles, samples, learningRate } = effect
    const wantsGradient = ports.audit?.wants(round) ?? false
    const before = versions.get(modelVersion)
    const applied = await vectors.apply({
      terms,
      target,
      tilesOf: includesTiles ? round : null,
      samples,
      learningRate,
      wantsGradient,
      wantsDistances: wantsDistances(),
      wantsConsensus: run.policy.strategy.measures.includes('consensus-distance'),
    })
    if (isClosed) return
    const open = run.leases.filter(lease => lease.answered === 0 && isOpenLease(run, lease))
    versions.publish(modelVersion + 1, applied, new Set(open.map(lease => lease.modelVersion)))
    if (applied.gradient && before) ports.audit?.applied(round, before.parameters, applied.gradient)
    const { gradientNorm, distances, consensusDistance } = applied
    dispatch({
      type: 'combination-applied',
      modelVersion: modelVersion + 1,
      gradientNorm,
      distances,
      consensusDistance,
    })
    // The next round is under way by now. The record goes first, the checkpoint after it: what a checkpoint holds is
    // always on record.
    chronicle.keepRound(round, modelVersion + 1)
    await vectors.save(round + 1)
  }

  async function evaluate(modelVersion: ModelVersion): Promise<void> {
    const version = versions.get(modelVersion)
    if (!version) return
    const score = await ports.evaluator.evaluate(version.parameters)
    if (score === undefined || isClosed) return
    const record = chronicle.scoreModel(modelVersion, score, ports.now())
    if (record) ports.onRound(record)
    dispatch({ type: 'model-evaluated', modelVersion, loss: score.loss, accuracy: score.accuracy })
  }

  return {
    dispatch,
    countRefusal,
    async offer(claim, vector) {
      chronicle.countBytes(vector.byteLength)
      const handle = resultHandle(`${claim.round}.${claim.lease}.${++handles}`)
      // A segment has no distance to a whole model.
      const measured = await vectors.hold(handle, vector, claim.segment === null && wantsDistances())
      if (isClosed) return 'coordinator-failed'
      dispatch({ type: 'result-held', claim, handle, ...measured })
      const code = outcomes.get(handle) ?? null
      outcomes.delete(handle)
      return code
    },
    run: () => run,
    chronicle,
    versions,
    async close() {
      isClosed = true
      timers.clearAll()
      await vectors.close()
      await ports.evaluator.close()
    },
  }
}

function firstState(opened: OpenedRun): TrainingRun<unknown> {
  const { partitions, batchPerPartition, evaluateEvery, leaseMs, end } = opened.file
  const run = startRun(
    {
      partitions,
      batchPerPartition,
      segments: segmentsFor(opened.description.parameterCount),
      evaluateEvery,
      roundsEnd: end.rounds ?? null,
      testAccuracyEnd: end.testAccuracy ?? null,
      leaseMs,
    },
    opened.policy,
    {
      round: opened.round,
      modelVersion: opened.round,
      learningRate: opened.learningRate,
      resumed: opened.history.at(-1)?.figures,
    },
  )
  return opened.isEnded ? { ...run, phase: 'ended' } : run
}

/** Who came or went by this event. Not for the stored record: it does not change the mathematics. */
function noteFleet(
  chronicle: Chronicle,
  event: RunEvent,
  before: Roster,
  { roster, round }: TrainingRun<unknown>,
): void {
  if (event.type === 'worker-connected' && !findEntry(before, event.worker)) {
    const detail = `${event.worker} on ${event.capabilities.backend}`
    chronicle.note({ at: event.at, round, kind: 'worker-joined', detail })
  }
  if (event.type === 'worker-departed' && findEntry(before, event.worker) && !findEntry(roster, event.worker)) {
    chronicle.note({ at: event.at, round, kind: 'worker-left', detail: `${event.worker}, ${event.reason}` })
  }
}

const refusalIn = (effects: readonly RunEffect[]): string | null =>
  effects.find(effect => effect.type === 'refuse-result')?.code ?? null
