import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolveStrategy, type StrategyChoice } from '../registry.ts'
import { createScriptedFleet, type HeldWork, type ScriptedFleet } from '../scripted-fleet.ts'
import { grow, startGrowth } from './growth-rules.ts'

function fleetOf(choice: StrategyChoice, workers: number, partitions = 24): ScriptedFleet {
  const resolved = resolveStrategy(choice)
  if (!resolved.ok) throw new Error(resolved.problems.join(' '))
  const fleet = createScriptedFleet(resolved.strategy, { partitions, own: resolved.own })
  for (let i = 0; i < workers; i++) fleet.join()
  return fleet
}

const last = (work: HeldWork): number => work.work.partitions.length

/** Any choice of the family, settings drawn as well. */
const anyChoice: fc.Arbitrary<StrategyChoice> = fc.oneof(
  fc.record({
    name: fc.constant('adaptive-bounded-staleness'),
    k0: fc.integer({ min: 1, max: 6 }),
    rule: fc.constantFrom('adasync', 'ratio', 'plateau', 'fixed'),
    c: fc.constantFrom(0, 0.5, 1, 2, 5, 1e9),
    starvedAfter: fc.constantFrom(0, 1, 2),
    damping: fc.constantFrom('none', 'inverse'),
    localSteps: fc.constantFrom(1, 2, 5),
    data: fc.constantFrom('own', 'shared'),
    partitionsPerStep: fc.constantFrom(0, 1, 3),
  }),
  fc.record({ name: fc.constantFrom('k-synchronous', 'k-asynchronous'), k: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ name: fc.constant('stale-synchronous'), lead: fc.integer({ min: 0, max: 3 }) }),
  fc.constantFrom('asynchronous', 'adasync', 'sa-adasync', 'local-sgd'),
)

type Action = readonly [kind: number, which: number, ms: number]
const actions: fc.Arbitrary<Action[]> = fc.array(fc.tuple(fc.nat(99), fc.nat(1000), fc.nat(300)), { maxLength: 80 })

/** Mostly answers, in any order; some join, some leave, some are refused, some time passes. */
function play(fleet: ScriptedFleet, [kind, which, ms]: Action): void {
  fleet.wait(ms)
  if (fleet.isApplying && kind < 60) return fleet.advanceModel()
  const open = fleet.unanswered()
  const work = open[which % Math.max(1, open.length)]
  if (kind < 75) return work && void fleet.answer(work, last(work))
  if (kind < 80) return void fleet.join()
  const present = [...fleet.present]
  if (kind < 85) return present.length > 1 ? fleet.leave(present[which % present.length]!) : undefined
  if (kind < 88) return work && fleet.refuse(work)
  const released = fleet.work().filter(({ isReleased, isEnded }) => isReleased && !isEnded)
  const cut = released[which % Math.max(1, released.length)]
  if (kind < 92) return cut && void fleet.answer(cut, last(cut))
  if (kind < 96) return cut && fleet.announce(cut, 0, true)
  fleet.fireTimer()
}

