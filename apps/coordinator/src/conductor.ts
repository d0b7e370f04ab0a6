// Drives one training run: takes events from the edge, steps the machine, carries out its effects. Everything that
// touches the world is handed in. The machine is stepped one event at a time; effects never re-enter it.

import { type ResultClaim, type RunEffect, type RunEvent, startRun, stepRun, type TrainingRun } from '@muster/engine'
import type { RunEvent as RecordedEvent, RoundRecord } from '@muster/protocol'
import type { Storage } from '@muster/storage'
import { type ModelVersion, type ResultHandle, resultHandle, type WorkerId } from '@muster/vocabulary'
import type { Evaluator } from './data-plane/evaluation.ts'
import type { VectorPlane } from './data-plane/vector-plane.ts'
import type { OpenedRun } from './open-run.ts'
import { type RoundLanes, recordOf } from './round-record.ts'

/** Versions of the parameters that can be fetched: the present one and those still under way. */
const versionsKept = 4
const lanesKept = 16
const eventsKept = 2_000

export interface ConductorPorts {
  readonly opened: OpenedRun
  readonly vectors: VectorPlane
  readonly evaluator: Evaluator
  readonly storage: Storage
  now(): number
  /** To one worker, by the name of the control message. */
  send(worker: WorkerId, name: 'work' | 'request' | 'release' | 'refused', message: object): void
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

export interface Published {
  readonly hash: string
  readonly bytes: Uint8Array
}

export interface Conductor {
  dispatch(event: WithoutTime<RunEvent>): void
  /** Takes a vector that passed the first judgement; resolves with the refusal, or null once it counts. */
  offer(claim: ResultClaim, vector: Float32Array<ArrayBuffer>): Promise<string | null>
  run(): TrainingRun<unknown>
  parameters(): Published
  fetchParameters(hash: string): Uint8Array | undefined
  history(): readonly RoundRecord[]
  lanes(): readonly RoundLanes[]
  events(): readonly RecordedEvent[]
  latestEvaluation(): { readonly loss: number; readonly accuracy: number } | null
  countRefusal(code: string): void
  refusals(): Readonly<Record<string, number>>
  close(): Promise<void>
}

type Roster = TrainingRun<unknown>['roster']

type WithoutTime<Event> = Event extends { at: number } ? Omit<Event, 'at'> : never

export async function createConductor(ports: ConductorPorts): Promise<Conductor> {
  const { opened, vectors, storage } = ports
  const { file, strategy } = opened
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const versions = new Map<ModelVersion, Published>()
  const history = [...opened.history]
  const lanes: RoundLanes[] = []
  const events = [...opened.events]
  const refusals: Record<string, number> = {}
  const inbox: RunEvent[] = []
  const outcomes = new Map<ResultHandle, string | null>()
  let isStepping = false
  let isClosed = false
  let handles = 0
  let bytesIn = 0
  let evaluation: { loss: number; accuracy: number } | null = lastEvaluation(history)

  let run: TrainingRun<unknown> = startRun(
    {
      partitions: file.partitions,
      batchPerPartition: file.batchPerPartition,
      evaluateEvery: file.evaluateEvery,
      roundsEnd: file.end.rounds ?? null,
      testAccuracyEnd: file.end.testAccuracy ?? null,
    },
    strategy.start({ partitions: file.partitions, leaseMs: file.leaseMs, own: opened.strategySettings }),
    { round: opened.round, modelVersion: opened.round, learningRate: opened.learningRate },
  )
  if (opened.isEnded) run = { ...run, phase: 'ended' }
  publish(opened.round, await vectors.current())

  function publish(version: ModelVersion, { parameters, hash }: { parameters: Float32Array; hash: string }): void {
    versions.set(version, {
      hash,
      bytes: new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength),
    })
    versions.delete(version - versionsKept)
  }

