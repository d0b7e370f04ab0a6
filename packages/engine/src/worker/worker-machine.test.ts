import { leaseId, type Work } from '@muster/vocabulary'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  idleWorker,
  progressEveryMs,
  stepWorker,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerMachine,
} from './worker-machine.ts'

const whole = (...partitions: number[]): Work => ({
  partitions,
  levels: [{ upTo: partitions.length }],
  upload: 'when-done',
})
/** Levels that are sums of their own, each with a row of weights. */
const weighted = (upload: Work['upload'], partitions: number[], ...ends: number[]): Work => ({
  partitions,
  levels: ends.map(upTo => ({ upTo, weights: partitions.slice(0, upTo).map(m => upTo + m) })),
  upload,
})
const nested = (partitions: number[], ...ends: number[]): Work => ({
  partitions,
  levels: ends.map(upTo => ({ upTo })),
  upload: 'on-request',
})

/** One worker whose device does what the test says. */
function startWorker() {
  let worker: WorkerMachine = idleWorker
  let at = 0
  const tell = (event: WorkerEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never) => {
    const [next, effects] = stepWorker(worker, { ...event, at } as WorkerEvent)
    worker = next
    return effects
  }
  return {
    tell,
    assign: (lease: number, work: Work, version = 0) =>
      tell({
        type: 'work-assigned',
        item: {
          lease: leaseId(lease),
          round: version,
          modelVersion: version,
          parameters: `v${version}`,
          rate: 0.1,
          work,
        },
      }),
    loaded: (modelVersion = 0) => tell({ type: 'parameters-loaded', modelVersion }),
    computed: (lease: number, ms = 10) => {
      at += ms
      return tell({ type: 'partition-computed', lease: leaseId(lease), ms })
    },
    request: (lease: number, covers: number) => tell({ type: 'result-requested', lease: leaseId(lease), covers }),
    release: (lease: number) => tell({ type: 'lease-released', lease: leaseId(lease) }),
    wait(ms: number) {
      at += ms
    },
    get machine() {
      return worker
    },
  }
}

const typesOf = (effects: readonly WorkerEffect[]) => effects.map(({ type }) => type)
const partitionOf = (effects: readonly WorkerEffect[]) =>
  effects.flatMap(effect => (effect.type === 'compute-partition' ? [effect.partition] : []))
const sentOf = (effects: readonly WorkerEffect[]) =>
  effects.flatMap(effect => (effect.type === 'send-result' ? [[effect.item.lease, effect.covers, effect.from]] : []))
const endedOf = (effects: readonly WorkerEffect[]) =>
  effects.flatMap(effect =>
    effect.type === 'announce-progress' && effect.ended ? [[effect.lease, effect.finished]] : [],
  )

