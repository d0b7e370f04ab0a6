import { resolveStrategy } from '@muster/strategies'
import { connectionEpoch, leaseId, resultHandle, workerId } from '@muster/vocabulary'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPuppetRun, threeParts } from './puppet.ts'
import type { RunEffect, RunEvent } from './run-event.ts'
import { stepRun } from './step.ts'
import { findEntry, type RunLease, startRun, type TrainingRun } from './training-run.ts'

const recorded = (effects: readonly RunEffect[]) =>
  effects.flatMap(effect => (effect.type === 'record-event' ? [[effect.round, effect.kind, effect.detail]] : []))
const rateOf = (effects: readonly RunEffect[]) =>
  effects.flatMap(effect => (effect.type === 'apply-combination' ? [effect.learningRate] : []))
const endOf = (effects: readonly RunEffect[]) =>
  effects.flatMap(effect => (effect.type === 'end-run' ? [effect.reason] : []))

/** What a lease may be answered with: of tiles, one that was asked for. */
function honestCoverOf({ requested, tiles }: RunLease, which: number) {
  const segment = tiles && tiles.upTo.length > 0 ? which % tiles.upTo.length : null
  const covers = segment === null ? (requested ?? 3) : tiles!.upTo[segment]!
  return { segment, covers, samples: covers }
}

/** A run in the middle of round 0: lease 1 is in worker a's hands. */
function midRound(settings: Parameters<typeof createPuppetRun>[0] = {}) {
  const puppet = createPuppetRun(settings)
  puppet.connect()
  puppet.assign(1)
  return puppet
}

describe('steering', () => {
  test('[ENG4] a learning rate holds from the next round on, and is recorded with that round', () => {
    const puppet = midRound()
    expect(puppet.tell({ type: 'learning-rate-requested', learningRate: 0.05 })).toEqual([])
    expect(rateOf(puppet.closeWith(1))).toEqual([0.1])
    expect(puppet.tell({ type: 'learning-rate-requested', learningRate: 0.02 })).toEqual([])
    expect(recorded(puppet.apply())).toEqual([[1, 'learning-rate', '0.02']])
    puppet.assign(2)
    expect(rateOf(puppet.closeWith(2))).toEqual([0.02])
  })

  test('[ENG4] between rounds it takes effect at once', () => {
    const puppet = createPuppetRun()
    expect(recorded(puppet.tell({ type: 'learning-rate-requested', learningRate: 0.5 }))).toEqual([
      [0, 'learning-rate', '0.5'],
    ])
    expect(puppet.run.learningRate).toBe(0.5)
  })

  test('[ENG4] a pause lets the open round end, then the policy is told before the model has advanced', () => {
    const puppet = midRound()
    expect(puppet.tell({ type: 'pause-requested' })).toEqual([])
    expect(puppet.run.phase).toBe('running')
    puppet.closeWith(1)
    expect(recorded(puppet.apply())).toEqual([[1, 'paused', '']])
    expect(puppet.run.phase).toBe('paused')
    expect(puppet.told.slice(-2).map(({ type }) => type)).toEqual(['run-paused', 'model-advanced'])
    expect(recorded(puppet.tell({ type: 'resume-requested' }))).toEqual([[1, 'resumed', '']])
    expect(puppet.told.at(-1)?.type).toBe('run-resumed')
    expect(puppet.run.phase).toBe('running')
  })

  test('[ENG4] a pause taken back in the same round never was; pausing twice is one pause', () => {
    const puppet = midRound()
    puppet.tell({ type: 'pause-requested' })
    expect(puppet.tell({ type: 'resume-requested' })).toEqual([])
    puppet.closeWith(1)
    expect(recorded(puppet.apply())).toEqual([])
    expect(recorded(puppet.tell({ type: 'pause-requested' }))).toEqual([[1, 'paused', '']])
    expect(puppet.tell({ type: 'pause-requested' })).toEqual([])
    expect(recorded(puppet.tell({ type: 'resume-requested' }))).toEqual([[1, 'resumed', '']])
    expect(puppet.run.phase).toBe('running')
  })

  test('[ENG4] a stop lets the open round end; after it nothing is handed out, applied or recorded', () => {
    const puppet = midRound()
    expect(puppet.tell({ type: 'stop-requested' })).toEqual([])
    puppet.closeWith(1)
    const effects = puppet.apply()
    expect(recorded(effects)).toEqual([[1, 'ended', 'stopped by the operator']])
    expect(endOf(effects)).toEqual(['stopped by the operator'])
    expect(puppet.run).toMatchObject({ phase: 'ended', round: 1, modelVersion: 1 })
    const told = puppet.told.length
    puppet.connect('b')
    for (const type of ['pause-requested', 'resume-requested', 'stop-requested'] as const)
      expect(puppet.tell({ type })).toEqual([])
    puppet.tell({ type: 'timer-fired', timer: 'late' })
    expect(puppet.apply()).toEqual([])
    expect(puppet.told.length).toBe(told)
  })

  test('[ENG4] a stop does not wait for a round that nobody is here to end', () => {
    const before = midRound()
    before.tell({ type: 'stop-requested' })
    expect(endOf(before.depart())).toEqual(['stopped by the operator'])
    const after = midRound()
    expect(endOf(after.depart())).toEqual([])
    expect(endOf(after.tell({ type: 'stop-requested' }))).toEqual(['stopped by the operator'])
  })

  test('[ENG4] a run that is paused can be stopped', () => {
    const puppet = createPuppetRun()
    puppet.tell({ type: 'pause-requested' })
    expect(endOf(puppet.tell({ type: 'stop-requested' }))).toEqual(['stopped by the operator'])
  })
})

