import { limits, peerReport } from '@muster/protocol'
import type { IterationTold, PeerReport } from '@muster/vocabulary'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createReports } from './reports.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const told = (iteration: number): IterationTold => ({
  generation: 1,
  iteration,
  ms: 5,
  isFinished: true,
  weights: { a: 1 },
  isTorn: false,
})
const iterations = (...names: number[]): PeerReport => ({ type: 'iterations-told', told: names.map(told) })
const signOfLife: PeerReport = { type: 'iterations-told', told: [] }

function open() {
  const sent: PeerReport[] = []
  const reports = createReports(report => void sent.push(report))
  /** Iterations as they were told, in order. */
  const iterationsSent = () =>
    sent.flatMap(report => (report.type === 'iterations-told' ? report.told.map(of => of.iteration) : []))
  return { sent, reports, iterationsSent }
}

test('iterations are put together and told a few times a second', () => {
  const { sent, reports } = open()
  for (let i = 0; i < 5; i++) {
    reports.add(iterations(i))
    vi.advanceTimersByTime(10)
  }
  expect(sent).toEqual([])
  vi.advanceTimersByTime(200)
  expect(sent).toEqual([iterations(0, 1, 2, 3, 4)])
  vi.advanceTimersByTime(10_000)
  expect(sent.length).toBe(1)
})

test('as many as a message may hold are told at once', () => {
  const { sent, reports, iterationsSent } = open()
  for (let i = 0; i < limits.iterationsToldMax; i++) reports.add(iterations(i))
  expect(sent.length).toBe(1)
  expect(iterationsSent().length).toBe(limits.iterationsToldMax)
})

test('what somebody waits for is told at once', () => {
  const { sent, reports } = open()
  const finished: PeerReport = { type: 'step-finished', generation: 1, iteration: 4 }
  reports.add(iterations(3))
  reports.add(finished)
  expect(sent).toEqual([finished])
  reports.flush()
  expect(sent).toEqual([finished, iterations(3)])
})

test('a sign of life is given only where nothing else waits to be told', () => {
  const { sent, reports } = open()
  reports.add(signOfLife)
  expect(sent).toEqual([signOfLife])
  reports.add(iterations(1))
  reports.add(signOfLife)
  vi.advanceTimersByTime(1000)
  expect(sent).toEqual([signOfLife, iterations(1)])
})

test('while the coordinator is away nothing is told; when it is back, the last of it, in order', () => {
  const { sent, reports, iterationsSent } = open()
  reports.add(iterations(0))
  reports.online(false)
  for (let i = 1; i < 10; i++) reports.add(iterations(i))
  reports.add(signOfLife)
  reports.add({ type: 'links-told', direct: [], relayed: [] })
  vi.advanceTimersByTime(10_000)
  reports.flush()
  expect(sent).toEqual([])
  reports.online(true)
  expect(iterationsSent()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(sent.every(({ type }) => type === 'iterations-told')).toBe(true)
  reports.add(iterations(10))
  vi.advanceTimersByTime(200)
  expect(iterationsSent().at(-1)).toBe(10)
})

test('a long time away is remembered only so far back, and told in messages of their size', () => {
  const { sent, reports, iterationsSent } = open()
  reports.online(false)
  for (let i = 0; i < 5000; i++) reports.add(iterations(i))
  reports.online(true)
  const found = iterationsSent()
  expect(found.length).toBeLessThan(1000)
  expect(found).toEqual(Array.from(found, (_, i) => 5000 - found.length + i))
  expect(sent.every(report => peerReport.safeParse(report).success)).toBe(true)
})

test('with as many neighbours as there may be, no message is larger than the coordinator hears', () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, i) => String(i).padStart(limits.idCharactersMax, 'n'))
  for (const neighbours of [64, limits.workersMax]) {
    const { sent, reports, iterationsSent } = open()
    const weights = Object.fromEntries(names(neighbours).map(name => [name, 1 / 3 / neighbours]))
    reports.online(false)
    for (let i = 0; i < 40; i++) reports.add({ type: 'iterations-told', told: [{ ...told(i), weights }] })
    reports.online(true)
    expect(iterationsSent()).toEqual(Array.from({ length: 40 }, (_, i) => i))
    for (const report of sent) expect(JSON.stringify(report).length).toBeLessThan(limits.controlMessageBytesMax)
  }
})

test('who has closed tells nothing any more', () => {
  const { sent, reports } = open()
  reports.add(iterations(0))
  reports.close()
  reports.online(true)
  reports.flush()
  vi.advanceTimersByTime(10_000)
  expect(sent).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})