  const dispatch: Conductor['dispatch'] = event => {
    if (isClosed) return
    inbox.push({ ...event, at: ports.now() } as RunEvent)
    if (isStepping) return
    isStepping = true
    try {
      for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) {
        const before = run.roster
        const [stepped, effects] = stepRun(strategy, run, next)
        run = stepped
        note(fleetChange(next, before, run))
        for (const effect of effects) perform(effect)
        if (next.type === 'result-held') outcomes.set(next.handle, refusedLease(effects))
      }
    } catch (error) {
      breakOff(error)
    } finally {
      isStepping = false
    }
    ports.onChange()
  }

  /** What an operator reads along; bounded, since tabs may come and go for ever. */
  function note(event: RecordedEvent | null): void {
    if (event === null) return
    events.push(event)
    if (events.length > eventsKept) events.shift()
  }

  function breakOff(error: unknown): void {
    isClosed = true
    ports.onBroken(error instanceof Error ? error : new Error(String(error)))
  }

  function perform(effect: RunEffect): void {
    switch (effect.type) {
      case 'send-work': {
        const { worker, lease, round, modelVersion, work } = effect
        const parameters = versions.get(modelVersion)!.hash
        return ports.send(worker, 'work', { lease, round, modelVersion, parameters, ...work })
      }
      case 'send-request':
        return ports.send(effect.worker, 'request', { lease: effect.lease, covers: effect.covers })
      case 'send-release':
        return ports.send(effect.worker, 'release', { lease: effect.lease, reason: effect.reason })
      case 'refuse-result':
        return countRefusal(effect.code)
      case 'drop-result':
        return vectors.drop(effect.handle)
      case 'apply-combination':
        apply(effect).catch(breakOff)
        return
      case 'evaluate-model':
        evaluate(effect.modelVersion).catch(error => ports.log(`evaluation failed: ${error.message}`))
        return
      case 'set-timer': {
        const { timer, at } = effect
        clearTimeout(timers.get(timer))
        timers.set(
          timer,
          setTimeout(
            () => {
              timers.delete(timer)
              dispatch({ type: 'timer-fired', timer })
            },
            Math.min(2 ** 31 - 1, Math.max(0, at - ports.now() + 1)),
          ),
        )
        return
      }
      case 'clear-timer':
        clearTimeout(timers.get(effect.timer))
        timers.delete(effect.timer)
        return
      case 'record-round': {
        const record = recordOf(effect.facts, bytesIn)
        bytesIn = 0
        history.push(record)
        lanes.push({ round: record.round, ms: record.ms, workers: effect.facts.lanes })
        if (lanes.length > lanesKept) lanes.shift()
        return ports.onRound(record)
      }
      case 'record-event': {
        const event = { at: ports.now(), round: effect.round, kind: effect.kind, detail: effect.detail }
        note(event)
        storage.events.append({ run: opened.id, ...event })
        return
      }
      case 'end-run':
        storage.runs.setState(opened.id, 'ended')
        return
    }
  }

  async function apply({
    round,
    modelVersion,
    terms,
    samples,
    learningRate,
  }: Extract<RunEffect, { type: 'apply-combination' }>): Promise<void> {
    const wantsGradient = ports.audit?.wants(round) ?? false
    const before = versions.get(modelVersion)
    const applied = await vectors.apply({ terms, samples, learningRate, wantsGradient })
    if (isClosed) return
    publish(modelVersion + 1, applied)
    if (applied.gradient && before) ports.audit?.applied(round, new Float32Array(before.bytes.buffer), applied.gradient)
    dispatch({ type: 'combination-applied', modelVersion: modelVersion + 1, gradientNorm: applied.gradientNorm })
    // The next round is under way by now. The record goes first, the checkpoint after it: what a checkpoint holds is
    // always on record.
    const record = history.at(-1)
    if (record?.round === round)
      storage.rounds.append({ run: opened.id, round, modelVersion: modelVersion + 1, facts: record })
    await vectors.save(round + 1)
  }

  async function evaluate(modelVersion: ModelVersion): Promise<void> {
    const version = versions.get(modelVersion)
    if (!version) return
    const found = await ports.evaluator.evaluate(new Float32Array(version.bytes.buffer.slice(0)))
    if (found === undefined || isClosed) return
    evaluation = found
    const index = history.findLastIndex(record => record.round === modelVersion - 1)
    const record = history[index]
    if (record) {
      history[index] = { ...record, testLoss: found.loss, testAccuracy: found.accuracy }
      storage.events.append({ run: opened.id, at: ports.now(), round: record.round, kind: 'evaluated', detail: found })
      ports.onRound(history[index]!)
    }
    dispatch({ type: 'model-evaluated', modelVersion, ...found })
  }

  function countRefusal(code: string): void {
    refusals[code] = (refusals[code] ?? 0) + 1
  }

  return {
    dispatch,
    async offer(claim, vector) {
      bytesIn += vector.byteLength
      const handle = resultHandle(`${claim.round}.${claim.lease}.${++handles}`)
      const measured = await vectors.hold(handle, vector)
      if (isClosed) return 'coordinator-failed'
      dispatch({ type: 'result-held', claim, handle, isFinite: measured.isFinite })
      const code = outcomes.get(handle) ?? null
      outcomes.delete(handle)
      return code
    },
    run: () => run,
    parameters: () => versions.get(run.modelVersion) ?? [...versions.values()].at(-1)!,
    fetchParameters: hash => [...versions.values()].find(version => version.hash === hash)?.bytes,
    history: () => history,
    lanes: () => lanes,
    events: () => events,
    latestEvaluation: () => evaluation,
    countRefusal,
    refusals: () => refusals,
    async close() {
      isClosed = true
      for (const timer of timers.values()) clearTimeout(timer)
      await vectors.close()
      await ports.evaluator.close()
    },
  }
}

/** Who came or went by this event. Not for the stored record: it does not change the mathematics. */
function fleetChange(event: RunEvent, before: Roster, { roster, round }: TrainingRun<unknown>): RecordedEvent | null {
  if (event.type === 'worker-connected' && !before.has(event.worker)) {
    return { at: event.at, round, kind: 'worker-joined', detail: `${event.worker} on ${event.capabilities.backend}` }
  }
  if (event.type === 'worker-departed' && before.has(event.worker) && !roster.has(event.worker)) {
    return { at: event.at, round, kind: 'worker-left', detail: `${event.worker}, ${event.reason}` }
  }
  return null
}

const refusedLease = (effects: readonly RunEffect[]): string | null =>
  effects.find(effect => effect.type === 'refuse-result')?.code ?? null

function lastEvaluation(history: readonly RoundRecord[]): { loss: number; accuracy: number } | null {
  const record = history.findLast(({ testAccuracy }) => testAccuracy !== null)
  return record ? { loss: record.testLoss!, accuracy: record.testAccuracy! } : null
}
