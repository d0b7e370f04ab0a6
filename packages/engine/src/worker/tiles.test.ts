import { leaseId, type TileOrder, type Work } from '@muster/vocabulary'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idleWorker, stepWorker, type WorkerEffect, type WorkerEvent, type WorkerMachine } from './worker-machine.ts'

const inTiles = (...partitions: number[]): Work => ({ partitions, levels: [], upload: 'in-tiles' })
const send = (
  upTo: readonly number[],
  { partitions = [], direction = 'upward' }: Partial<Extract<TileOrder, { type: 'send' }>> = {},
): TileOrder => ({ type: 'send', partitions, upTo, direction })

/** One worker with parameters loaded, whose device and uplink do what the test says. */
function startWorker() {
  let worker: WorkerMachine = { ...idleWorker, loadedVersion: 0 }
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
        item: { lease: leaseId(lease), round: version, modelVersion: version, parameters: 'p', rate: 0.1, work },
      }),
    order: (lease: number, order: TileOrder) => tell({ type: 'order-given', lease: leaseId(lease), order }),
    computed: (lease: number, ms = 10) => {
      at += ms
      return tell({ type: 'partition-computed', lease: leaseId(lease), ms })
    },
    sent: (lease: number, ms = 3) => tell({ type: 'tile-sent', lease: leaseId(lease), ms }),
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
const begunOf = (effects: readonly WorkerEffect[]) =>
  effects.flatMap(effect => (effect.type === 'compute-partition' ? [effect.partition] : []))
/** Segment, and partitions covered, of each tile. */
const tilesOf = (effects: readonly WorkerEffect[]) =>
  effects.flatMap(effect => (effect.type === 'send-tile' ? [[effect.segment, effect.covers]] : []))
const toldOf = (effects: readonly WorkerEffect[]) =>
  effects.flatMap(effect => (effect.type === 'announce-progress' ? [effect] : []))

describe('a list of partitions in tiles', () => {
  test('[TILE10] is worked off, and at its end the worker says that it has nothing to do', () => {
    const worker = startWorker()
    expect(begunOf(worker.assign(1, inTiles(4, 7)))).toEqual([4])
    expect(toldOf(worker.computed(1))).toEqual([])
    const done = worker.computed(1)
    expect(typesOf(done)).toEqual(['announce-progress'])
    expect(toldOf(done)).toEqual([
      {
        type: 'announce-progress',
        ...{ lease: 1, finished: 2, computeMs: 20, ended: false },
        tiles: { orders: 0, length: 2, sent: 0, uploadMs: 0 },
      },
    ])
  })

  test('[TILE10] is extended at its end: who had nothing to do goes on at once, without a word', () => {
    const worker = startWorker()
    worker.assign(1, inTiles(4))
    worker.computed(1)
    const extended = worker.order(1, { type: 'extend', partitions: [9, 2] })
    expect(typesOf(extended)).toEqual(['compute-partition'])
    expect(begunOf([...extended, ...worker.computed(1)])).toEqual([9, 2])
    expect(toldOf(worker.computed(1))).toMatchObject([{ finished: 3, tiles: { orders: 1, length: 3 } }])
  })

  test('[TILE10] is cut where it was asked to be, or after what is begun, and its true length is said at once', () => {
    const worker = startWorker()
    worker.assign(1, inTiles(0, 1, 2, 3, 4))
    worker.computed(1)
    worker.wait(4)
    // The second is under way: the time it has taken so far is told as well.
    const cut = worker.order(1, { type: 'shorten', to: 3 })
    expect(toldOf(cut)).toMatchObject([{ finished: 1, computeMs: 14, tiles: { orders: 1, length: 3 } }])
    expect(toldOf(worker.order(1, { type: 'shorten', to: 0 }))).toMatchObject([{ tiles: { orders: 2, length: 2 } }])
    expect(begunOf(worker.computed(1))).toEqual([])
    expect(toldOf(worker.order(1, { type: 'shorten', to: 5 }))).toMatchObject([{ tiles: { orders: 3, length: 2 } }])
    expect(begunOf(worker.order(1, { type: 'extend', partitions: [8] }))).toEqual([8])
  })

  test('[TILE10] what is under way of another lease, or of one that was released, is not in the list', () => {
    const worker = startWorker()
    worker.assign(1, inTiles(0))
    worker.assign(2, inTiles(5, 6))
    expect(toldOf(worker.order(2, { type: 'shorten', to: 0 }))).toMatchObject([{ lease: 2, tiles: { length: 0 } }])
    worker.release(1)
    expect(toldOf(worker.order(2, { type: 'extend', partitions: [7] }))).toEqual([])
    expect(begunOf(worker.tell({ type: 'partition-failed', lease: leaseId(1) }))).toEqual([7])
  })

  test('orders to a lease that is none, or is not in tiles, change nothing', () => {
    const worker = startWorker()
    worker.assign(1, { partitions: [0, 1], levels: [{ upTo: 2 }], upload: 'when-done' })
    const before = worker.machine
    for (const lease of [1, 9]) expect(worker.order(lease, { type: 'shorten', to: 0 })).toEqual([])
    expect(worker.machine).toEqual(before)
  })
})

