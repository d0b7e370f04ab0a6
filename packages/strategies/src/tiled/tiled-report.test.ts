import { leaseId, type WorkerId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import { startPace } from './pace.ts'
import { marksMax, thinned } from './round-marks.ts'
import { tiledPanel } from './tiled-panel.ts'
import { reportTiled } from './tiled-report.ts'
import { noTally, type PastLease, startTiled, type TiledRound, type TileLease } from './tiled-state.ts'

const segments = 4
const settings = { partitions: 10, segments, leaseMs: 1000, own: {} }
const openedAt = 1000

const lease = (id: number, worker: string, given: Partial<TileLease> = {}): TileLease => ({
  ...{ id: leaseId(id), worker: worker as WorkerId, list: [0, 1, 2, 3, 4], pledge: null, direction: 'upward' },
  ...{ early: [0, 0, 0, 0], earlyGot: [false, false, false, false], race: null, strikes: 0, shortenedTo: null },
  ...{ orderedAt: openedAt, assignedAt: openedAt, endsAt: 0, dueAt: 0, startsAt: openedAt, heardAt: openedAt },
  ...{ finished: 5, computeMs: 0, pace: startPace(1), sent: 0, uploadMs: 0, own: 5, isRescue: false },
  ...{ computedAt: null, moves: [{ at: openedAt, length: 5 }], arrivals: [] },
  ...given,
})

const pledge = (...upTo: number[]) => ({ list: [0, 1, 2, 3, 4], upTo, got: upTo.map(() => true) })

function report(past: readonly PastLease[], here: readonly string[], leases: readonly TileLease[] = []) {
  const open: TiledRound = {
    ...{ round: 3, openedAt, phase: 'sending', leases, past, pool: [], orphans: [], strikes: {}, workers: [] },
    ...{ beatMs: 20, tickAt: 0, races: 0, tally: { ...noTally, moved: 2, orders: 3, replicated: 1 } },
  }
  const fleet = here.map(worker => ({ worker: worker as WorkerId }))
  return reportTiled({ ...startTiled(settings), fleet: fleet as never }, open, 2000)
}

const done = (entry: TileLease): PastLease => ({ lease: entry, fate: 'done', at: 1900 })
const lost = (entry: TileLease): PastLease => ({ lease: entry, fate: 'lost', at: 1500 })
const tilesAt = (...moments: number[]) => moments.map(at => ({ at, covers: 5 }))

describe('the report of a tiled round', () => {
  test('tells where a list changed hands and when its tiles came', () => {
    const moves = [
      { at: 1000, length: 5 },
      { at: 1100.04, length: 7 },
      { at: 1200, length: 6 },
    ]
    const { workers } = report(
      [done(lease(1, 'a', { moves, computedAt: 1300, arrivals: tilesAt(1250, 1400) })), done(lease(2, 'b'))],
      ['a', 'b'],
    )
    expect(workers[0]).toEqual({
      ...{ worker: 'a', fate: 'answered', partitions: 5, assignedAt: 0, announcedAt: 300, answeredAt: 400 },
      endedAt: null,
      held: [
        [0, 5],
        [100, 7],
        [200, 6],
      ],
      tiles: [
        [250, 0.25],
        [400, 0.25],
      ],
    })
    expect(workers[1]).toMatchObject({ fate: 'covered', endedAt: 900 })
    expect(workers[1]).not.toHaveProperty('held')
    expect(workers[1]).not.toHaveProperty('tiles')
  })

  test('whoever left is gone, whose work was taken away has straggled, and one worker straggles once', () => {
    const past = [lost(lease(1, 'a')), lost(lease(2, 'b')), lost(lease(3, 'b')), done(lease(4, 'c'))]
    const { workers, stragglers } = report(past, ['b', 'c'])
    expect(workers.map(({ fate }) => fate)).toEqual(['gone', 'straggled', 'straggled', 'covered'])
    expect(stragglers).toBe(2)
  })

  test('all rescues of one worker and end are one lane', () => {
    const rescue = (id: number, worker: string, at: number) =>
      lease(id, worker, { isRescue: true, assignedAt: at, finished: 2, computedAt: at, arrivals: tilesAt(at + 9) })
    const past = [done(rescue(2, 'a', 1500)), done(rescue(3, 'b', 1500)), done(rescue(4, 'a', 1600))]
    const { workers, reissued } = report(past, ['a', 'b'])
    expect(workers).toMatchObject([
      { worker: 'a', isRescue: true, partitions: 4, assignedAt: 500, announcedAt: 600, answeredAt: 609 },
      { worker: 'b', isRescue: true, partitions: 2, assignedAt: 500, answeredAt: 509 },
    ])
    expect(workers[0]!.tiles).toEqual([
      [509, 0.25],
      [609, 0.25],
    ])
    expect(reissued).toBe(6)
  })

  test('what came from those who were then lost is kept: a share of the rectangle of partitions and coordinates', () => {
    const came = lease(1, 'a', { pledge: pledge(5, 5, 5, 5), arrivals: tilesAt(1300, 1400) })
    expect(report([lost(came)], []).figures.kept).toBeCloseTo((2 * 5) / (10 * segments))
    expect(report([done(came)], []).figures.kept).toBe(0)
  })

  test('tiles that came early and are missing to the rest of a lost list are rescued segments', () => {
    const early = { early: [3, 0, 0, 0], earlyGot: [true, false, false, false] }
    expect(report([lost(lease(1, 'a', early))], []).figures.rescued).toBe(4)
    expect(report([lost(lease(1, 'a'))], []).figures.rescued).toBe(0)
  })

  test('an upload is spared by sending while computing and by what the partner sends', () => {
    const told = { sent: 2, uploadMs: 80, pledge: pledge(5, 5, 0, 0) }
    const beside = lease(1, 'a', { ...told, computedAt: 1300, arrivals: tilesAt(1200, 1400) })
    // One tile beside the computing, two by the partner, 40 ms each.
    expect(report([done(beside)], ['a']).figures.uploadSpared).toBe(120)
    expect(report([done({ ...beside, sent: 0 })], ['a']).figures.uploadSpared).toBe(0)
  })

  test('orders to lengthen and to send are counted beside those to shorten', () => {
    const moves = [5, 7, 6].map((length, i) => ({ at: 1000 + i, length }))
    expect(report([], [], [lease(1, 'a', { moves, pledge: pledge(5, 5, 5, 5) })]).figures.orders).toBe(3 + 2)
  })

  test('every figure of the panel is told, and no other', () => {
    expect(Object.keys(report([], []).figures).sort()).toEqual(tiledPanel.figures.map(({ key }) => key).sort())
  })
})

describe('the marks of a round', () => {
  test('are bounded together, and never more than a lane can show', () => {
    expect(marksMax(0)).toBe(32)
    expect(marksMax(8)).toBe(32)
    expect(marksMax(256)).toBe(4)
    expect(marksMax(10_000)).toBe(4)
  })

  test('are merged in order, none left out', () => {
    const marks = Array.from({ length: 100 }, (_, i) => i)
    const parts = thinned(marks, 32)
    expect(parts).toHaveLength(32)
    expect(parts.flat()).toEqual(marks)
    expect(thinned([1, 2], 32)).toEqual([[1], [2]])
  })
})
