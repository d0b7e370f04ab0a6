// What every Storage promises. Each implementation's test runs it.

import { createHash } from 'node:crypto'
import { runId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import type { Storage } from './storage.ts'
import type { StorageErrorCode } from './storage-error.ts'

export interface StorageUnderTest {
  /** An empty storage; whoever gives it closes it and clears up after the test. */
  open(): Storage
  /** The same storage as a process would find it after a restart; one that keeps nothing returns what it is given. */
  reopen(storage: Storage): Storage
}

const run = runId('run-A_1')
const other = runId('other')
const bytes = (...values: number[]) => Uint8Array.from(values)

export function storageSuite(name: string, { open, reopen }: StorageUnderTest): void {
  const withRuns = () => {
    const storage = open()
    storage.runs.create({ id: run, title: 'First', file: {}, createdAt: 2 })
    storage.runs.create({ id: other, title: 'Second', file: null, createdAt: 1.5 })
    return storage
  }
  const refusal = (code: StorageErrorCode) => expect.objectContaining({ name: 'StorageError', code })

  describe(`${name}: runs`, () => {
    test('are found as they were created, listed oldest first, and ended', () => {
      const storage = open()
      const file = { model: { layers: [1, 2.5, null] }, title: 'ü\u0000"' }
      storage.runs.create({ id: run, title: 'ü', file, createdAt: 1_760_000_000_000 })
      storage.runs.create({ id: other, title: '', file: undefined, createdAt: 3.25 })
      storage.runs.setState(run, 'ended')
      const again = reopen(storage)
      const first = { id: run, title: 'ü', file, createdAt: 1_760_000_000_000, state: 'ended' }
      const second = { id: other, title: '', file: null, createdAt: 3.25, state: 'open' }
      expect(again.runs.find(run)).toEqual(first)
      expect(again.runs.list()).toEqual([second, first])
      expect(again.runs.find(runId('absent'))).toBeUndefined()
    })

    test('are refused twice, under a name that leaves its folder, or when unknown', () => {
      const storage = withRuns()
      const fields = { title: '', file: {}, createdAt: 0 }
      expect(() => storage.runs.create({ id: run, ...fields })).toThrow(refusal('run-exists'))
      for (const id of ['', '..', 'a/b', 'a\\b', 'x'.repeat(65)])
        expect(() => storage.runs.create({ id: runId(id), ...fields })).toThrow(refusal('name-unfit'))
      expect(() => storage.runs.setState(runId('absent'), 'ended')).toThrow(refusal('run-unknown'))
    })

    test('are not changed by changing what was given or read', () => {
      const storage = open()
      const file = { rate: 1 }
      storage.runs.create({ id: run, title: '', file, createdAt: 0 })
      file.rate = 2
      ;(storage.runs.find(run)!.file as typeof file).rate = 3
      expect(storage.runs.find(run)!.file).toEqual({ rate: 1 })
    })
  })

  describe(`${name}: rounds`, () => {
    const round = (number: number) => ({ run, round: number, modelVersion: number, facts: { loss: 1 / (number + 1) } })

    test('are read in order, by range and limit, each run for itself', () => {
      const storage = withRuns()
      for (const number of [0, 1, 2, 5, 6]) storage.rounds.append(round(number))
      storage.rounds.append({ ...round(3), run: other })
      const again = reopen(storage)
      expect(again.rounds.read(run, { limit: 10 })).toEqual([0, 1, 2, 5, 6].map(round))
      expect(again.rounds.read(run, { from: 1, to: 5, limit: 10 })).toEqual([1, 2, 5].map(round))
      expect(again.rounds.read(run, { from: 1, limit: 2 })).toEqual([1, 2].map(round))
      expect(again.rounds.last(run)).toEqual(round(6))
      expect(again.rounds.read(other, { limit: 1 })).toEqual([{ ...round(3), run: other }])
      expect(again.rounds.last(runId('absent'))).toBeUndefined()
    })

    test('go on after those past a checkpoint are deleted', () => {
      const storage = withRuns()
      for (const number of [1, 2, 3, 4]) storage.rounds.append(round(number))
      storage.rounds.append({ ...round(4), run: other })
      expect(storage.rounds.deleteAfter(run, 2)).toBe(2)
      expect(storage.rounds.deleteAfter(run, 2)).toBe(0)
      const again = reopen(storage)
      expect(again.rounds.last(run)).toEqual(round(2))
      expect(again.rounds.last(other)?.round).toBe(4)
      again.rounds.append(round(3))
      expect(again.rounds.last(run)).toEqual(round(3))
    })

    test('are refused out of order, twice, of an unknown run, or read without a bound', () => {
      const storage = withRuns()
      storage.rounds.append(round(2))
      for (const number of [2, 1])
        expect(() => storage.rounds.append(round(number))).toThrow(refusal('round-out-of-order'))
      expect(() => storage.rounds.append({ ...round(1), run: runId('absent') })).toThrow(refusal('run-unknown'))
      expect(() => storage.rounds.append(round(2.5))).toThrow(RangeError)
      for (const limit of [0, -1, 1.5, Infinity]) expect(() => storage.rounds.read(run, { limit })).toThrow(RangeError)
    })
  })

  describe(`${name}: events`, () => {
    const event = (at: number) => ({ run, at, round: 1, kind: 'settings-changed', detail: { rate: at } })

    test('are read in the order in which they came, page by page', () => {
      const storage = withRuns()
      for (const at of [5.5, 3, 4]) storage.events.append(event(at))
      storage.events.append({ ...event(9), run: other, detail: undefined })
      const again = reopen(storage)
      again.events.append(event(2))
      const page = again.events.read(run, { limit: 3 })
      expect(page.map(({ sequence, ...rest }) => rest)).toEqual([5.5, 3, 4].map(event))
      const rest = again.events.read(run, { after: page.at(-1)!.sequence, limit: 3 })
      expect(rest).toEqual([{ ...event(2), sequence: expect.any(Number) }])
      expect(again.events.read(other, { limit: 3 })[0]?.detail).toBeNull()
      expect(again.events.read(runId('absent'), { limit: 3 })).toEqual([])
    })

    test('of an unknown run are refused', () => {
      expect(() => open().events.append(event(1))).toThrow(refusal('run-unknown'))
    })
  })

  describe(`${name}: data sets and blobs`, () => {
    test('a manifest is replaced under its name', () => {
      const storage = open()
      storage.datasets.put({ name: 'digits', manifest: { parts: 1 } })
      storage.datasets.put({ name: 'cats', manifest: [] })
      storage.datasets.put({ name: 'digits', manifest: { parts: 2 } })
      const again = reopen(storage)
      expect(again.datasets.get('digits')).toEqual({ name: 'digits', manifest: { parts: 2 } })
      expect(again.datasets.list().map(dataset => dataset.name)).toEqual(['cats', 'digits'])
      expect(again.datasets.get('dogs')).toBeUndefined()
    })

    test('bytes are found by what they are', () => {
      const storage = open()
      const content = bytes(1, 2, 3)
      const hash = storage.blobs.put(content)
      expect(hash).toBe(
        createHash('sha256')
          .update(bytes(1, 2, 3))
          .digest('hex'),
      )
      content[0] = 9
      const again = reopen(storage)
      expect(again.blobs.get(hash)).toEqual(bytes(1, 2, 3))
      expect(again.blobs.put(bytes(1, 2, 3))).toBe(hash)
      expect(again.blobs.get(again.blobs.put(bytes()))).toEqual(bytes())
      expect(again.blobs.get('0'.repeat(64))).toBeUndefined()
      expect(again.blobs.path('0'.repeat(64))).toBeUndefined()
      for (const bad of ['', '../../etc/passwd', hash.toUpperCase()]) {
        expect(() => again.blobs.get(bad)).toThrow(refusal('name-unfit'))
        expect(() => again.blobs.path(bad)).toThrow(refusal('name-unfit'))
      }
    })
  })

  describe(`${name}: checkpoints`, () => {
    test('the newest is found, the one before it when that is refused, older ones are gone', () => {
      const storage = open()
      for (const round of [8, 9, 10, 100_000_000]) storage.checkpoints.save(run, round, bytes(round % 256))
      storage.checkpoints.save(other, 7, bytes(7))
      const again = reopen(storage).checkpoints
      expect(again.latest(run)).toEqual({ round: 100_000_000, bytes: bytes(0) })
      const seen: number[] = []
      expect(again.latest(run, ([first]) => seen.push(first!) > 99)).toBeUndefined()
      expect(seen).toEqual([0, 10])
      expect(again.latest(run, ([first]) => first !== 0)).toEqual({ round: 10, bytes: bytes(10) })
      expect(again.latest(runId('absent'))).toBeUndefined()
    })

    test('a refused one does not push out the one that was taken in its place', () => {
      const { checkpoints } = open()
      for (const round of [8, 9]) checkpoints.save(run, round, bytes(round))
      expect(checkpoints.latest(run, ([first]) => first === 8)?.round).toBe(8)
      checkpoints.save(run, 12, bytes(12))
      expect(checkpoints.latest(run, ([first]) => first! < 12)?.round).toBe(8)
    })

    test('saving an earlier round ends the history that went further', () => {
      const { checkpoints } = open()
      for (const round of [8, 20]) checkpoints.save(run, round, bytes(round))
      checkpoints.save(run, 9, bytes(9))
      checkpoints.save(run, 9, bytes(99))
      expect(checkpoints.latest(run)).toEqual({ round: 9, bytes: bytes(99) })
      expect(checkpoints.latest(run, ([first]) => first === 8)?.round).toBe(8)
    })

    test('the bytes are the caller’s to change, and names stay inside the folder', () => {
      const { checkpoints } = open()
      const content = bytes(1)
      checkpoints.save(run, 1, content)
      content[0] = 2
      checkpoints.latest(run)!.bytes[0] = 3
      expect(checkpoints.latest(run)!.bytes).toEqual(bytes(1))
      expect(() => checkpoints.save(runId('../up'), 1, content)).toThrow(refusal('name-unfit'))
      expect(() => checkpoints.save(run, -1, content)).toThrow(RangeError)
    })
  })

  test(`${name}: a closed record says so, and closing twice is allowed`, () => {
    const storage = withRuns()
    storage.close()
    storage.close()
    expect(() => storage.runs.list()).toThrow(refusal('storage-closed'))
    expect(() => storage.events.read(run, { limit: 1 })).toThrow(refusal('storage-closed'))
  })
}
