import { leaseId, workerId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import {
  changeMember,
  type Fleet,
  findMember,
  hear,
  isSilent,
  joinFleet,
  lateTime,
  leaveFleet,
  observe,
  speedsOf,
} from './fleet.ts'

const [a, b, c] = [workerId('a'), workerId('b'), workerId('c')]
const claims = (msPerPartition: number) => ({ backend: 'cpu', msPerPartition, deviceShare: 1 }) as const
const join = (fleet: Fleet, worker = a, ms = 10) => joinFleet(fleet, worker, claims(ms), 0)
const paceOf = (fleet: Fleet, worker = a) => findMember(fleet, worker)!.msPerPartition
const speedOf = (fleet: Fleet, worker = a) => speedsOf(fleet)(findMember(fleet, worker)!)
interface Answer {
  readonly worker?: typeof a
  readonly partitions?: number
  readonly finished?: number
  readonly elapsedMs?: number | null
}

/** An answer to ten partitions that took so many milliseconds each. */
function answer(fleet: Fleet, ms: number, { worker = a, partitions = 10, ...seen }: Answer = {}): Fleet {
  const { finished = partitions, elapsedMs = ms * partitions } = seen
  return observe(fleet, worker, leaseId(1), { partitions, finished, computeMs: ms * finished, elapsedMs })
}

/** A worker that has always taken so many milliseconds a partition. */
function settled(ms: number): Fleet {
  let fleet = answer(join([]), ms)
  for (let round = 0; round < 5; round++) fleet = answer(fleet, ms)
  return fleet
}

describe('what is learnt of a worker', () => {
  test('[FLT1] the first observation replaces the claim; later ones move it by their weight, in the log domain', () => {
    const once = answer(join([]), 20)
    expect(paceOf(once)).toBe(20)
    expect(paceOf(answer(once, 40))).toBeCloseTo(20 * 2 ** 0.5, 9)
    expect(paceOf(answer(settled(20), 40))).toBeCloseTo(20 * 2 ** 0.2, 9)
  })

  test('[FLT1] a lasting change of speed is learnt within fifteen rounds to a tenth', () => {
    let fleet = settled(10)
    for (let round = 0; round < 15; round++) fleet = answer(fleet, 100)
    expect(paceOf(fleet)).toBeGreaterThan(90)
    expect(paceOf(fleet)).toBeLessThanOrEqual(100)
  })

  test('[FLT1] a few partitions of a long lease say less, unless they took as long as all should have', () => {
    const known = settled(10)
    const little = paceOf(answer(known, 40, { finished: 1, elapsedMs: null }))!
    expect(little).toBeCloseTo(10 * 4 ** (0.2 * 0.4), 9)
    expect(paceOf(answer(known, 100, { finished: 1, elapsedMs: null }))).toBeCloseTo(10 * 10 ** 0.2, 9)
  })

  test('[FLT1] nothing finished is a lower bound: it counts only when it exceeds what was believed', () => {
    const known = answer(join([]), 10)
    const nothing = (computeMs: number) =>
      paceOf(observe(known, a, leaseId(2), { partitions: 10, finished: 0, computeMs, elapsedMs: null }))!
    expect(nothing(8)).toBe(10)
    expect(nothing(200)).toBeGreaterThan(10)
  })

  test('[FLT1] a worker whose own leaf is empty has a speed, whatever it did', () => {
    const known = answer(join([]), 10)
    for (const [finished, computeMs] of [
      [0, 0],
      [0, 15],
      [3, 30],
      [0, 0.5],
    ] as const) {
      const seen = observe(known, a, leaseId(2), { partitions: 0, finished, computeMs, elapsedMs: null })
      expect(Number.isFinite(paceOf(seen))).toBe(true)
    }
  })

  test('[FLT1] a claim of more computing time than has passed is not believed', () => {
    const fleet = observe(join([]), a, leaseId(1), { partitions: 10, finished: 10, computeMs: 1e9, elapsedMs: 200 })
    expect(paceOf(fleet)).toBe(20)
    expect(speedOf(fleet).overheadMs).toBe(0)
  })

  test("[FLT2] a newcomer's claim is corrected by how the others' claims turned out", () => {
    const fleet = join(answer(join(answer(join([]), 20), b), 20, { worker: b }), c, 6)
    expect(speedOf(fleet, c)).toMatchObject({ msPerPartition: 12, isGuess: true })
    expect(speedOf(fleet, a)).toMatchObject({ msPerPartition: 20, isGuess: false })
  })

  test('who comes back is a newcomer', () => {
    const fleet = join(answer(join([]), 20), a, 10)
    expect(fleet.length).toBe(1)
    expect(speedOf(fleet).isGuess).toBe(true)
    expect(leaveFleet(fleet, a)).toEqual([])
  })

  test('[FLT1] an overhead that is not seen again gives way to what is usual', () => {
    let fleet = answer(join([]), 10, { elapsedMs: 1100 })
    for (const other of [b, workerId('c')]) fleet = answer(join(fleet, other), 10, { worker: other, elapsedMs: 110 })
    expect(speedOf(fleet, a).overheadMs).toBe(1000)
    for (let round = 0; round < 40; round++) fleet = answer(fleet, 10, { finished: 3, elapsedMs: null })
    expect(speedOf(fleet, a).overheadMs).toBeLessThan(50)
    expect(speedOf(fleet, a).overheadMs).toBeGreaterThan(10 - 1e-9)
  })
})

describe('late and silent', () => {
  test('[FLT3] late is judged by the own past only: the others may be as fast as they like', () => {
    const slow = answer(join([]), 100)
    const among = answer(join(slow, b), 1, { worker: b })
    const alone = lateTime(speedOf(slow), 10, 0)
    expect(lateTime(speedOf(among, a), 10, 0)).toBe(alone)
    expect(alone).toBe(2 * 10 * 100)
  })

  test('[FLT3] scheduling noise is granted; a guess is given more time', () => {
    const speed = { msPerPartition: 10, overheadMs: 0, isGuess: false }
    expect(lateTime(speed, 1, 0)).toBe(70)
    expect(lateTime({ ...speed, isGuess: true }, 10, 0)).toBe(1600)
    expect(lateTime({ ...speed, isGuess: true }, 100, 0)).toBe(6000)
  })

  test('[FLT4] silent: a lease fell due and nothing was heard since; a word ends it', () => {
    const due = changeMember(join([]), a, member => ({ ...member, open: [{ lease: leaseId(1), dueAt: 100 }] }))
    expect(isSilent(findMember(due, a)!, 100)).toBe(false)
    expect(isSilent(findMember(due, a)!, 101)).toBe(true)
    expect(isSilent(findMember(hear(due, a, 101), a)!, 200)).toBe(false)
    expect(isSilent(findMember(answer(due, 10), a)!, 200)).toBe(false)
  })
})
