// What goes wrong in a tiled round, and what becomes of it.

import { resultHandle, type WorkerId } from '@muster/vocabulary'
import { describe, expect, test } from 'vitest'
import { createScriptedFleet } from '../scripted-fleet.ts'
import { faultOf } from './ledger.ts'
import { tiled } from './tiled.ts'
import type { TiledState } from './tiled-state.ts'

const own = { together: 'meet', moves: 'while-computing', rescue: 'grid' }

function startRound(workers: number, partitions = 24) {
  let state: TiledState | null = null
  const fleet = createScriptedFleet(tiled, {
    partitions,
    own,
    watch: (now, added) => {
      state = now
      expect(faultOf(now, added)).toBeNull()
    },
  })
  for (let i = 0; i < workers; i++) fleet.join()
  const work = (isActive: (worker: WorkerId) => boolean = () => true) => {
    if (fleet.work().some(held => isActive(held.worker) && fleet.workOn(held))) return
    fleet.beat(isActive)
    if (!fleet.isApplying) fleet.fireTimer()
  }
  return { fleet, work, open: () => state!.open, state: () => state!, silent: () => state!.silent }
}

describe('what is lost again and again', () => {
  test('[TILE6] is given to everybody at once after three rescues in vain, and whoever is first ends it', () => {
    const { fleet, work, open } = startRound(4)
    for (let i = 0; open()?.phase !== 'sending' && i < 500; i++) work()
    // Whatever is given to anybody again is given back at once.
    let most = 0
    for (let i = 0; most < 4 && i < 2000; i++) {
      most = Math.max(most, ...(open()?.leases ?? []).map(({ race }) => (race === null ? 0 : 4)))
      const held = fleet.unanswered().find(({ isReleased }) => !isReleased)
      if (most === 0 && held) fleet.announce(held, held.finished, true)
      else if (most === 0) fleet.fireTimer()
    }
    const racing = open()!.leases.filter(({ race }) => race !== null)
    expect(new Set(racing.map(({ worker }) => worker)).size).toBeGreaterThan(1)
    const [first] = racing
    fleet.finishRounds(1, worker => worker === first!.worker)
    const ended = fleet.reports[0]!.workers.filter(({ fate }) => fate === 'answered')
    expect(ended.map(({ worker }) => worker)).toContain(first!.worker)
  })
})

describe('a list that was lost while lists could change', () => {
  test('[TILE6] is given to others, though it is all that is left, and none of it is pledged by anybody', () => {
    const { work, open, state } = startRound(2)
    for (let i = 0; i < 6; i++) work()
    const { list } = open()!.leases[0]!
    const pledge = { list, upTo: [0, 3, 5, 5], got: [false, false, false, false] }
    const orphans = [{ pledge, strikes: 0 }]
    for (const phase of ['sharing', 'asking'] as const) {
      const left: TiledState = { ...state(), open: { ...open()!, phase, leases: [], pool: [], orphans } }
      const moment = { at: open()!.openedAt + 1, round: 0, modelVersion: 0 }
      const [next] = tiled.step(left, { ...moment, type: 'timer-fired', timer: 'late' })
      expect(next.open).toMatchObject({ phase: 'sending', orphans: [] })
      expect(next.open!.leases.length).toBeGreaterThan(0)
    }
  })
})

test('[TILE1] an early tile that comes before a word of what it holds is not asked for anew', () => {
  const { fleet, work, open, state } = startRound(2)
  for (let i = 0; i < 8; i++) work()
  const at = fleet.at
  const [first, second] = open()!.leases
  const leases = [
    { ...first!, finished: 1, computeMs: 10, heardAt: at, shortenedTo: null, early: [7, 0, 0, 0] },
    { ...second!, finished: 1, computeMs: 10, heardAt: at, shortenedTo: null },
  ]
  const moment = { at, round: 0, modelVersion: 0 }
  const tile = { worker: first!.worker, lease: first!.id, handle: resultHandle('tile'), covers: 7, segment: 0 }
  const [came, effects] = tiled.step(
    { ...state(), open: { ...open()!, leases } },
    { ...moment, type: 'result-arrived', ...tile, computeMs: 70, loss: 1, distance: null },
  )
  expect(effects).toContainEqual({ type: 'accumulate', handle: 'tile' })
  const added = Array.from({ length: 4 }, () => new Float64Array(24))
  for (const j of first!.list.slice(0, 7)) added[0]![j] = 1
  const [asked] = tiled.step(
    { ...came, open: { ...came.open!, phase: 'asking' } },
    { ...moment, type: 'timer-fired', timer: 'late' },
  )
  expect(asked.open?.phase).toBe('sending')
  expect(faultOf(asked, added)).toBeNull()
})

describe('whoever is late by far', () => {
  test('[TILE7] is relieved of its pledge as soon as others would have it sooner, though it still speaks', () => {
    const { fleet, work, open } = startRound(4)
    for (let i = 0; open()?.phase !== 'sending' && i < 500; i++) work()
    const slow = open()!.leases.find(({ pledge }) => pledge !== null)!.worker
    for (let i = 0; fleet.reports.length === 0 && i < 3000; i++) {
      work(worker => worker !== slow)
      fleet.beat(worker => worker === slow)
      fleet.wait(5)
    }
    expect(fleet.reports).toHaveLength(1)
    expect(fleet.reports[0]!.workers.filter(({ fate }) => fate === 'straggled').map(({ worker }) => worker)).toContain(
      slow,
    )
    expect(fleet.reports[0]!.workers.some(({ isRescue }) => isRescue)).toBe(true)
  })
})

describe('silence', () => {
  test('[TILE8] of a few beats counts as gone: others have its work within a second; who speaks again is welcome', () => {
    const { fleet, work, open, silent } = startRound(3, 40)
    for (let i = 0; i < 30; i++) work()
    const quiet = open()!.leases.find(({ finished }) => finished > 0)!.worker
    const since = fleet.at
    for (let i = 0; !silent().includes(quiet) && i < 3000; i++) {
      work(worker => worker !== quiet)
      fleet.wait(2)
    }
    expect(silent()).toEqual([quiet])
    expect(fleet.at - since).toBeLessThan(1500)
    expect(open()?.leases.some(({ worker }) => worker === quiet) ?? false).toBe(false)
    // It hears that it was released, and says so.
    const held = fleet.work().find(({ worker }) => worker === quiet)!
    fleet.workOn(held)
    expect(silent()).toEqual([])
    fleet.finishRounds(2)
    expect(fleet.reports.at(-1)!.workers.map(({ worker }) => worker)).toContain(quiet)
  })
})

describe('nobody', () => {
  test('[TILE9] is here: what has come stays, no timer runs, and one newcomer does only what is missing', () => {
    const { fleet, work } = startRound(2, 12)
    for (let i = 0; i < 400 && fleet.work().every(({ tiles }) => (tiles?.sent ?? 0) === 0); i++) work()
    for (const worker of [...fleet.present]) fleet.leave(worker)
    expect(fleet.timers.size).toBe(0)
    fleet.wait(1e6)
    fleet.join()
    fleet.finishRounds(1)
    expect(fleet.reports[0]!.figures.kept).toBeGreaterThan(0)
  })
})