describe('bounded staleness', () => {
  // The scripted fleet judges: what is applied was computed at most the reported bound of versions ago, by its own count.
  test('[A1] no result is applied beyond the bound, whatever the rules and whoever answers when', () => {
    let stalest = 0
    fc.assert(
      fc.property(anyChoice, fc.integer({ min: 1, max: 8 }), actions, (choice, n, script) => {
        const fleet = fleetOf(choice, n)
        for (const action of script) play(fleet, action)
        fleet.finishRounds(2)
        for (const { figures } of fleet.reports) {
          stalest = Math.max(stalest, figures.stalenessMax!)
          if (figures.bound !== undefined) expect(figures.stalenessMax).toBeLessThanOrEqual(figures.bound)
        }
      }),
      { numRuns: 400 },
    )
    // Otherwise there would have been nothing to judge.
    expect(stalest).toBeGreaterThan(3)
  })

  test('[A2] the target never falls and rises by one at most; in force is the target, or all who are live', () => {
    fc.assert(
      fc.property(anyChoice, fc.integer({ min: 1, max: 8 }), actions, (choice, n, script) => {
        const fleet = fleetOf(choice, n)
        let most = n
        for (const action of script) {
          play(fleet, action)
          most = Math.max(most, fleet.present.size)
        }
        fleet.finishRounds(2)
        const targets = fleet.reports.map(({ figures }) => figures.target!)
        targets.forEach((target, i) => {
          const before = targets[i - 1] ?? targets[0]!
          expect(target).toBeGreaterThanOrEqual(before)
          expect(target).toBeLessThanOrEqual(before + 1)
        })
        for (const [i, { figures }] of fleet.reports.entries()) {
          expect(figures.k).toBe(fleet.combined[i])
          expect(figures.k).toBeLessThanOrEqual(Math.min(figures.target!, most))
        }
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    // √(1/0.25) = 2 and 1/0.249 > 4 times K₀.
    ['adasync', 0.25, 8],
    ['ratio', 0.249, 16],
    ['fixed', 0.25, 4],
  ] as const)(
    '[A2] %s: from a loss of 1 to one of %f, K₀ = 4 has become %i among 100 workers',
    (rule, loss, expected) => {
      let growth = grow(rule, 4, startGrowth(4), 1, 100)
      for (let round = 0; round < 400; round++) growth = grow(rule, 4, growth, loss, 100)
      expect(growth.target).toBe(expected)
    },
  )

  test('[A2] plateau: one more for every ten rounds that gain less than one per cent, none while the loss falls', () => {
    let growth = startGrowth(4)
    for (let round = 0; round < 60; round++) growth = grow('plateau', 4, growth, 0.9 ** round, 100)
    expect(growth.target).toBe(4)
    for (let round = 0; round < 200; round++) growth = grow('plateau', 4, growth, 0.9 ** 60, 100)
    const early = growth.target
    for (let round = 0; round < 100; round++) growth = grow('plateau', 4, growth, 0.9 ** 60, 100)
    expect(early).toBeGreaterThan(4)
    expect(growth.target).toBe(early + 10)
  })

  test('[A4] what was restarted, called back or ended is not applied, though its answer comes', () => {
    const fleet = fleetOf({ name: 'k-synchronous', k: 1 }, 3)
    const [fast, slow] = fleet.unanswered()
    fleet.answer(fast!, last(fast!))
    fleet.advanceModel()
    expect(slow!.isReleased).toBe(true)
    const handle = fleet.answer(slow!, last(slow!))
    expect(fleet.latest).toContainEqual({ type: 'discard-result', handle })
    expect(fleet.isApplying).toBe(false)
    const anew = fleet.unanswered().find(({ worker }) => worker === slow!.worker)!
    expect(anew.round).toBe(1)
    fleet.answer(anew, last(anew))
    expect(fleet.isApplying).toBe(true)
  })

  test('[A5] rounds close while one worker works, whatever K; the silent and the gone are not waited for', () => {
    for (const k of [1, 3, 8]) {
      const fleet = fleetOf({ name: 'k-asynchronous', k }, 8)
      const [worker, gone] = [...fleet.present]
      fleet.leave(gone!)
      fleet.finishRounds(5, other => other === worker)
      expect(fleet.combined.at(-1)).toBe(1)
    }
  })

  test('[ABS1] who starves gets half the work, again and again, down to one partition; when quick, more again', () => {
    const fleet = fleetOf({ name: 'adaptive-bounded-staleness', k0: 3, rule: 'fixed', c: 1 }, 4, 32)
    const slow = [...fleet.present][0]!
    const sizes: number[] = []
    const sizeOf = () => fleet.unanswered().find(({ worker }) => worker === slow)?.work.partitions.length
    for (let round = 0; round < 16; round++) {
      sizes.push(sizeOf()!)
      // It says that it is there, and never finishes.
      for (const work of fleet.unanswered()) if (work.worker === slow) fleet.announce(work, 0)
      fleet.wait(50)
      fleet.finishRounds(1, worker => worker !== slow)
      for (const work of fleet.work()) if (work.worker === slow && work.isReleased) fleet.workOn(work)
    }
    // Its first lease was for all the data: it was alone.
    expect([...new Set(sizes)]).toEqual([32, 8, 4, 2, 1])
    for (let round = 0; round < 20; round++) {
      const mine = fleet.unanswered().find(({ worker }) => worker === slow)
      fleet.wait(1)
      if (mine) fleet.answer(mine, last(mine))
      fleet.finishRounds(1, worker => worker !== slow)
    }
    expect(sizeOf()).toBe(8)
  })

  test('[ABS2] a worker leads the slowest by no more answers than it may, and goes on when that one has answered', () => {
    const fleet = fleetOf({ name: 'stale-synchronous', lead: 2 }, 3)
    const [slow, ...quick] = [...fleet.present]
    const heldBy = (worker: string) => fleet.unanswered().filter(work => work.worker === worker)
    const answerAll = (worker: string) => {
      let answers = 0
      for (let [work] = heldBy(worker); work; [work] = heldBy(worker), answers++) {
        fleet.answer(work, last(work))
        if (fleet.isApplying) fleet.advanceModel()
      }
      return answers
    }
    expect(quick.map(answerAll)).toEqual([3, 3])
    expect(quick.flatMap(heldBy)).toEqual([])
    const [work] = heldBy(slow!)
    fleet.answer(work!, last(work!))
    fleet.advanceModel()
    expect(quick.map(answerAll)).toEqual([1, 1])
  })

  test('[ABS3] the resumed policy goes on with the target that its last report names', () => {
    const resolved = resolveStrategy('adaptive-bounded-staleness')
    if (!resolved.ok) throw new Error('it is known')
    const { strategy, own } = resolved
    const state = strategy.start({
      partitions: 8,
      segments: 1,
      leaseMs: 1000,
      own,
      resumed: { target: 7, lossFirst: 2, lossAverage: 1 },
    })
    expect(state).toMatchObject({ growth: { target: 7, lossFirst: 2, lossAverage: 1 } })
  })
})
