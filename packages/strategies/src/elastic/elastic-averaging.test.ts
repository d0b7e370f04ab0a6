// Elastic averaging as a machine, event by event: who is given which distances gets which weights.

import { resultHandle, type WorkerId, workerId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import type { SettingValue, StrategyEffect, StrategyOccurrence } from '../strategy.ts'
import { elasticAveraging } from './elastic-averaging.ts'

const rules = { movingRate: 0.1, deadZone: 0.05, range: 0.5, memory: 4, warmUp: 6 }
/** c₀ of four: ½ over their sum. */
const newestWeight = 8 / 15

function createExchanges(settings: Readonly<Record<string, SettingValue>> = {}) {
  const defaults = Object.fromEntries(elasticAveraging.settings.map(({ name, default: usual }) => [name, usual]))
  const own = { ...defaults, ...rules, ...settings }
  let state = elasticAveraging.start({ partitions: 32, segments: 1, leaseMs: 5000, own })
  let round = 0
  let at = 0
  let handles = 0
  const held = new Map<WorkerId, Extract<StrategyEffect, { type: 'assign-work' }>>()

  function tell(occurrence: StrategyOccurrence): readonly StrategyEffect[] {
    const [next, effects] = elasticAveraging.step(state, { ...occurrence, at: ++at, round, modelVersion: round })
    state = next
    for (const effect of effects) if (effect.type === 'assign-work') held.set(effect.worker, effect)
    return effects
  }

  /** A worker's parameters arrive, so far from the model; what was decided, once it is applied. */
  function exchange(worker: WorkerId, distance: number) {
    const { lease, work } = held.get(worker)!
    const handle = resultHandle(`h${handles++}`)
    const covers = work.partitions.length
    const effects = tell({
      type: 'result-arrived',
      worker,
      lease,
      handle,
      covers,
      segment: null,
      computeMs: 1,
      loss: 1,
      distance,
    })
    advance()
    return decided(effects, worker)
  }

  const decided = (effects: readonly StrategyEffect[], worker: WorkerId) => ({
    pull: effects.flatMap(e => (e.type === 'assign-work' && e.worker === worker ? [e.work.replica!.pull] : []))[0],
    push: effects.flatMap(e => (e.type === 'combine' ? [e.terms[0]!.weight] : []))[0],
    report: effects.find(e => e.type === 'report')?.report,
  })

  function advance(distances = {}) {
    round++
    return tell({ type: 'model-advanced', distances })
  }

  function join(name: string): WorkerId {
    const worker = workerId(name)
    tell({ type: 'worker-joined', worker, capabilities: { backend: 'cpu', msPerPartition: 10, deviceShare: 1 } })
    return worker
  }

  return { tell, exchange, decided, advance, join, held, beliefs: () => elasticAveraging.beliefs(state, at) }
}

/** Four workers past their warm-up, all at the distance 1: every score is 0. */
function warmFleet(settings: Readonly<Record<string, SettingValue>> = {}) {
  const fleet = createExchanges(settings)
  const workers = ['a', 'b', 'c', 'd'].map(fleet.join)
  for (let i = 0; i < rules.warmUp + 1; i++) for (const worker of workers) fleet.exchange(worker, 1)
  return { fleet, workers, a: workers[0]! }
}

const growth = Math.exp((rules.range + rules.deadZone) / newestWeight) + 1e-6

describe('elastic averaging', () => {
  test('[E4] a worker that comes back far off is taken back to the model, which does not move', () => {
    const { fleet, a } = warmFleet()
    const { pull, push, report } = fleet.exchange(a, growth)
    expect({ pull, push }).toEqual({ pull: 1, push: 0 })
    expect(report!.workerFigures![a]).toMatchObject({ distance: growth, pull: 1, push: 0 })
    expect(report!.figures.resets).toBe(1)
  })

  test('[E4] within its warm-up it is not, and with fixed weights never', () => {
    const fleet = createExchanges()
    const a = fleet.join('a')
    for (let i = 0; i < rules.warmUp; i++)
      expect(fleet.exchange(a, growth ** i)).toMatchObject({ pull: 0.1, push: 0.1 })
    expect(fleet.exchange(a, growth ** rules.warmUp)).toMatchObject({ pull: 1, push: 0 })
    const fixed = warmFleet({ weights: 'fixed' })
    expect(fixed.fleet.exchange(fixed.a, 1000)).toMatchObject({ pull: 0.1, push: 0.1 })
  })

  test('[E4] what all do is no failure: a score is beside the median of the others', () => {
    const together = warmFleet()
    for (const worker of together.workers.slice(1)) together.fleet.exchange(worker, 1.5)
    expect(together.fleet.exchange(together.a, 1.5)).toMatchObject({ pull: 0.1, push: 0.1 })
    const alone = warmFleet({ comparison: 'none' })
    for (const worker of alone.workers.slice(1)) alone.fleet.exchange(worker, 1.5)
    expect(alone.fleet.exchange(alone.a, 1.5).pull).toBeGreaterThan(0.3)
  })

  test('after a reset the leap is forgotten, so that the next failure is seen; kept, it would hide it', () => {
    const forgetful = warmFleet()
    forgetful.fleet.exchange(forgetful.a, growth)
    expect(forgetful.fleet.exchange(forgetful.a, 0.5)).toMatchObject({ pull: 0.1, push: 0.1 })
    expect(forgetful.fleet.exchange(forgetful.a, 0.5 * growth)).toMatchObject({ pull: 1, push: 0 })
    const faithful = warmFleet({ afterReset: 'keep' })
    faithful.fleet.exchange(faithful.a, growth)
    faithful.fleet.exchange(faithful.a, 0.5)
    expect(faithful.fleet.exchange(faithful.a, 0.5 * growth).pull).toBeLessThan(1)
  })

  test('the history is kept here: who leaves and comes back under its name does not start clean', () => {
    const { fleet, a } = warmFleet()
    fleet.tell({ type: 'worker-left', worker: a, reason: 'silent' })
    const replica = fleet.held.get(a)!.work.replica!.id
    fleet.join('a')
    // It goes on from where it is, if it still has what it kept.
    expect(fleet.held.get(a)!.work.replica).toMatchObject({ id: replica, pull: 0 })
    expect(fleet.exchange(a, growth)).toMatchObject({ pull: 1, push: 0 })
  })

  test('parameters that are no numbers are given up: their worker begins with the model', () => {
    const { fleet, a } = warmFleet()
    const { lease, work } = fleet.held.get(a)!
    fleet.tell({ type: 'result-refused', worker: a, lease, code: 'value-not-finite' })
    for (let i = 0; i < 2100; i++) fleet.tell({ type: 'timer-fired', timer: 'late' })
    expect(fleet.held.get(a)!.lease).toBeGreaterThan(lease)
    expect(fleet.held.get(a)!.work.replica!.id).not.toBe(work.replica!.id)
  })

  test('an exchange that fails is no pause: the worker goes on at once, unpulled, and the share says so', () => {
    const { fleet, a } = warmFleet()
    const { lease, work } = fleet.held.get(a)!
    const finished = work.partitions.length
    fleet.tell({ type: 'progress-announced', worker: a, lease, finished, computeMs: 1, ended: true })
    expect(fleet.held.get(a)!.lease).toBeGreaterThan(lease)
    expect(fleet.held.get(a)!.work.replica).toMatchObject({ id: work.replica!.id, pull: 0 })
    expect(fleet.exchange(a, 1).report!.figures.arrived).toBeCloseTo(29 / 30, 12)
    expect(fleet.beliefs().find(({ worker }) => worker === a)!.figures!.arrived).toBeCloseTo(8 / 9, 12)
  })

  test('who arrives while an exchange is applied is exchanged next, by its distance to the model of then', () => {
    const { fleet, workers } = warmFleet()
    const [a, b] = workers as [WorkerId, WorkerId]
    const arrive = (worker: WorkerId, handle: string) => {
      const { lease, work } = fleet.held.get(worker)!
      return fleet.tell({
        type: 'result-arrived',
        worker,
        lease,
        handle: resultHandle(handle),
        covers: work.partitions.length,
        segment: null,
        computeMs: 1,
        loss: 1,
        distance: 1,
      })
    }
    expect(fleet.decided(arrive(a, 'one'), a).push).toBe(0.1)
    expect(arrive(b, 'two').filter(({ type }) => type !== 'set-timer')).toEqual([])
    const next = fleet.decided(fleet.advance({ two: growth }), b)
    expect(next).toMatchObject({ pull: 1, push: 0 })
    expect(next.report!.workerFigures![b]!.distance).toBe(growth)
  })
})
