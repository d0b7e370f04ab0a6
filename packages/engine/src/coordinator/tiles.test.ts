import type { Combine, StrategyEvent } from '@muster/strategies'
import { connectionEpoch, leaseId, resultHandle, type TileOrder, type Work, workerId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import { judgeResult } from './judge-result.ts'
import { batchPerPartition, createPuppetRun, threeParts } from './puppet.ts'
import type { ResultClaim, TilesClaim } from './run-event.ts'
import { findLease } from './training-run.ts'

const inTiles = (...partitions: number[]): Work => ({ partitions, levels: [], upload: 'in-tiles', beatMs: 50 })
const ask = (upTo: readonly number[], partitions: readonly number[] = []): TileOrder => ({
  type: 'send',
  partitions,
  upTo,
  direction: 'upward',
})
const combine: Combine = { type: 'combine', target: 'gradient', terms: [], counted: null }

/** A run whose worker a holds lease 1 in tiles, over three partitions. */
function open(work = inTiles(0, 1, 2)) {
  const puppet = createPuppetRun()
  puppet.connect()
  puppet.assign(1, work)
  return {
    ...puppet,
    get run() {
      return puppet.run
    },
    order(order: TileOrder, lease = 1) {
      puppet.decide({ type: 'order-tiles', lease: leaseId(lease), order })
      return puppet.tell({ type: 'timer-fired', timer: 'any' })
    },
    say(finished: number, tiles?: Partial<TilesClaim>, ended = false) {
      puppet.tell({
        type: 'progress-announced',
        worker: workerId('a'),
        connection: connectionEpoch(1),
        lease: leaseId(1),
        finished,
        computeMs: 1,
        ended,
        tiles: tiles && { orders: 0, length: 3, sent: 0, uploadMs: 0, ...tiles },
      })
      return (puppet.told.at(-1) as Extract<StrategyEvent, { type: 'progress-announced' }>).tiles
    },
    tile: (segment: number | null, covers: number, changes: Partial<ResultClaim> = {}): ResultClaim =>
      puppet.claim(1, { segment, covers, samples: covers * batchPerPartition, ...changes }),
    decideNow(...effects: Parameters<typeof puppet.decide>) {
      puppet.decide(...effects)
      return puppet.tell({ type: 'timer-fired', timer: 'any' })
    },
    lengthOf: (lease = 1) => findLease(puppet.run.leases, leaseId(lease))!.work.partitions.length,
  }
}

describe('[TILE15] judging a tile', () => {
  test('it is taken when it was asked for, of this segment, over exactly so many', () => {
    const puppet = open()
    const refusalOf = (claim: ResultClaim) => judgeResult(puppet.run, claim)
    expect(refusalOf(puppet.tile(0, 3))).toBe('segment-unasked')
    puppet.order(ask([3, 0]))
    expect(refusalOf(puppet.tile(0, 3))).toBeNull()
    expect(refusalOf(puppet.tile(1, 3))).toBe('segment-unasked')
    expect(refusalOf(puppet.tile(7, 3))).toBe('segment-unasked')
    expect(refusalOf(puppet.tile(null, 3))).toBe('segment-unasked')
    expect(refusalOf(puppet.tile(0, 2))).toBe('cover-not-a-level')
    expect(refusalOf(puppet.tile(0, 3, { samples: 1 }))).toBe('samples-mismatch')
    expect(refusalOf(puppet.tile(0, 3, { round: 4 }))).toBe('round-mismatch')
    expect(refusalOf(puppet.tile(0, 3, { worker: workerId('b') }))).toBe('lease-not-yours')
  })

  test('and once; that it comes again is told to nobody', () => {
    const puppet = open()
    puppet.order(ask([3, 3]))
    expect(puppet.hold(puppet.tile(0, 3), 'one')).toEqual([])
    expect(puppet.told.at(-1)).toMatchObject({ type: 'result-arrived', handle: 'one', segment: 0, covers: 3 })
    const told = puppet.told.length
    expect(puppet.hold(puppet.tile(0, 3), 'two')).toEqual([
      { type: 'drop-result', handle: 'two' },
      { type: 'refuse-result', worker: 'a', lease: 1, code: 'answer-repeated' },
    ])
    expect(puppet.told.length).toBe(told)
    expect(puppet.hold(puppet.tile(1, 3), 'three')).toEqual([])
    expect([...puppet.run.held.keys()]).toEqual(['one', 'three'])
  })

  test('one that holds NaN is refused, and its segment may still come', () => {
    const puppet = open()
    puppet.order(ask([3, 3]))
    expect(puppet.hold(puppet.tile(0, 3), 'bad', false)).toContainEqual({
      type: 'refuse-result',
      ...{ worker: 'a', lease: 1, code: 'value-not-finite' },
    })
    expect(puppet.told.at(-1)).toMatchObject({ type: 'result-refused', code: 'value-not-finite' })
    expect(judgeResult(puppet.run, puppet.tile(0, 3))).toBeNull()
  })

  test('what was asked for early is taken early, and not again when all is asked for', () => {
    const puppet = open()
    const refusalOf = (claim: ResultClaim) => judgeResult(puppet.run, claim)
    puppet.order({ type: 'send-early', upTo: [1, 0], direction: 'upward' })
    expect(refusalOf(puppet.tile(1, 3))).toBe('segment-unasked')
    expect(puppet.hold(puppet.tile(0, 1), 'early')).toEqual([])
    puppet.order({ type: 'extend', partitions: [4] })
    puppet.order(ask([1, 4]))
    expect(refusalOf(puppet.tile(0, 1))).toBe('answer-repeated')
    expect(refusalOf(puppet.tile(1, 4))).toBeNull()
  })

  test('what was asked for early of a list that has become too short is not taken', () => {
    const puppet = open()
    puppet.order({ type: 'send-early', upTo: [1, 3], direction: 'upward' })
    puppet.order({ type: 'shorten', to: 1 })
    puppet.say(1, { orders: 2, length: 2 })
    expect(judgeResult(puppet.run, puppet.tile(1, 3))).toBe('segment-unasked')
    expect(judgeResult(puppet.run, puppet.tile(0, 1))).toBeNull()
  })

  test('not after its lease was ended or called back, nor of work that is not in tiles', () => {
    const ended = open()
    ended.order(ask([3, 3]))
    ended.say(3, { orders: 1 }, true)
    expect(judgeResult(ended.run, ended.tile(0, 3))).toBe('round-closed')
    const released = open()
    released.order(ask([3, 3]))
    released.decideNow({ type: 'release-worker', lease: leaseId(1), reason: 'given-to-others' })
    expect(judgeResult(released.run, released.tile(0, 3))).toBe('round-closed')
    const whole = open(threeParts)
    expect(judgeResult(whole.run, whole.tile(0, 3))).toBe('segment-unasked')
  })
})

describe('[TILE15] the list of a lease in tiles', () => {
  test('is what was ordered, and is told when all orders have been heeded', () => {
    const puppet = open()
    expect(puppet.say(1)).toEqual({ length: null, sent: 0, uploadMs: 0 })
    expect(puppet.say(1, {})).toEqual({ length: 3, sent: 0, uploadMs: 0 })
    expect(puppet.order({ type: 'extend', partitions: [5, 6] })).toEqual([
      { type: 'send-order', worker: 'a', lease: 1, order: { type: 'extend', partitions: [5, 6] } },
    ])
    // Said before the order had come to it.
    expect(puppet.say(2, {})).toMatchObject({ length: null })
    expect(puppet.say(2, { orders: 1, length: 5, sent: 0, uploadMs: 7 })).toEqual({ length: 5, sent: 0, uploadMs: 7 })
    puppet.order(ask([6, 0], [7]))
    expect(puppet.say(2, { orders: 2, length: 6 })).toMatchObject({ length: 6 })
    expect(findLease(puppet.run.leases, leaseId(1))!.work.partitions).toEqual([0, 1, 2, 5, 6, 7])
  })

  test('a shortening is answered with the true length, and until then the list is as it was', () => {
    const puppet = open(inTiles(0, 1, 2, 3, 4))
    puppet.order({ type: 'shorten', to: 1 })
    expect(puppet.say(1, { length: 5 })).toMatchObject({ length: null })
    expect(puppet.lengthOf()).toBe(5)
    expect(puppet.say(1, { orders: 1, length: 2 })).toMatchObject({ length: 2 })
    expect(puppet.lengthOf()).toBe(2)
    // A late word of more is no more than there is.
    puppet.say(4, { orders: 1, length: 5 })
    expect([puppet.lengthOf(), findLease(puppet.run.leases, leaseId(1))!.finished]).toEqual([2, 2])
    expect(puppet.order({ type: 'extend', partitions: [9] })).toHaveLength(1)
    expect(findLease(puppet.run.leases, leaseId(1))!.work.partitions).toEqual([0, 1, 9])
  })

  test('of a length that cannot be as much is believed as can', () => {
    const lengthAfter = (to: number, finished: number, claimed: number) => {
      const puppet = open(inTiles(0, 1, 2, 3, 4))
      puppet.order({ type: 'shorten', to })
      return puppet.say(finished, { orders: 1, length: claimed })!.length
    }
    expect(lengthAfter(2, 0, 99)).toBe(5)
    expect(lengthAfter(2, 0, 0)).toBe(2)
    expect(lengthAfter(2, 4, 2)).toBe(4)
    expect(lengthAfter(2, 0, 3)).toBe(3)
  })

  test('of two shortenings on their way the harder one decides', () => {
    const puppet = open(inTiles(0, 1, 2, 3, 4))
    puppet.order({ type: 'shorten', to: 1 })
    puppet.order({ type: 'shorten', to: 3 })
    expect(puppet.say(0, { orders: 1, length: 1 })).toMatchObject({ length: null })
    expect(puppet.say(0, { orders: 2, length: 1 })).toMatchObject({ length: 1 })
  })

  test('an order that cannot be is a broken belief', () => {
    const asked = open()
    asked.order(ask([3, 3]))
    for (const order of [ask([3, 3]), { type: 'shorten', to: 1 }, { type: 'extend', partitions: [4] }] as const)
      expect(() => asked.order(order)).toThrow(`lease 1 is ordered to ${order.type} while it cannot`)
    const shortened = open()
    shortened.order({ type: 'shorten', to: 1 })
    expect(() => shortened.order({ type: 'extend', partitions: [4] })).toThrow('ordered to extend')
    expect(() => shortened.order(ask([1, 1]))).toThrow('ordered to send')
  })

  test('an order to a lease that has ended, was called back, is none or is not in tiles goes nowhere', () => {
    const ended = open()
    ended.say(0, {}, true)
    const released = open()
    released.decideNow({ type: 'release-worker', lease: leaseId(1), reason: 'given-to-others' })
    for (const puppet of [ended, released, open(threeParts)]) expect(puppet.order(ask([1, 1]))).toEqual([])
    expect(open().order(ask([1, 1]), 7)).toEqual([])
  })
})

describe('[TILE14] tiles that are accumulated', () => {
  /** Worker a has sent segments 0 (over 2) and 1 (over 3), b segment 0 over 1. */
  function accumulated() {
    const puppet = open()
    puppet.connect('b')
    puppet.assign(2, inTiles(2), workerId('b'))
    puppet.order(ask([2, 3]))
    puppet.order(ask([1, 0]), 2)
    puppet.hold(puppet.tile(0, 2, { lossSum: 10 }), 'a0')
    puppet.hold(puppet.tile(1, 3, { lossSum: 77 }), 'a1')
    puppet.hold(puppet.tile(0, 1, { lossSum: 5, worker: workerId('b'), lease: leaseId(2) }), 'b0')
    const accumulate = (handle: string) => puppet.decideNow({ type: 'accumulate', handle: resultHandle(handle) })
    return { puppet, accumulate }
  }

  test('are handed to the data plane, and are held no longer', () => {
    const { puppet, accumulate } = accumulated()
    expect(accumulate('a1')).toEqual([{ type: 'accumulate-tile', round: 0, handle: 'a1', segment: 1 }])
    expect([...puppet.run.held.keys()]).toEqual(['a0', 'b0'])
    expect(() => accumulate('a1')).toThrow('accumulates a1, which is no tile that is held')
  })

  test('a whole vector is none of them', () => {
    const puppet = open(threeParts)
    puppet.hold(puppet.claim(1), 'whole')
    expect(() => puppet.decideNow({ type: 'accumulate', handle: resultHandle('whole') })).toThrow('no tile')
  })

  test('are part of the round’s sum: its loss is that of segment 0, and each worker counts once, by its largest', () => {
    const { puppet, accumulate } = accumulated()
    for (const handle of ['a0', 'a1', 'b0']) accumulate(handle)
    expect(puppet.decideNow(combine)).toMatchObject([{ type: 'apply-combination', terms: [], includesTiles: true }])
    expect(puppet.run.applying).toMatchObject({
      lossSum: 15,
      contributions: [
        { worker: 'a', partitions: 3 },
        { worker: 'b', partitions: 1 },
      ],
    })
    puppet.apply()
    expect(puppet.run.roster).toMatchObject([
      { worker: 'a', results: 1, partitions: 3 },
      { worker: 'b', results: 1, partitions: 1 },
    ])
    // Of the next round's sum they are not.
    expect(puppet.run.accumulated).toBeNull()
    puppet.assign(3)
    expect(puppet.closeWith(3)).toMatchObject([{ type: 'apply-combination', includesTiles: false }])
  })

  test('stand beside whole answers', () => {
    const { puppet, accumulate } = accumulated()
    accumulate('b0')
    puppet.assign(3)
    puppet.hold(puppet.claim(3, { lossSum: 6 }), 'whole')
    puppet.decideNow({ ...combine, terms: [{ handle: resultHandle('whole'), weight: 0.5 }] })
    expect(puppet.run.applying).toMatchObject({ lossSum: 5 + 3 })
  })
})
