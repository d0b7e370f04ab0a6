// A policy on strings: it does what the test says next, and remembers what it was told. Test support.

import type { Strategy, StrategyEffect, StrategyEvent } from '@muster/strategies'
import {
  type ConnectionEpoch,
  connectionEpoch,
  leaseId,
  type Milliseconds,
  resultHandle,
  type Work,
  type WorkerId,
  workerId,
} from '@muster/vocabulary'
import type { ResultClaim, RunEffect, RunEvent } from './run-event.ts'
import { stepRun } from './step.ts'
import { type RunSettings, startRun } from './training-run.ts'

export const batchPerPartition = 4
export const threeParts: Work = { partitions: [0, 1, 2], levels: [{ upTo: 3 }], upload: 'when-done' }
export const onRequest: Work = { partitions: [0, 1, 2], levels: [{ upTo: 1 }, { upTo: 3 }], upload: 'on-request' }

const report = {
  stragglers: 0,
  redundancy: 1,
  reissued: 0,
  exceeded: 0,
  residual: 0,
  amplification: 1,
  workers: [],
  figures: {},
}

type Told = RunEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never

export function createPuppetRun(settings: Partial<RunSettings> = {}) {
  const told: StrategyEvent[] = []
  const due: StrategyEffect[] = []
  const puppet: Strategy<null> = {
    name: 'puppet',
    meaning: 'Does what the test says.',
    promise: 'whole-gradient',
    settings: [],
    measures: [],
    start: () => null,
    step(_, event) {
      told.push(event)
      return [null, due.splice(0)]
    },
    beliefs: () => [],
  }
  const complete: RunSettings = {
    partitions: 3,
    batchPerPartition,
    segments: 2,
    evaluateEvery: 100,
    roundsEnd: null,
    testAccuracyEnd: null,
    leaseMs: 5000,
    ...settings,
  }
  let run = startRun(complete, { strategy: puppet, own: {} }, { round: 0, modelVersion: 0, learningRate: 0.1 })
  let at = 0

  function tell(event: Told): readonly RunEffect[] {
    at++
    const [next, effects] = stepRun(run, { ...event, at } as RunEvent)
    run = next
    return effects
  }

  const claim = (lease: number, changes: Partial<ResultClaim> = {}): ResultClaim => ({
    worker: workerId('a'),
    connection: connectionEpoch(1),
    lease: leaseId(lease),
    round: run.round,
    modelVersion: run.modelVersion,
    covers: 3,
    segment: null,
    samples: 3 * batchPerPartition,
    lossSum: 6,
    computeMs: 5,
    ...changes,
  })

  return {
    tell,
    claim,
    told,
    /** What the policy decides at the next event. */
    decide: (...effects: StrategyEffect[]) => due.push(...effects),
    connect: (worker = 'a', connection = 1) =>
      tell({
        type: 'worker-connected',
        worker: workerId(worker),
        connection: connectionEpoch(connection),
        capabilities: { backend: 'cpu', msPerPartition: 10, deviceShare: 1 },
      }),
    depart: (worker = 'a', connection: ConnectionEpoch = connectionEpoch(1)) =>
      tell({ type: 'worker-departed', worker: workerId(worker), connection, reason: 'closed' }),
    assign(lease: number, work: Work = threeParts, worker: WorkerId = workerId('a')) {
      due.push({ type: 'assign-work', worker, lease: leaseId(lease), work })
      return tell({ type: 'timer-fired', timer: 'any' })
    },
    hold: (answer: ResultClaim, handle = `h${answer.lease}`, isSound = true) =>
      tell({ type: 'result-held', claim: answer, handle: resultHandle(handle), isFinite: isSound }),
    /** Closes the open round with the answer to one lease; the model is not yet applied. */
    closeWith(lease: number): readonly RunEffect[] {
      due.push(
        {
          type: 'combine',
          terms: [{ handle: resultHandle(`h${lease}`), weight: 1 }],
          target: 'gradient',
          counted: null,
        },
        { type: 'report', report },
      )
      return tell({ type: 'result-held', claim: claim(lease), handle: resultHandle(`h${lease}`), isFinite: true })
    },
    apply: (): readonly RunEffect[] =>
      tell({ type: 'combination-applied', modelVersion: run.modelVersion + 1, gradientNorm: 1 }),
    get run() {
      return run
    },
    get at(): Milliseconds {
      return at
    },
  }
}