describe('the end', () => {
  test('[ENG5] after the last round, with a last evaluation', () => {
    const puppet = midRound({ roundsEnd: 1 })
    puppet.closeWith(1)
    const effects = puppet.apply()
    expect(effects).toContainEqual({ type: 'evaluate-model', modelVersion: 1 })
    expect(endOf(effects)).toEqual(['all rounds are done'])
    expect(puppet.told.some(({ type }) => type === 'model-advanced')).toBe(false)
  })

  test('[ENG5] a run restored at its end has ended', () => {
    const { settings, policy } = createPuppetRun({ roundsEnd: 5 }).run
    expect(startRun(settings, policy, { round: 5, modelVersion: 5, learningRate: 1 }).phase).toBe('ended')
  })

  test('[ENG5] when the test accuracy is reached, once the open round has ended; never below it', () => {
    const puppet = midRound({ testAccuracyEnd: 0.9 })
    const evaluated = (accuracy: number) => puppet.tell({ type: 'model-evaluated', modelVersion: 0, loss: 1, accuracy })
    evaluated(0.89)
    evaluated(Number.NaN)
    expect(puppet.run.pending.stop).toBeNull()
    expect(evaluated(0.9)).toEqual([])
    puppet.closeWith(1)
    expect(endOf(puppet.apply())).toEqual(['test accuracy 0.9 reached 0.9'])
  })
})

describe('rounds and versions', () => {
  test('[ENG6] a combination is applied once; another version is not believed', () => {
    const puppet = midRound()
    const early = puppet.tell({ type: 'combination-applied', modelVersion: 1, gradientNorm: 1 })
    expect(early).toEqual([])
    puppet.closeWith(1)
    expect(puppet.tell({ type: 'combination-applied', modelVersion: 2, gradientNorm: 1 })).toEqual([])
    const effects = puppet.apply()
    expect(effects.filter(({ type }) => type === 'record-round').length).toBe(1)
    expect(puppet.tell({ type: 'combination-applied', modelVersion: 1, gradientNorm: 1 })).toEqual([])
    expect(puppet.run).toMatchObject({ round: 1, modelVersion: 1 })
  })

  test('[ENG6] what a round came to: loss by sample, work done over work needed, answers by worker', () => {
    const puppet = midRound()
    puppet.tell({
      type: 'progress-announced',
      worker: workerId('a'),
      connection: connectionEpoch(1),
      lease: leaseId(1),
      finished: 2,
      computeMs: 5,
      ended: false,
    })
    puppet.closeWith(1)
    const [facts] = puppet.apply().flatMap(effect => (effect.type === 'record-round' ? [effect.facts] : []))
    expect(facts).toMatchObject({ round: 0, loss: 6 / 12, load: 1, results: 1, workers: 1, learningRate: 0.1 })
    expect(findEntry(puppet.run.roster, workerId('a'))).toMatchObject({ results: 1, partitions: 3 })
  })

  test('a policy that combines what is not held breaks a belief: the run stops there', () => {
    const puppet = midRound()
    const terms = [{ handle: resultHandle('nowhere'), weight: 1 }]
    puppet.decide({ type: 'combine', terms, target: 'gradient', counted: null })
    expect(() => puppet.tell({ type: 'timer-fired', timer: 'any' })).toThrow(/nowhere, which is not held/)
  })
})