describe('tiles of it', () => {
  test('[TILE11] are due when so many are computed, before the sum goes on; nothing further is computed', () => {
    const worker = startWorker()
    worker.assign(1, inTiles(0, 1, 2))
    expect(toldOf(worker.order(1, send([2, 0, 1, 2])))).toMatchObject([{ finished: 0, tiles: { orders: 1 } }])
    const first = worker.computed(1)
    expect(typesOf(first)).toEqual(['send-tile', 'compute-partition'])
    expect(first[0]).toMatchObject({ item: { lease: 1 }, segment: 2, segments: 4, covers: 1, computeMs: 10 })
    const second = worker.computed(1)
    expect(typesOf(second)).toEqual(['send-tile', 'send-tile', 'announce-progress'])
    expect(tilesOf(second)).toEqual([
      [0, 2],
      [3, 2],
    ])
  })

  test('[TILE11] over equally many partitions go in the order of the segments, upward or downward', () => {
    const asked = (direction: 'upward' | 'downward') => {
      const worker = startWorker()
      worker.assign(1, inTiles(0))
      worker.order(1, send([1, 0, 1, 1], { direction }))
      return tilesOf(worker.computed(1)).map(([segment]) => segment)
    }
    expect(asked('upward')).toEqual([0, 2, 3])
    expect(asked('downward')).toEqual([3, 2, 0])
  })

  test('[TILE11] are sent at once where the list is done, and later where one is under way or more is added', () => {
    const done = startWorker()
    done.assign(1, inTiles(0))
    done.computed(1)
    expect(tilesOf(done.order(1, send([1, 1])))).toEqual([
      [0, 1],
      [1, 1],
    ])
    const underWay = startWorker()
    underWay.assign(1, inTiles(0, 1))
    underWay.computed(1)
    expect(tilesOf(underWay.order(1, send([2, 2])))).toEqual([])
    expect(tilesOf(underWay.computed(1))).toEqual([
      [0, 2],
      [1, 2],
    ])
    const extended = startWorker()
    extended.assign(1, inTiles(0))
    extended.computed(1)
    const asked = extended.order(1, send([2, 1], { partitions: [6] }))
    expect([tilesOf(asked), begunOf(asked)]).toEqual([[[1, 1]], [6]])
    expect(toldOf(asked)).toMatchObject([{ tiles: { orders: 1, length: 2 } }])
    expect(tilesOf(extended.computed(1))).toEqual([[0, 2]])
  })

  test('[TILE10] that can no longer be had, or never could, end the lease', () => {
    const ends = (upTo: number[]) => {
      const worker = startWorker()
      worker.assign(1, inTiles(0, 1, 2))
      worker.computed(1)
      const effects = worker.order(1, send(upTo))
      return effects.some(effect => effect.type === 'announce-progress' && effect.ended)
    }
    // One is computed and the second under way: a sum over the first alone is gone.
    expect(ends([1, 3])).toBe(true)
    expect(ends([2, 4])).toBe(true)
    expect(ends([2, 0, 3])).toBe(false)
  })

  describe('[TILE11] asked for early', () => {
    const early = (...upTo: number[]): TileOrder => ({ type: 'send-early', upTo, direction: 'upward' })

    test('go while the list may still change, once, and count among those asked for in the end', () => {
      const worker = startWorker()
      worker.assign(1, inTiles(0, 1))
      expect(tilesOf(worker.order(1, early(1, 0, 2)))).toEqual([])
      worker.order(1, { type: 'extend', partitions: [4] })
      expect(tilesOf(worker.computed(1))).toEqual([[0, 1]])
      worker.sent(1)
      const second = worker.computed(1)
      expect([tilesOf(second), begunOf(second)]).toEqual([[[2, 2]], [4]])
      worker.computed(1)
      // All but the second have gone.
      expect(tilesOf(worker.order(1, send([1, 3, 2])))).toEqual([[1, 3]])
      expect(worker.sent(1)).toEqual([])
      expect(typesOf(worker.sent(1))).toEqual(['announce-progress', 'drop-sums'])
    })

    test('are not to be sent where the list has become too short for them', () => {
      const worker = startWorker()
      worker.assign(1, inTiles(0, 1, 2))
      worker.order(1, early(1, 3))
      worker.order(1, { type: 'shorten', to: 2 })
      worker.order(1, { type: 'extend', partitions: [7] })
      expect([worker.computed(1), worker.computed(1), worker.computed(1)].flatMap(tilesOf)).toEqual([[0, 1]])
      expect(tilesOf(worker.order(1, send([1, 3])))).toEqual([[1, 3]])
    })

    test('go at once where the list is done before they are asked for', () => {
      const worker = startWorker()
      worker.assign(1, inTiles(0))
      worker.computed(1)
      expect(tilesOf(worker.order(1, early(1, 0)))).toEqual([[0, 1]])
      expect(tilesOf(worker.order(1, send([1, 1])))).toEqual([[1, 1]])
    })

    test('that are gone already end the lease', () => {
      const worker = startWorker()
      worker.assign(1, inTiles(0, 1))
      worker.computed(1)
      expect(toldOf(worker.order(1, early(1)))).toMatchObject([{ ended: true }])
    })
  })

  test('are done with the last one: what was sent is told, and the sum is dropped', () => {
    const worker = startWorker()
    worker.assign(1, inTiles(0))
    worker.order(1, send([1, 0, 1]))
    worker.computed(1)
    expect(worker.sent(1, 4)).toEqual([])
    const last = worker.sent(1, 5)
    expect(typesOf(last)).toEqual(['announce-progress', 'drop-sums'])
    expect(toldOf(last)).toMatchObject([{ finished: 1, ended: false, tiles: { orders: 1, sent: 2, uploadMs: 9 } }])
    expect(worker.machine.queue).toEqual([])
    expect(worker.sent(1)).toEqual([])
  })

  test('one that fails ends the lease; a release says what was sent', () => {
    const failing = startWorker()
    failing.assign(1, inTiles(0))
    failing.order(1, send([1, 1]))
    failing.computed(1)
    failing.sent(1)
    const failed = failing.tell({ type: 'tile-failed', lease: leaseId(1) })
    expect(typesOf(failed)).toEqual(['announce-progress', 'drop-sums'])
    expect(toldOf(failed)).toMatchObject([{ finished: 1, ended: true, tiles: { sent: 1, uploadMs: 3 } }])
    const released = startWorker()
    released.assign(1, inTiles(0, 1))
    released.order(1, send([1, 2]))
    released.computed(1)
    released.sent(1)
    expect(toldOf(released.release(1))).toMatchObject([{ finished: 1, ended: true, tiles: { sent: 1 } }])
    // What was under way comes to nothing.
    expect(released.computed(1)).toEqual([])
  })
})