describe('a worker', () => {
  test('[WRK1] loads the parameters once, computes in the order given, sends unasked when done', () => {
    const worker = startWorker()
    expect(worker.assign(1, whole(5, 3, 8))).toEqual([{ type: 'load-parameters', parameters: 'v0', modelVersion: 0 }])
    expect(partitionOf(worker.loaded())).toEqual([5])
    expect(partitionOf(worker.computed(1))).toEqual([3])
    expect(partitionOf(worker.computed(1))).toEqual([8])
    expect(sentOf(worker.computed(1))).toEqual([[1, 3, 'running']])
    expect(worker.machine).toEqual({ queue: [], busy: 'idle', computing: null, loadedVersion: 0 })
  })

  test('[WRK1] leases are worked off in the order they came', () => {
    const worker = startWorker()
    worker.assign(1, whole(0, 1))
    worker.assign(2, whole(7))
    expect([worker.loaded(), worker.computed(1), worker.computed(1)].flatMap(partitionOf)).toEqual([0, 1, 7])
  })

  test('[WRK2] a release is heeded between partitions: it says how far it came, drops the sums, goes on', () => {
    const worker = startWorker()
    worker.assign(1, whole(0, 1, 2))
    worker.assign(2, whole(7))
    worker.loaded()
    worker.computed(1)
    worker.wait(4)
    expect(worker.release(1)).toEqual([
      // The partition under way is counted in the time.
      { type: 'announce-progress', lease: 1, finished: 1, computeMs: 14, ended: true },
      { type: 'drop-sums', lease: 1 },
    ])
    expect(worker.machine.busy).toBe('computing')
    const next = worker.computed(1)
    expect(partitionOf(next)).toEqual([7])
    expect(sentOf(next)).toEqual([])
  })

  test('a release of what is not held changes nothing', () => {
    const worker = startWorker()
    expect(worker.release(9)).toEqual([])
    expect(worker.machine).toEqual(idleWorker)
  })

  test('[WRK3] each level is announced; it is kept as the worker goes on, and sent from there when asked for', () => {
    const worker = startWorker()
    worker.assign(1, nested([4, 5, 6, 7], 1, 2, 4))
    worker.loaded()
    expect(typesOf(worker.computed(1))).toEqual(['announce-progress', 'keep-level', 'compute-partition'])
    expect(typesOf(worker.computed(1))).toEqual(['announce-progress', 'keep-level', 'compute-partition'])
    expect(typesOf(worker.computed(1))).toEqual(['compute-partition'])
    expect(sentOf(worker.request(1, 1))).toEqual([[1, 2, 'kept']])
  })

  test('[WRK3] the last level is sent from the running sum, a level asked for in advance as soon as it is there', () => {
    const worker = startWorker()
    worker.assign(1, nested([4, 5], 1, 2))
    worker.loaded()
    worker.computed(1)
    expect(worker.request(1, 2)).toEqual([])
    expect(sentOf(worker.computed(1))).toEqual([[1, 2, 'running']])
  })

  test('[WRK3] an answer is given once; a second request is not heeded, and nothing more is computed for it', () => {
    const worker = startWorker()
    worker.assign(1, nested([4, 5, 6, 7], 1, 2, 4))
    worker.loaded()
    worker.computed(1)
    expect(sentOf(worker.request(1, 1))).toEqual([[1, 1, 'kept']])
    expect(worker.request(1, 1)).toEqual([])
    expect(partitionOf(worker.computed(1))).toEqual([])
    expect(worker.machine.busy).toBe('idle')
    expect(partitionOf(worker.assign(2, whole(9)))).toEqual([9])
    expect(endedOf(worker.release(1))).toEqual([[1, 2]])
  })

  test('[WRK3] with weights: a level asked for after the worker went on is sent from its own sum, and nothing is kept apart', () => {
    const worker = startWorker()
    worker.assign(1, weighted('on-request', [4, 5, 6], 1, 2, 3))
    worker.loaded()
    expect(typesOf(worker.computed(1))).toEqual(['announce-progress', 'compute-partition'])
    expect(typesOf(worker.computed(1))).toEqual(['announce-progress', 'compute-partition'])
    // Not the last complete level, which would be another sum, but the one that was asked for.
    expect(sentOf(worker.request(1, 1))).toEqual([[1, 1, 'level']])
  })

  test('[WRK3] with weights: after an answer a larger level may be asked for; it is computed if need be, and sent', () => {
    const worker = startWorker()
    worker.assign(1, weighted('on-request', [4, 5, 6, 7], 1, 2, 4))
    worker.loaded()
    worker.computed(1)
    expect(sentOf(worker.request(1, 1))).toEqual([[1, 1, 'level']])
    // The partition under way is the second; with it the next level is complete, and then the device rests.
    expect(typesOf(worker.computed(1))).toEqual(['announce-progress'])
    expect(worker.machine.busy).toBe('idle')
    expect(sentOf(worker.request(1, 2))).toEqual([[1, 2, 'level']])
    expect(worker.request(1, 1)).toEqual([])
    expect(worker.request(1, 2)).toEqual([])
    expect(partitionOf(worker.request(1, 4))).toEqual([6])
    expect(partitionOf(worker.computed(1))).toEqual([7])
    expect(sentOf(worker.computed(1))).toEqual([[1, 4, 'level']])
    // The sums are needed until the lease is released.
    expect(worker.machine.queue.length).toBe(1)
    expect(endedOf(worker.release(1))).toEqual([[1, 4]])
  })

  test('[WRK1] with weights, sent unasked: the level, not the running sum', () => {
    const worker = startWorker()
    worker.assign(1, weighted('when-done', [4, 5], 2))
    worker.loaded()
    worker.computed(1)
    expect(sentOf(worker.computed(1))).toEqual([[1, 2, 'level']])
    expect(worker.machine.queue).toEqual([])
  })

  test('[WRK4] work on an older model is dropped when newer work comes', () => {
    const worker = startWorker()
    worker.assign(1, whole(0, 1))
    worker.loaded()
    const effects = worker.assign(2, whole(3), 1)
    expect(endedOf(effects)).toEqual([[1, 0]])
    expect(effects).toContainEqual({ type: 'drop-sums', lease: 1 })
    expect(worker.computed(1)).toEqual([{ type: 'load-parameters', parameters: 'v1', modelVersion: 1 }])
    expect(partitionOf(worker.loaded(1))).toEqual([3])
  })

  test('[WRK4] parameters that arrive for work already dropped are not computed on', () => {
    const worker = startWorker()
    worker.assign(1, whole(0))
    expect(worker.assign(2, whole(3), 1).some(({ type }) => type === 'load-parameters')).toBe(false)
    expect(worker.loaded(0)).toEqual([{ type: 'load-parameters', parameters: 'v1', modelVersion: 1 }])
  })

  test.each([true, false])('[WRK5] everything given back, telling: %s', tell => {
    const worker = startWorker()
    worker.assign(1, whole(0, 1))
    worker.assign(2, whole(2))
    worker.loaded()
    const effects = worker.tell({ type: 'work-abandoned', tell })
    expect(endedOf(effects)).toEqual(
      tell
        ? [
            [1, 0],
            [2, 0],
          ]
        : [],
    )
    expect(typesOf(effects).filter(type => type === 'drop-sums').length).toBe(2)
    expect(worker.machine.queue).toEqual([])
    expect(worker.computed(1)).toEqual([])
    expect(worker.machine.busy).toBe('idle')
  })

  test('[WRK6] progress of long work is announced at most every so often', () => {
    const worker = startWorker()
    worker.assign(1, whole(...Array.from({ length: 200 }, (_, i) => i)))
    worker.loaded()
    let announced = 0
    for (let i = 0; i < 199; i++)
      announced += typesOf(worker.computed(1, 10)).filter(t => t === 'announce-progress').length
    expect(announced).toBe(Math.floor((199 * 10) / progressEveryMs))
  })

  test('[WRK6] that all is computed is said before the upload, if nothing was said for so long', () => {
    const done = (ms: number) => {
      const worker = startWorker()
      worker.assign(1, whole(3, 4))
      worker.loaded()
      worker.computed(1, 10)
      return worker.computed(1, ms)
    }
    expect(typesOf(done(progressEveryMs - 11))).toEqual(['send-result'])
    const effects = done(progressEveryMs - 10)
    expect(typesOf(effects)).toEqual(['announce-progress', 'send-result'])
    expect(effects[0]).toMatchObject({ lease: 1, finished: 2, computeMs: progressEveryMs, ended: false })
  })

  test('[WRK7] parameters that cannot be had end the leases that need them, a failed partition ends its own', () => {
    const worker = startWorker()
    worker.assign(1, whole(0))
    worker.assign(2, whole(1))
    expect(endedOf(worker.tell({ type: 'parameters-failed', modelVersion: 0 }))).toEqual([
      [1, 0],
      [2, 0],
    ])
    expect(worker.machine).toEqual(idleWorker)
    worker.assign(3, whole(0))
    worker.assign(4, whole(1))
    worker.loaded()
    const effects = worker.tell({ type: 'partition-failed', lease: leaseId(3) })
    expect(endedOf(effects)).toEqual([[3, 0]])
    expect(partitionOf(effects)).toEqual([1])
  })
})

