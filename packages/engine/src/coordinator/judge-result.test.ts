import { connectionEpoch, leaseId, workerId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import { judgeResult } from './judge-result.ts'
import { batchPerPartition, createPuppetRun, onRequest } from './puppet.ts'
import type { ResultClaim } from './run-event.ts'
import { findEntry } from './training-run.ts'

/** A run with lease 1 open and in the hands of worker a. */
function open(work?: typeof onRequest) {
  const puppet = createPuppetRun()
  puppet.connect()
  puppet.assign(1, work)
  return puppet
}

const refusalOf = (changes: Partial<ResultClaim>, puppet = open()) => judgeResult(puppet.run, puppet.claim(1, changes))

describe('judging an answer', () => {
  test('[ENG1] what fits its lease is taken', () => {
    expect(refusalOf({})).toBeNull()
  })

  test('[ENG1] each mismatch has its code', () => {
    expect(refusalOf({ lease: leaseId(7) })).toBe('lease-unknown')
    expect(refusalOf({ lossSum: Number.NaN })).toBe('loss-not-finite')
    expect(refusalOf({ computeMs: -1 })).toBe('loss-not-finite')
    expect(refusalOf({ computeMs: Number.NaN, round: 7 })).toBe('loss-not-finite')
    expect(refusalOf({ lease: leaseId(0) })).toBe('lease-unknown')
    expect(refusalOf({ lease: Number.NaN as never })).toBe('lease-unknown')
    expect(refusalOf({ worker: workerId('b') })).toBe('lease-not-yours')
    expect(refusalOf({ connection: connectionEpoch(2) })).toBe('lease-not-yours')
    expect(refusalOf({ round: 1 })).toBe('round-mismatch')
    expect(refusalOf({ modelVersion: 1 })).toBe('version-mismatch')
    expect(refusalOf({ covers: 2 })).toBe('cover-not-a-level')
    expect(refusalOf({ covers: Number.NaN })).toBe('cover-not-a-level')
    expect(refusalOf({ samples: 3 * batchPerPartition - 1 })).toBe('samples-mismatch')
    expect(refusalOf({ samples: Number.NaN })).toBe('samples-mismatch')
  })

  test('[ENG1] on request: nothing unasked, nothing smaller than asked for; a larger level is taken', () => {
    const puppet = open(onRequest)
    const small = { covers: 1, samples: batchPerPartition }
    expect(refusalOf(small, puppet)).toBe('cover-too-small')
    puppet.decide({ type: 'request-result', lease: leaseId(1), covers: 1 })
    puppet.tell({ type: 'timer-fired', timer: 'any' })
    expect(refusalOf(small, puppet)).toBeNull()
    expect(refusalOf({}, puppet)).toBeNull()
    puppet.decide({ type: 'request-result', lease: leaseId(1), covers: 3 })
    puppet.tell({ type: 'timer-fired', timer: 'any' })
    expect(refusalOf(small, puppet)).toBe('cover-too-small')
  })

  test('[ENG2] an answer is taken at most once, whatever handle it comes under', () => {
    const puppet = open()
    expect(puppet.hold(puppet.claim(1), 'one')).toEqual([])
    expect(puppet.hold(puppet.claim(1), 'two')).toEqual([
      { type: 'drop-result', handle: 'two' },
      { type: 'refuse-result', worker: 'a', lease: 1, code: 'answer-repeated' },
    ])
    expect([...puppet.run.held.keys()]).toEqual(['one'])
    // The policy hears of the first only; the second is counted.
    expect(puppet.told.filter(({ type }) => type.startsWith('result-')).length).toBe(1)
    expect(findEntry(puppet.run.roster, workerId('a'))?.refused).toBe(1)
  })

  test('[ENG2] a larger level of the same lease takes the place of a smaller one, never the other way round', () => {
    const work: typeof onRequest = {
      partitions: [0, 1, 2],
      levels: [1, 2, 3].map(upTo => ({ upTo, weights: [1, 2, 3].slice(0, upTo) })),
      upload: 'on-request',
    }
    const puppet = open(work)
    const ask = (covers: number) => {
      puppet.decide({ type: 'request-result', lease: leaseId(1), covers })
      puppet.tell({ type: 'timer-fired', timer: 'any' })
    }
    const answer = (covers: number, handle: string) =>
      puppet.hold(puppet.claim(1, { covers, samples: covers * batchPerPartition }), handle)
    const refused = (handle: string) => [
      { type: 'drop-result', handle },
      { type: 'refuse-result', worker: 'a', lease: 1, code: 'answer-repeated' },
    ]
    ask(2)
    expect(answer(2, 'two')).toEqual([])
    expect(answer(2, 'two again')).toEqual(refused('two again'))
    expect(answer(1, 'one')).toEqual(refused('one'))
    ask(3)
    expect(answer(2, 'two once more')).toEqual(refused('two once more'))
    // What is refused for itself is told: the policy waits for nothing more of that lease.
    puppet.tell({ type: 'result-rejected', worker: workerId('a'), lease: leaseId(1), code: 'frame-too-long' })
    expect(answer(3, 'three')).toEqual([])
    // What is done with the smaller one is the policy's to say; it has heard of both.
    const heard = puppet.told.filter(({ type }) => type.startsWith('result-'))
    expect(heard).toMatchObject([
      { type: 'result-arrived', handle: 'two', covers: 2 },
      { type: 'result-refused', lease: 1, code: 'frame-too-long' },
      { type: 'result-arrived', handle: 'three', covers: 3 },
    ])
    expect(findEntry(puppet.run.roster, workerId('a'))?.refused).toBe(4)
  })

  test('[ENG2] after the close: refused while it is applied, in later rounds, and when the lease is forgotten', () => {
    const puppet = open()
    puppet.assign(2)
    const late = puppet.claim(2)
    puppet.closeWith(1)
    expect(judgeResult(puppet.run, late)).toBe('round-closed')
    for (let round = 1; round < 6; round++) {
      puppet.apply()
      expect(judgeResult(puppet.run, late)).toBe('round-closed')
      puppet.assign(2 + round)
      puppet.closeWith(2 + round)
    }
    expect(puppet.run.leases.some(({ lease }) => lease === 2)).toBe(false)
  })

  test('[ENG2] an answer after the close is a sign of life: the policy hears of it, however late', () => {
    const puppet = open()
    puppet.assign(2)
    const late = puppet.claim(2)
    for (let round = 0; round < 6; round++) {
      const used = round === 0 ? 1 : 2 + round
      puppet.closeWith(used)
      puppet.apply()
      puppet.hold(late, `late${round}`)
      expect(puppet.told.at(-1)).toMatchObject({ type: 'result-refused', worker: 'a', lease: 2, code: 'round-closed' })
      puppet.assign(3 + round)
    }
    const told = puppet.told.length
    puppet.hold(puppet.claim(1_000_000))
    puppet.hold({ ...late, worker: workerId('nobody') })
    expect(puppet.told.length).toBe(told)
  })

  test('[ENG3] numbers that are none: refused, dropped, told to the policy', () => {
    const puppet = open()
    expect(puppet.hold(puppet.claim(1), 'h1', false)).toEqual([
      { type: 'drop-result', handle: 'h1' },
      { type: 'refuse-result', worker: 'a', lease: 1, code: 'value-not-finite' },
    ])
    expect(puppet.told.at(-1)).toMatchObject({ type: 'result-refused', lease: 1, code: 'value-not-finite' })
    expect(puppet.run.held.size).toBe(0)
  })

  test("[ENG3] another's lease is never held against its owner", () => {
    const puppet = open()
    puppet.connect('b')
    const before = puppet.told.length
    puppet.hold(puppet.claim(1, { worker: workerId('b') }))
    puppet.tell({ type: 'result-rejected', worker: workerId('b'), lease: leaseId(1), code: 'frame-too-long' })
    expect(puppet.told.length).toBe(before)
    expect(findEntry(puppet.run.roster, workerId('b'))?.refused).toBe(2)
    expect(puppet.hold(puppet.claim(1))).toEqual([])
  })
})