test('[TILE13] at a beat each lease in tiles is told, with the work under way; others are not', () => {
  const worker = startWorker()
  worker.assign(1, inTiles(0, 1))
  worker.assign(2, { partitions: [3], levels: [{ upTo: 1 }], upload: 'when-done' })
  worker.assign(3, inTiles(4))
  worker.computed(1)
  worker.wait(7)
  expect(toldOf(worker.tell({ type: 'beat' }))).toMatchObject([
    { lease: 1, finished: 1, computeMs: 17, ended: false, tiles: { length: 2 } },
    { lease: 3, finished: 0, computeMs: 0, ended: false, tiles: { length: 1 } },
  ])
})

test('[TILE11] whatever it is told, each tile that was asked for is sent once, over exactly so many', () => {
  const step = fc.oneof(
    fc.constant('compute' as const),
    fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
    fc.nat(8),
  )
  const asked = fc.array(fc.nat(9), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), asked, fc.boolean(), (steps, upTo, isUpward) => {
      const worker = startWorker()
      let log = [...worker.assign(1, inTiles(0, 1))]
      const act = (effects: readonly WorkerEffect[]) => {
        log = [...log, ...effects]
      }
      const isComputing = () => worker.machine.busy === 'computing'
      for (const next of steps) {
        if (next !== 'compute') {
          act(
            worker.order(
              1,
              typeof next === 'number' ? { type: 'shorten', to: next } : { type: 'extend', partitions: next },
            ),
          )
        } else if (isComputing()) act(worker.computed(1))
      }
      act(worker.order(1, send(upTo, { direction: isUpward ? 'upward' : 'downward' })))
      const isHeld = worker.machine.queue.length === 1
      while (isComputing()) act(worker.computed(1))
      const expected = upTo.flatMap((covers, segment) => (covers > 0 && isHeld ? [[segment, covers]] : []))
      expect(tilesOf(log).sort(([a], [b]) => a! - b!)).toEqual(expected)
      // What it said of its list is what it computed, in order.
      const { length } = toldOf(log).at(-1)!.tiles!
      expect(begunOf(log).length).toBeLessThanOrEqual(length)
    }),
  )
})