describe('connections', () => {
  test('[ENG7] a new connection replaces the old: its work is lost, its counts stay, its end is ignored', () => {
    const puppet = midRound()
    puppet.hold(puppet.claim(1), 'bad', false)
    puppet.connect('a', 2)
    expect(puppet.told.slice(-2)).toMatchObject([
      { type: 'worker-left', reason: 'replaced' },
      { type: 'worker-joined', worker: 'a' },
    ])
    expect(findEntry(puppet.run.roster, workerId('a'))).toMatchObject({ connection: 2, refused: 1 })
    const told = puppet.told.length
    expect(puppet.depart('a', connectionEpoch(1))).toEqual([])
    expect(puppet.told.length).toBe(told)
    expect(puppet.run.roster.length).toBe(1)
    puppet.depart('a', connectionEpoch(2))
    expect(puppet.run.roster.length).toBe(0)
  })

  test('[ENG7] what is said on an old connection, or of a lease that ended, is not told to the policy', () => {
    const puppet = midRound()
    const say = (connection: number, finished: number, ended = false) =>
      puppet.tell({
        type: 'progress-announced',
        worker: workerId('a'),
        connection: connectionEpoch(connection),
        lease: leaseId(1),
        finished,
        computeMs: 1,
        ended,
      })
    const heard = () => puppet.told.filter(({ type }) => type === 'progress-announced').length
    say(2, 1)
    expect(heard()).toBe(0)
    say(1, 1)
    say(1, 2, true)
    say(1, 3)
    expect(heard()).toBe(2)
    puppet.connect('a', 2)
    say(1, 3)
    expect(heard()).toBe(2)
  })

  test('[ENG7] an answer that came too late is not applied, yet ends its lease: its worker is not silent', () => {
    const puppet = createPuppetRun()
    puppet.connect('a')
    puppet.connect('b')
    puppet.assign(1)
    puppet.assign(2, threeParts, workerId('b'))
    puppet.closeWith(1)
    puppet.apply()
    const late = puppet.claim(2, { worker: workerId('b'), round: 0, modelVersion: 0, computeMs: 8 })
    puppet.tell({ type: 'result-rejected', worker: late.worker, lease: late.lease, code: 'round-closed', late })
    const ended = { type: 'progress-announced', worker: 'b', lease: 2, finished: 3, computeMs: 8, ended: true }
    expect(puppet.told.slice(-2)).toMatchObject([ended, { type: 'result-refused', worker: 'b', lease: 2 }])
    expect(findEntry(puppet.run.roster, workerId('b'))?.refused).toBe(0)
  })

  test('[ENG7] also of a lease that is remembered no more; not of one that was never given', () => {
    const puppet = createPuppetRun()
    puppet.connect('a')
    puppet.connect('b')
    puppet.assign(1, threeParts, workerId('b'))
    for (let lease = 2; lease < 6; lease++) {
      puppet.assign(lease)
      puppet.closeWith(lease)
      puppet.apply()
    }
    expect(puppet.run.leases.some(({ lease }) => lease === 1)).toBe(false)
    const b = { worker: workerId('b'), connection: connectionEpoch(1) }
    const ended = { type: 'progress-announced', ...b, finished: 2, computeMs: 8, ended: true } as const
    puppet.tell({ ...ended, lease: leaseId(1) })
    expect(puppet.told.at(-1)).toMatchObject({ type: 'progress-announced', worker: 'b', lease: 1, ended: true })
    const told = puppet.told.length
    puppet.tell({ ...ended, lease: leaseId(99) })
    puppet.tell({ ...ended, lease: leaseId(1), connection: connectionEpoch(7) })
    expect(puppet.told.length).toBe(told)
  })

  test('[ENG7] a claim of more than the lease holds counts as all of it', () => {
    const puppet = midRound()
    const said = {
      type: 'progress-announced',
      worker: workerId('a'),
      connection: connectionEpoch(1),
      lease: leaseId(1),
      computeMs: 1,
      ended: false,
    } as const
    puppet.tell({ ...said, finished: 1e9 })
    expect(puppet.told.at(-1)).toMatchObject({ finished: 3 })
    expect(puppet.run.computed).toBe(3)
    puppet.tell({ ...said, finished: 1 })
    expect(puppet.run.computed).toBe(3)
  })

  test('who is not here gets no work, and a release goes nowhere when the lease has ended', () => {
    const puppet = createPuppetRun()
    expect(puppet.assign(1)).toEqual([])
    puppet.connect()
    puppet.assign(2, threeParts)
    puppet.depart()
    puppet.decide({ type: 'release-worker', lease: leaseId(2), reason: 'round-closed' })
    expect(puppet.tell({ type: 'timer-fired', timer: 'any' })).toEqual([])
  })
})

