import { randomStream } from '@muster/numerics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nestedTree } from './nested-tree.ts'
import { createScriptedFleet, type HeldWork, msPerPartition, type ScriptedFleet } from './scripted-fleet.ts'
import type { StrategyEffect } from './strategy.ts'

const leaseMs = 5000

/** A fleet of n whose round in progress was opened with all of them. */
function start(n: number, partitions = 16): ScriptedFleet {
  const fleet = createScriptedFleet(nestedTree, { partitions, leaseMs, own: {} })
  for (let i = 0; i < n; i++) fleet.join()
  fleet.finishRounds(1)
  return fleet
}

const leafOf = (work: HeldWork): number => work.work.levels[0]!.upTo
const isOpen = (work: HeldWork): boolean => !work.isEnded && work.answered === 0

/** Everybody announces its own leaf, which is asked of everybody. */
function collect(fleet: ScriptedFleet): HeldWork[] {
  const opened = fleet.unanswered()
  fleet.wait(2 * msPerPartition)
  for (const work of opened) fleet.announce(work, leafOf(work))
  expect(opened.map(work => work.requested)).toEqual(opened.map(leafOf))
  return opened
}

describe('nested tree', () => {
  test('[N3] nobody straggles: each answers its own leaf, nobody is asked for more', () => {
    for (const n of [1, 2, 4, 8]) {
      const fleet = start(n)
      for (const work of collect(fleet)) fleet.answer(work, leafOf(work))
      expect(fleet.isApplying).toBe(true)
      expect(fleet.termOrders.at(-1)!.length).toBe(n)
      expect(fleet.reports.at(-1)).toMatchObject({ stragglers: 0, redundancy: 1, reissued: 0 })
    }
  })

  test('[N4] announcements repeated, out of order or of old rounds change nothing', () => {
    /** One run; with `noise` every step is surrounded by messages that say nothing new. */
    const decisions = (n: number, seed: number, noise: boolean): StrategyEffect[] => {
      const fleet = start(n)
      const old = fleet.work().filter(({ round }) => round === 0)
      const draw = randomStream('n4', seed)
      const seen: StrategyEffect[] = []
      const note = () => {
        seen.push(...fleet.latest.filter(({ type }) => type !== 'set-timer' && type !== 'clear-timer'))
      }
      const say = (work: HeldWork, finished: number) => {
        const reached = work.finished
        fleet.announce(work, finished)
        work.finished = reached
        note()
      }
      for (let steps = 0; steps < 400 && !fleet.isApplying; steps++) {
        fleet.wait(1)
        const open = fleet.unanswered()
        const work = open[draw.integer(open.length)]!
        if (fleet.workOn(work)) note()
        if (!noise || fleet.isApplying) continue
        say(work, work.finished)
        say(work, Math.floor(work.finished / 2))
        for (const gone of old) say(gone, 16)
      }
      expect(fleet.isApplying).toBe(true)
      return seen
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(10_000), (n, seed) => {
        expect(decisions(n, seed, true)).toEqual(decisions(n, seed, false))
      }),
    )
  })

  test.each(['leaves', 'is refused', 'gives the work back', 'freezes'] as const)(
    '[N5] while collecting an owner %s: the round closes all the same, whoever else it is',
    fate => {
      for (const n of [2, 3, 4, 6, 8]) {
        for (let lost = 0; lost < n; lost++) {
          const fleet = start(n)
          const opened = collect(fleet)
          const owner = opened[lost]!
          for (const work of opened) if (work !== owner && work.requested !== null) fleet.answer(work, leafOf(work))
          expect(fleet.isApplying).toBe(false)
          if (fate === 'leaves') fleet.leave(owner.worker)
          else if (fate === 'is refused') fleet.refuse(owner)
          else if (fate === 'gives the work back') fleet.announce(owner, leafOf(owner), true)
          fleet.finishRounds(2, worker => fate === 'is refused' || worker !== owner.worker)
        }
      }
    },
  )

  test('[N5] two owners lost one after the other: the last of four closes the round', () => {
    const fleet = start(4)
    const [first, second, third, fourth] = collect(fleet)
    fleet.answer(first!, leafOf(first!))
    fleet.leave(second!.worker)
    fleet.leave(third!.worker)
    fleet.leave(first!.worker)
    fleet.finishRounds(1, worker => worker === fourth!.worker)
  })

  test('[TRE1] a request that is never answered is abandoned for deeper blocks; the late answer is discarded', () => {
    const fleet = start(2)
    const [slow, other] = fleet.unanswered()
    fleet.wait(2 * msPerPartition)
    fleet.announce(other!, leafOf(other!))
    fleet.announce(slow!, leafOf(slow!))
    expect([slow!.requested, other!.requested]).toEqual([leafOf(slow!), leafOf(other!)])
    const askedAt = fleet.at
    fleet.answer(other!, leafOf(other!))
    fleet.fireTimer()
    expect(fleet.at - askedAt).toBeLessThanOrEqual(leaseMs)
    // It begins at the lost home; that leaf is all that is missing.
    const again = fleet.unanswered().find(work => work.worker === other!.worker)!
    expect(again.work.partitions.slice(0, leafOf(again))).toEqual(slow!.work.partitions.slice(0, leafOf(slow!)))
    fleet.announce(again, leafOf(again))
    fleet.answer(again, leafOf(again))
    expect(fleet.isApplying).toBe(true)
    const late = fleet.answer(slow!, leafOf(slow!))
    expect(fleet.latest).toContainEqual({ type: 'discard-result', handle: late })
  })

  test('[TRE1] whoever has gone on in the meantime is asked for the larger block', () => {
    const fleet = start(4)
    const opened = fleet.unanswered()
    const [lost, ...others] = opened
    fleet.wait(2 * msPerPartition)
    // The sibling of the lost home goes on to the block of both before the last one announces.
    const sibling = others.find(work => work.work.partitions.slice(0, 8).includes(lost!.work.partitions[0]!))!
    for (const work of others) fleet.announce(work, leafOf(work))
    fleet.announce(sibling, sibling.work.levels[1]!.upTo)
    expect(sibling.requested).toBe(sibling.work.levels[1]!.upTo)
    for (const work of others.filter(isOpen)) fleet.answer(work, work.requested!)
    expect(fleet.isApplying).toBe(true)
    expect(fleet.termOrders.at(-1)!.length).toBe(3)
  })
})
