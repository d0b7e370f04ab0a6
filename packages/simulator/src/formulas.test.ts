// The rivals against what is known of them: closed formulas for i.i.d. exponential hardship, played by the production
// machines with messages that cost nothing. A round's time must be the order statistic of its draws, one by one; the
// mean must be the formula.
//
// Every draw is a run of one round. In longer runs a round begins late for whoever is still busy with a partition that
// nobody wants any more (a release is heeded between partitions), which no formula knows: the last test says how much.

import type { StrategyChoice } from '@muster/strategies'
import { describe, expect, test } from 'vitest'
import { simulate } from './simulate.ts'
import { type SimulatedRound, unitMs } from './stage.ts'
import { createWorld } from './worlds/create-world.ts'
import type { World } from './worlds/world.ts'

const n = 8
const draws = 300
/** Mean of the exponential; a share of 1/n takes 1 + b·Exp units. */
const b = 0.5

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const harmonic = (count: number) => Array.from({ length: count }, (_, i) => 1 / (i + 1)).reduce((sum, x) => sum + x, 0)

const size = { workers: n, partitions: n, rounds: 1 }
const drawn = (seed: number, changes: Partial<typeof size> = {}): World =>
  createWorld({ world: `shifted-exponential:b=${b},j=0`, ...size, ...changes, fixedCost: 0, equalSpeeds: true, seed })

function play(world: World, strategy: StrategyChoice, changes: Partial<typeof size> = {}): readonly SimulatedRound[] {
  const { violations, rounds } = simulate({ seed: 1, strategy, world, ...size, ...changes })
  expect(violations).toEqual([])
  return rounds
}

const unitsOf = ({ totalMs }: SimulatedRound): number => totalMs / unitMs

/** How many times as long as its share each tab takes, ascending. */
const slownesses = (world: World, round = 0): number[] =>
  namedSlownesses(world, round).sort((one, other) => one - other)

const namedSlownesses = (world: World, round: number): number[] =>
  Array.from({ length: n }, (_, seat) => world.computeTime({ seat, generation: 0 }, round, 1 / n))

/** The time of a round in which each does s + 1 shares and the last s are not waited for. */
const orderStatistic = (times: readonly number[], s: number): number => (s + 1) * times[n - s - 1]!

interface Law {
  readonly strategy: StrategyChoice
  /** From the draws of one round. */
  readonly roundOf: (world: World) => number
  readonly meanOf: number
}

const fixedCode = (s: number): Omit<Law, 'strategy'> => ({
  roundOf: world => orderStatistic(slownesses(world), s),
  meanOf: (s + 1) * (1 + b * (harmonic(n) - harmonic(s))),
})

const repetition = (s: number): Omit<Law, 'strategy'> => ({
  roundOf(world) {
    const times = namedSlownesses(world, 0)
    const groups = Array.from({ length: n / (s + 1) }, (_, g) => times.slice(g * (s + 1), (g + 1) * (s + 1)))
    return (s + 1) * Math.max(...groups.map(group => Math.min(...group)))
  },
  meanOf: (s + 1) * (1 + (b / (s + 1)) * harmonic(n / (s + 1))),
})

const laws: readonly Law[] = [
  { strategy: 'full-synchrony', ...fixedCode(0) },
  // So patient that it never issues again.
  { strategy: { name: 'timeout', factor: 20 }, ...fixedCode(0) },
  { strategy: { name: 'speed-proportional', patience: 20 }, ...fixedCode(0) },
  ...[0, 1, 3, 6].map(s => ({ strategy: { name: 'cyclic-repetition', s }, ...fixedCode(s) })),
  ...[1, 3, 7].map(s => ({ strategy: { name: 'fractional-repetition', s }, ...repetition(s) })),
  ...[1, 3].map(spare => ({
    strategy: { name: 'backup-workers', b: spare },
    roundOf: (world: World) => slownesses(world)[n - spare - 1]!,
    meanOf: 1 + b * (harmonic(n) - harmonic(spare)),
  })),
]

describe('rounds of i.i.d. draws', () => {
  test.each(laws.map(law => [JSON.stringify(law.strategy), law] as const))(
    '[SIM6] %s',
    (_, { strategy, roundOf, meanOf }) => {
      const found = Array.from({ length: draws }, (_, seed) => {
        const world = drawn(seed)
        const units = unitsOf(play(world, strategy)[0]!)
        expect(units).toBeCloseTo(roundOf(world), 6)
        return units
      })
      expect(Math.abs(mean(found) / meanOf - 1)).toBeLessThanOrEqual(0.03)
    },
  )
})