describe('a run told random things', () => {
  const names = [
    ...['adaptive-repetition', 'nested-tree', 'fractional-repetition', 'full-synchrony'],
    ...['adaptive-bounded-staleness', 'asynchronous', 'k-synchronous', 'tiled'],
  ]
  const policyOf = (name: string) => {
    const resolved = resolveStrategy(name)
    if (!resolved.ok) throw new Error(resolved.problems.join(' '))
    return { strategy: resolved.strategy, own: resolved.own }
  }
  const worker = fc.nat(3).map(i => workerId(`w${i}`))
  const connection = fc.integer({ min: 1, max: 3 }).map(connectionEpoch)
  const lease = fc.integer({ min: -1, max: 12 }).map(leaseId)
  const number = fc.oneof(fc.integer({ min: -2, max: 9 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0.5))
  const count = fc.nat(9)
  const milliseconds = fc.oneof(fc.nat(500), fc.constantFrom(0, 1e12))
  const fixed = <Type extends string>(type: Type) => fc.constant(type)
  const event = fc.oneof(
    fc.record({
      type: fixed('worker-connected'),
      worker,
      connection,
      capabilities: fc.record({
        backend: fc.constant('cpu' as const),
        msPerPartition: milliseconds,
        deviceShare: fc.constant(1),
      }),
    }),
    fc.record({
      type: fixed('worker-departed'),
      worker,
      connection,
      reason: fc.constantFrom('closed' as const, 'silent' as const),
    }),
    fc.record({
      type: fixed('progress-announced'),
      worker,
      connection,
      lease,
      finished: count,
      computeMs: milliseconds,
      ended: fc.boolean(),
      tiles: fc.option(fc.record({ orders: count, length: count, sent: count, uploadMs: milliseconds }), {
        nil: undefined,
      }),
    }),
    fc.record({
      type: fixed('result-held'),
      claim: fc.record({
        worker,
        connection,
        lease,
        round: fc.nat(2),
        modelVersion: fc.nat(2),
        covers: number,
        segment: fc.option(fc.nat(2)),
        samples: number,
        lossSum: number,
        computeMs: milliseconds,
      }),
      isFinite: fc.boolean(),
    }),
    fc.record({ type: fixed('result-rejected'), worker, lease: fc.option(lease), code: fc.constant('frame-too-long') }),
    fc.record({ type: fixed('combination-applied'), modelVersion: fc.nat(3), gradientNorm: number }),
    fc.record({ type: fixed('model-evaluated'), modelVersion: fc.nat(3), loss: number, accuracy: number }),
    fc.record({ type: fixed('timer-fired'), timer: fc.constantFrom('late', 'unheard-of') }),
    fc.record({ type: fc.constantFrom('pause-requested' as const, 'resume-requested' as const) }),
    fc.record({ type: fixed('learning-rate-requested'), learningRate: fc.double({ noNaN: true }) }),
    fc.constantFrom(...names).map(name => ({ type: 'strategy-requested' as const, ...policyOf(name) })),
  )

  test.each(names)('[ENG8] %s: never throws; every vector is dropped, held or applied', name => {
    const settings = {
      partitions: 3,
      batchPerPartition: 1,
      segments: 2,
      evaluateEvery: 2,
      roundsEnd: 3,
      testAccuracyEnd: 0.9,
      leaseMs: 1000,
    }
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(400)), { maxLength: 80 }), events => {
        let run: TrainingRun<unknown> = startRun(settings, policyOf(name), {
          round: 0,
          modelVersion: 0,
          learningRate: 1,
        })
        let at = 0
        const vectors = new Set<string>()
        for (const [told, after] of events) {
          at += after
          const handle = resultHandle(`h${at}-${vectors.size}-${run.round}`)
          if (told.type === 'result-held') vectors.add(handle)
          const held = run.leases.at(-1 - (after % 7))
          // Every other answer is an honest one to some lease, or the garbage would never be mixed with rounds.
          const honest =
            told.type === 'result-held' && held && after % 2 === 0
              ? { claim: { ...told.claim, ...held, ...honestCoverOf(held, after) } }
              : {}
          const [next, effects] = stepRun(run, { ...told, ...honest, handle, at } as unknown as RunEvent)
          run = next
          for (const effect of effects) {
            if (effect.type === 'drop-result' || effect.type === 'accumulate-tile')
              expect(vectors.delete(effect.handle)).toBe(true)
            if (effect.type === 'apply-combination')
              for (const term of effect.terms) expect(vectors.delete(term.handle)).toBe(true)
          }
          if (run.applying === null) expect([...vectors].sort()).toEqual([...run.held.keys()].sort())
        }
      }),
      { numRuns: 300 },
    )
  })
})
