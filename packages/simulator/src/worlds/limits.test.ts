import { randomStream } from '@muster/numerics'
import { describe, expect, test } from 'vitest'
import { createWorld, worldNames } from './create-world.ts'
import { fluidBound, genieBound, hindsightBound, redundancyBound } from './limits.ts'
import type { Occupant, World } from './world.ts'

const first = (n: number): Occupant[] => Array.from({ length: n }, (_, seat) => ({ seat, generation: 0 }))
const never = Number.POSITIVE_INFINITY

/** A world of hand-written curves, one per seat. */
const worldOf = (
  curves: readonly ((load: number) => number)[],
  fixedCost = 1,
  serverCapacity = Number.POSITIVE_INFINITY,
): World => ({
  name: 'by hand',
  workers: curves.length,
  costs: { fixedCost, detection: 0, serverCapacity },
  computeTime: ({ seat }, _round, load) => curves[seat]!(load),
  claim: () => 1,
  vanishes: () => null,
  stay: () => never,
})
const bound = (world: World) => fluidBound(world, 0, first(world.workers))

/** Curves of every sort: straight, late to start, bent, flat in parts, jumping, dead or dying. */
function drawCurve(draw: ReturnType<typeof randomStream>): (load: number) => number {
  const pace = 0.5 + 8 * draw.uniform()
  const start = draw.exponential()
  const bend = 0.6 * draw.uniform()
  switch (draw.integer(6)) {
    case 0:
      return load => pace * load
    case 1:
      return load => start + pace * load
    case 2:
      return load => pace * (Math.min(load, bend) + 4 * Math.max(0, load - bend))
    case 3:
      return load => (load < bend ? pace * load : Math.max(pace * bend, pace * (load - 0.3)))
    case 4:
      return load => (load > bend ? never : start + pace * load)
    default:
      return load => pace * load + (load > bend ? start : 0)
  }
}

/** The largest load done by then, by halving only. */
function loadByHalving(curve: (load: number) => number, time: number): number {
  let [low, high] = [0, 1]
  if (curve(0) > time) return 0
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (curve(middle) <= time) low = middle
    else high = middle
  }
  return low
}

function fluidByHalving(curves: readonly ((load: number) => number)[], fixedCost: number): number {
  const isEnough = (time: number) => curves.reduce((sum, curve) => sum + loadByHalving(curve, time), 0) >= 1 - 1e-12
  let [low, high] = [0, 1000]
  if (!isEnough(high)) return never
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return fixedCost + high
}

describe('fluid bound', () => {
  test('straight lines: c + 1/Σ(1/w)', () => {
    const times = [3, 5, 8, 40]
    const rate = times.reduce((sum, time) => sum + 1 / time, 0)
    const world = worldOf(times.map(time => load => time * load))
    expect(bound(world)).toBeCloseTo(1 + 1 / rate, 9)
    expect(
      bound(
        worldOf(
          Array(16).fill((load: number) => 16 * load),
          0,
        ),
      ),
    ).toBeCloseTo(1, 9)
    expect(fluidBound(world, 0, [{ seat: 1, generation: 0 }])).toBeCloseTo(6, 8)
    expect(fluidBound(world, 0, [])).toBe(never)
  })

  test('who starts late helps late', () => {
    expect(bound(worldOf([load => 4 * load, load => 1 + 4 * load]))).toBeCloseTo(1 + 2.5, 8)
    expect(bound(worldOf([load => 4 * load, load => 9 + 4 * load]))).toBeCloseTo(1 + 4, 8)
  })

  test('a wait at exactly the whole batch is not waited for', () => {
    // Both can do no more than half; from 2 units on nothing more is done.
    const half = (load: number) => (load <= 0.5 ? 4 * load : never)
    expect(bound(worldOf([half, half]))).toBeCloseTo(1 + 2, 8)
    expect(bound(worldOf([half]))).toBe(never)
    expect(bound(worldOf([() => never, () => never]))).toBe(never)
    expect(bound(worldOf([() => never, load => 2 * load]))).toBeCloseTo(1 + 2, 8)
  })

  test('200 fleets of every sort of curve: as found by halving', () => {
    for (let seed = 0; seed < 200; seed++) {
      const draw = randomStream(seed, 'curves')
      const curves = Array.from({ length: 1 + draw.integer(9) }, () => drawCurve(draw))
      const expected = fluidByHalving(curves, 0.5)
      const found = bound(worldOf(curves, 0.5))
      if (expected === never) expect(found, `seed ${seed}`).toBe(never)
      else expect(Math.abs(found / expected - 1), `seed ${seed}: ${found}, not ${expected}`).toBeLessThan(3e-9)
    }
  })

  test('60 fleets and a server of finite capacity: the best subset of the tabs', () => {
    for (let seed = 0; seed < 60; seed++) {
      const draw = randomStream(seed, 'capacity')
      const curves = Array.from({ length: 1 + draw.integer(6) }, () => drawCurve(draw))
      const capacity = 0.1 + 3 * draw.uniform()
      let expected = never
      for (let subset = 1; subset < 2 ** curves.length; subset++) {
        const chosen = curves.filter((_, i) => subset & (1 << i))
        expected = Math.min(expected, Math.max(fluidByHalving(chosen, 0.5), chosen.length / capacity))
      }
      const found = bound(worldOf(curves, 0.5, capacity))
      if (expected === never) expect(found, `seed ${seed}`).toBe(never)
      else expect(Math.abs(found / expected - 1), `seed ${seed}: ${found}, not ${expected}`).toBeLessThan(3e-9)
    }
  })

  test('equal workers and a slow server: as many as it has room for', () => {
    const equal = Array(16).fill((load: number) => 16 * load)
    // With m workers 16/m units of computing and m/2 units of vectors: best at m = 6.
    expect(bound(worldOf(equal, 0, 2))).toBeCloseTo(3, 8)
    expect(bound(worldOf(equal, 0, 16))).toBeCloseTo(1, 8)
  })
})