describe('nested cyclic codes through the production machines', () => {
  test.each([0, 1])('[N1] mixed: %i, no round ends later than under any fixed tolerance, on the same draws', mixed => {
    for (let seed = 0; seed < 100; seed++) {
      const world = drawn(seed)
      const times = slownesses(world)
      const fixed = Array.from({ length: n }, (_, s) => orderStatistic(times, s))
      const [round] = play(world, { name: 'nested-cyclic', toleranceMax: n - 1, mixed })
      expect(unitsOf(round!)).toBeCloseTo(Math.min(...fixed), 6)
      if (seed >= 20) continue
      for (const s of [0, 1, 2, 4])
        expect(unitsOf(round!)).toBeLessThanOrEqual(
          unitsOf(play(world, { name: 'cyclic-repetition', s })[0]!) * (1 + 1e-9),
        )
    }
  })

  test.each([0, 1, 2, 3, 5, 7])('[N2] %i gone: every live worker does one block more than that', s => {
    const dead = new Set(Array.from({ length: s }, (_, i) => (3 * i) % n))
    const world: World = {
      name: 'so many dead',
      workers: n,
      costs: { fixedCost: 0, detection: 0.016, serverCapacity: Number.POSITIVE_INFINITY },
      computeTime: ({ seat }, _, load) => (dead.has(seat) ? Number.POSITIVE_INFINITY : load * n),
      claim: () => n,
      vanishes: () => null,
      stay: () => Number.POSITIVE_INFINITY,
    }
    const [round] = play(world, { name: 'nested-cyclic', toleranceMax: n - 1 })
    expect(unitsOf(round!)).toBeCloseTo(s + 1, 6)
    expect(round!.load).toBeCloseTo(((n - s) * (s + 1)) / n, 9)
    expect(round!.exceeded).toBe(0)
  })
})

describe('rounds in which work is pulled', () => {
  const chunksPerWorker = 4
  const fine = { partitions: chunksPerWorker * n }
  const chunk = 1 / chunksPerWorker
  const fluid = (times: readonly number[]) => n / times.reduce((sum, time) => sum + 1 / time, 0)

  test('[SIM6] a work queue ends after the fluid bound, by at most the two chunks that each holds', () => {
    for (let seed = 0; seed < 100; seed++) {
      const world = drawn(seed, fine)
      const times = slownesses(world)
      const units = unitsOf(play(world, { name: 'work-queue', chunksPerWorker }, fine)[0]!)
      // While something is left to pull nobody is idle: it is all handed out by the fluid bound.
      expect(units).toBeGreaterThanOrEqual(fluid(times) * (1 - 1e-9))
      expect(units).toBeLessThanOrEqual(fluid(times) + 2 * chunk * times.at(-1)!)
    }
  })

  test('[SIM6] m-synchronous: a round ends with the micro-gradient that makes m of them, whoever took it', () => {
    for (let seed = 0; seed < 100; seed++) {
      const world = drawn(seed, fine)
      const ends = slownesses(world).flatMap(time => Array.from({ length: 4 * n }, (_, i) => (i + 1) * chunk * time))
      const last = ends.sort((one, other) => one - other)[4 * n - 1]!
      expect(unitsOf(play(world, { name: 'm-synchronous', chunksPerWorker }, fine)[0]!)).toBeCloseTo(last, 6)
    }
  })
})

test('[SIM7] over many rounds whoever was not waited for comes late by part of a partition: the finer, the less', () => {
  const rounds = 60
  const excess = [1, 4, 16].map(perWorker => {
    const changes = { partitions: perWorker * n, rounds }
    const world = drawn(1, changes)
    const found = play(world, { name: 'cyclic-repetition', s: 1 }, changes)
    return mean(found.map(unitsOf)) / mean(found.map(({ round }) => orderStatistic(slownesses(world, round), 1)))
  })
  expect(excess[1]).toBeLessThan(excess[0]!)
  expect(excess[2]).toBeGreaterThanOrEqual(1)
  expect(excess[2]).toBeLessThan(1.02)
})