describe('a worker told random things', () => {
  const lease = fc.integer({ min: 0, max: 5 }).map(leaseId)
  const version = fc.nat(3)
  const work: fc.Arbitrary<Work> = fc.oneof(
    fc.integer({ min: 1, max: 5 }).map(count => whole(...Array.from({ length: count }, (_, i) => i))),
    fc.subarray([1, 2, 3, 4], { minLength: 1 }).map(ends => nested([0, 1, 2, 3].slice(0, ends.at(-1)), ...ends)),
    fc
      .tuple(fc.constantFrom('on-request' as const, 'when-done' as const), fc.subarray([1, 2, 3, 4], { minLength: 1 }))
      .map(([upload, ends]) => weighted(upload, [0, 1, 2, 3].slice(0, ends.at(-1)), ...ends)),
  )
  const event = fc.oneof(
    fc.record({
      type: fc.constant('work-assigned' as const),
      item: fc.record({ lease, round: version, modelVersion: version, parameters: fc.constant('p'), work }),
    }),
    fc.record({ type: fc.constant('result-requested' as const), lease, covers: fc.integer({ min: -1, max: 9 }) }),
    fc.record({ type: fc.constantFrom('lease-released' as const, 'partition-failed' as const), lease }),
    fc.record({
      type: fc.constantFrom('parameters-loaded' as const, 'parameters-failed' as const),
      modelVersion: version,
    }),
    fc.record({ type: fc.constant('partition-computed' as const), lease, ms: fc.nat(500) }),
    fc.record({ type: fc.constant('work-abandoned' as const), tell: fc.boolean() }),
  )

  test('[WRK8] it never throws, computes only what it holds, sends only complete levels', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), events => {
        const worker = startWorker()
        for (const told of events) {
          for (const effect of worker.tell(told as never)) {
            if (effect.type === 'compute-partition') {
              expect(effect.item.work.partitions[effect.index]).toBe(effect.partition)
              expect(effect.item.modelVersion).toBe(worker.machine.loadedVersion)
            }
            if (effect.type === 'send-result')
              expect(effect.item.work.levels.map(level => level.upTo)).toContain(effect.covers)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