describe('genie and hindsight', () => {
  const times = [4, 4, 8, 100]
  const world = worldOf(times.map(time => load => time * load))

  test('genie: without the slowest, evenly over the rest', () => {
    expect(genieBound(world, 0, first(4))).toBeCloseTo(1 + Math.min(100 / 4, 8 / 3, 4 / 2, 4 / 1), 10)
    expect(genieBound(world, 0, first(1))).toBeCloseTo(1 + 4, 10)
    expect(genieBound(world, 0, [])).toBe(never)
  })

  test('hindsight: the redundancy that would have been best, the vanished counted as stragglers', () => {
    expect(hindsightBound(world, 0, first(4))).toBeCloseTo(1 + Math.min(100 / 4, (2 * 8) / 4, (3 * 4) / 4, 4), 10)
    expect(hindsightBound(world, 0, first(2))).toBeCloseTo(1 + 3, 10)
    expect([0, 1, 2, 3, 4].map(s => redundancyBound(world, 0, first(4), s))).toEqual([26, 5, 4, 5, never])
    expect(redundancyBound(world, 0, first(3), 0)).toBe(never)
  })

  test('every world: fluid ≤ genie ≤ hindsight ≤ any fixed redundancy, as found without shortcuts', () => {
    for (const name of worldNames.filter(known => known !== 'trace')) {
      const settings = { world: name, workers: 12, partitions: 192, rounds: 60, seed: 3, vanish: 0.2 }
      const drawn = createWorld(settings)
      for (let round = 0; round < 60; round++) {
        const survivors = first(12).filter(({ seat }) => drawn.vanishes(seat, round) === null)
        const smallest = (load: number, count: number) =>
          1 + (survivors.map(tab => drawn.computeTime(tab, round, load)).sort((a, b) => a - b)[count - 1] ?? never)
        const every = Array.from({ length: 12 }, (_, s) => s)
        const fluid = fluidBound(drawn, round, survivors)
        const genie = genieBound(drawn, round, survivors)
        const hindsight = hindsightBound(drawn, round, survivors)
        expect(genie).toBe(Math.min(...every.map(s => smallest(1 / (12 - s), 12 - s))))
        expect(hindsight).toBe(Math.min(...every.map(s => redundancyBound(drawn, round, survivors, s))))
        expect(hindsight).toBe(Math.min(...every.map(s => smallest((s + 1) / 12, 12 - s))))
        expect(fluid).toBeLessThanOrEqual(genie * (1 + 1e-9))
        expect(genie).toBeLessThanOrEqual(hindsight)
        const curves = survivors.map(tab => (load: number) => drawn.computeTime(tab, round, load))
        expect(fluid / fluidByHalving(curves, 1)).toBeCloseTo(1, 8)
      }
    }
  })
})
