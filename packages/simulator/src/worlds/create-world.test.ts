import { describe, expect, test } from 'vitest'
import { createWorld, type WorldSettings, worldDescriptions, worldNames } from './create-world.ts'
import type { World } from './world.ts'

const worldOf = (settings: Partial<WorldSettings> & { readonly world: string }): World =>
  createWorld({ workers: 16, partitions: 256, rounds: 300, seed: 1, ...settings })

const drawnNames = worldNames.filter(name => name !== 'trace')
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(q * values.length)]!
const shareOf = (values: readonly number[], is: (value: number) => boolean) => values.filter(is).length / values.length
const near = (value: number, expected: number, tolerance: number) =>
  expect(Math.abs(value / expected - 1), `${value} is not ${expected}`).toBeLessThan(tolerance)

/** What each tab of equal speed takes for 1/n in each round: its factor, n workers × R rounds of them. */
function factorsOf(world: World, rounds: number, load = 1 / world.workers, generation = 0): number[] {
  return Array.from({ length: world.workers * rounds }, (_, i) => {
    const tab = { seat: i % world.workers, generation }
    return world.computeTime(tab, Math.floor(i / world.workers), load)
  })
}

const plain = { equalSpeeds: true, workers: 64, partitions: 1024, rounds: 300 }
const factors = (world: string) => factorsOf(worldOf({ ...plain, world }), 300)

describe('factors on the time of a tab, 19200 draws each', () => {
  test('jitter: 1 + Exp(j), and 1 ± u', () => {
    const exponential = factors('jitter')
    near(mean(exponential), 1.1, 0.01)
    near(quantile(exponential, 0.5), 1 + 0.1 * Math.log(2), 0.01)
    expect(Math.min(...exponential)).toBeGreaterThanOrEqual(1)
    const uniform = factors('jitter:j=0,u=0.2')
    near(mean(uniform), 1, 0.01)
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0.8)
    expect(Math.max(...uniform)).toBeLessThan(1.2)
    near(quantile(uniform, 0.9), 1.16, 0.01)
    expect(new Set(factors('jitter:j=0'))).toEqual(new Set([1]))
  })

  test('shifted-exponential: 1 + Exp(b)', () => {
    near(mean(factors('shifted-exponential:j=0')), 2, 0.03)
    near(quantile(factors('shifted-exponential:b=2,j=0'), 0.9), 1 + 2 * Math.log(10), 0.03)
    near(mean(factors('shifted-exponential')), 2 * 1.1, 0.03)
  })

  test('exponential-setup: Exp(b) before the first of the work, the same whatever the load', () => {
    const world = worldOf({ ...plain, world: 'exponential-setup:b=0.5,j=0' })
    const starts = factorsOf(world, 300, 0)
    near(mean(starts), 0.5, 0.03)
    near(quantile(starts, 0.5), 0.5 * Math.log(2), 0.05)
    factorsOf(world, 300, 1 / 32).forEach((time, i) => {
      expect(time - starts[i]!).toBeCloseTo(2, 10)
    })
  })

  test('pareto: P(factor > x) = x^−a', () => {
    const drawn = factors('pareto:j=0')
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1)
    for (const x of [1.5, 4, 10]) expect(shareOf(drawn, factor => factor > x)).toBeCloseTo(x ** -1.5, 1.6)
    near(mean(factors('pareto:a=4,j=0')), 4 / 3, 0.02)
  })

  test('log-normal: median 1, p90/p10 = q', () => {
    const drawn = factors('log-normal:j=0')
    near(quantile(drawn, 0.5), 1, 0.03)
    near(quantile(drawn, 0.9) / quantile(drawn, 0.1), 4.5, 0.05)
    expect(new Set(factors('log-normal:q=1,j=0'))).toEqual(new Set([1]))
  })

  test('bimodal-slow: f with probability p', () => {
    const drawn = factors('bimodal-slow:p=0.3,f=10,j=0')
    expect(new Set(drawn)).toEqual(new Set([1, 10]))
    expect(shareOf(drawn, factor => factor === 10)).toBeCloseTo(0.3, 1.5)
    expect(shareOf(factors('bimodal-slow:j=0'), factor => factor === 5)).toBeCloseTo(0.1, 1.5)
  })

  test('bimodal-dead: never, not even nothing, with probability p', () => {
    const world = worldOf({ ...plain, world: 'bimodal-dead:p=0.2,j=0' })
    const nothing = factorsOf(world, 300, 0)
    expect(new Set(nothing)).toEqual(new Set([0, Number.POSITIVE_INFINITY]))
    expect(shareOf(nothing, time => time > 0)).toBeCloseTo(0.2, 1.5)
    expect(factorsOf(world, 300).map(time => time === 1)).toEqual(nothing.map(time => time === 0))
  })

  test('persistent-slow: the same tabs for ever, and they know it', () => {
    const world = worldOf({ ...plain, world: 'persistent-slow:j=0' })
    let slow = 0
    for (let seat = 0; seat < 64; seat++) {
      for (let generation = 0; generation < 40; generation++) {
        const tab = { seat, generation }
        const times = [0, 1, 299].map(round => world.computeTime(tab, round, 1 / 64))
        expect(new Set(times).size).toBe(1)
        expect([1, 5]).toContain(times[0])
        expect(world.claim(tab)).toBe(generation === 0 ? 64 * times[0]! : 64)
        if (times[0] === 5) slow++
      }
    }
    expect(slow / (64 * 40)).toBeCloseTo(0.2, 1.4)
  })

  test('regime-switch: the same tabs in all rounds of the middle, nobody before and after', () => {
    const world = worldOf({ ...plain, workers: 512, world: 'regime-switch:j=0' })
    const inRound = (round: number) =>
      Array.from({ length: 512 }, (_, seat) => world.computeTime({ seat, generation: 0 }, round, 1 / 512))
    for (const round of [0, 99, 200, 299]) expect(new Set(inRound(round))).toEqual(new Set([1]))
    const middle = inRound(100)
    for (const round of [101, 150, 199]) expect(inRound(round)).toEqual(middle)
    expect(shareOf(middle, factor => factor === 5)).toBeCloseTo(0.2, 1.2)
    expect(world.claim({ seat: middle.indexOf(5), generation: 0 })).toBe(512)
  })

  test('regime-mid-round: p slow at any time, q switching, at a uniform point of the work', () => {
    const world = worldOf({ ...plain, world: 'regime-mid-round:j=0' })
    let [slow, switched, late] = [0, 0, 0]
    for (let seat = 0; seat < 64; seat++) {
      const tab = { seat, generation: 0 }
      for (let round = 0; round < 300; round++) {
        // Its state at the round's begin and, beyond one unit's work, at its end.
        const first = world.computeTime(tab, round, 1e-9 / 64) / 1e-9
        const last = world.computeTime(tab, round, 3 / 64) - world.computeTime(tab, round, 2 / 64)
        if (first > 2) slow++
        if (Math.abs(first - last) < 0.01) continue
        switched++
        const time = world.computeTime(tab, round, 1 / 64)
        // Where the work w of a unit turns: first·w + last·(1 − w) = time.
        if ((time - last) / (first - last) > 0.5) late++
        if (round < 299) expect(world.computeTime(tab, round + 1, 1e-9 / 64) / 1e-9).toBeCloseTo(last, 5)
      }
    }
    expect(slow / 19200).toBeCloseTo(0.3, 1.2)
    expect(switched / 19200).toBeCloseTo(0.05, 1.9)
    expect(late / switched).toBeCloseTo(0.5, 1)
  })

  test('task: independent times of the partitions, linear within each, also beyond the whole batch', () => {
    const world = worldOf({ ...plain, partitions: 128, world: 'task' })
    const tab = { seat: 3, generation: 0 }
    const ends = Array.from({ length: 20_001 }, (_, j) => world.computeTime(tab, 0, j / 128))
    const times = ends.slice(1).map((end, j) => end - ends[j]!)
    near(mean(times), 2 * 0.5, 0.03)
    near(quantile(times, 0.9), 0.5 * (1 + Math.log(10)), 0.03)
    expect(Math.min(...times)).toBeGreaterThan(0.4999)
    expect(world.computeTime(tab, 0, 10.25 / 128)).toBeCloseTo(ends[10]! + times[10]! / 4, 10)
    near(mean(factors('task:b=3')), 4, 0.03)
  })
})

describe('every world', () => {
  const loads = [0, 1e-6, 1 / 256, 1 / 16, 0.1, 0.5, 1, 1.7]

  test.each(drawnNames)('%s: more work never takes less time', name => {
    const world = worldOf({ world: name })
    for (let seat = 0; seat < 16; seat++) {
      for (let round = 0; round < 20; round++) {
        const times = loads.map(load => world.computeTime({ seat, generation: 1 }, round, load))
        expect(times[0]).toBeGreaterThanOrEqual(0)
        for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThanOrEqual(times[i - 1]!)
      }
    }
  })

  test.each(drawnNames)('%s: the same seed draws the same, whoever is asked first and how often', name => {
    const [one, other] = [worldOf({ world: name }), worldOf({ world: name })]
    const stranger = worldOf({ world: name, seed: 2 })
    const questions = Array.from({ length: 16 * 2 * 30 }, (_, i) => ({
      tab: { seat: i % 16, generation: (i >> 4) % 2 },
      round: i >> 5,
    }))
    const ask = (world: World, { tab, round }: (typeof questions)[number]) =>
      loads.map(load => world.computeTime(tab, round, load))
    const forwards = questions.map(question => ask(one, question))
    const backwards = questions.toReversed().map(question => ask(other, question))
    expect(backwards.toReversed()).toEqual(forwards)
    expect(questions.map(question => ask(one, question))).toEqual(forwards)
    expect(questions.map(question => ask(stranger, question))).not.toEqual(forwards)
  })
})

describe('occupants', () => {
  const speeds = (world: World, generation: number) =>
    Array.from({ length: world.workers }, (_, seat) => world.computeTime({ seat, generation }, 0, 1))

  test('persistent speeds: log-normal with p90/p10 = 4.5, the median of the first occupants exactly n', () => {
    for (const workers of [5, 64]) {
      const sorted = speeds(worldOf({ world: 'jitter:j=0', workers }), 0).sort((a, b) => a - b)
      const middle = (sorted[Math.floor((workers - 1) / 2)]! + sorted[Math.ceil((workers - 1) / 2)]!) / 2
      expect(middle).toBeCloseTo(workers, 10)
    }
    const many = worldOf({ world: 'jitter:j=0', workers: 20_000 })
    for (const generation of [0, 3]) {
      const drawn = speeds(many, generation)
      near(quantile(drawn, 0.9) / quantile(drawn, 0.1), 4.5, 0.05)
      near(quantile(drawn, 0.5), 20_000, 0.03)
    }
    expect(new Set(speeds(worldOf({ world: 'jitter:j=0', equalSpeeds: true }), 7))).toEqual(new Set([16]))
  })

  test('the first claim their own time, newcomers the usual one', () => {
    const world = worldOf({ world: 'jitter:j=0' })
    for (let seat = 0; seat < 16; seat++) {
      const tab = { seat, generation: 0 }
      expect(world.claim(tab)).toBe(world.computeTime(tab, 5, 1))
      expect(world.claim({ seat, generation: 2 })).toBe(16)
    }
  })

  test('vanishing: with probability p per worker and round, at a uniform share of it', () => {
    const world = worldOf({ world: 'jitter', vanish: 0.05, workers: 64 })
    const all = Array.from({ length: 64 * 300 }, (_, i) => world.vanishes(i % 64, Math.floor(i / 64)))
    const shares = all.filter(share => share !== null)
    expect(shares.length / all.length).toBeCloseTo(0.05, 1.9)
    expect(mean(shares)).toBeCloseTo(0.5, 1)
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...shares)).toBeLessThan(1)
    expect(world.vanishes(3, 4)).toBe(world.vanishes(3, 4))
    expect(worldOf({ world: 'jitter' }).vanishes(0, 0)).toBeNull()
    expect(worldOf({ world: 'jitter', vanish: 1 }).vanishes(0, 0)).not.toBeNull()
  })

  test('stays: for ever, or log-normal with the given median; the first have a uniform part of it left', () => {
    expect(worldOf({ world: 'jitter' }).stay({ seat: 0, generation: 0 })).toBe(Number.POSITIVE_INFINITY)
    const world = worldOf({ world: 'jitter', churn: 30, workers: 20_000 })
    const stays = (generation: number) => Array.from({ length: 20_000 }, (_, seat) => world.stay({ seat, generation }))
    near(quantile(stays(1), 0.5), 30, 0.03)
    near(quantile(stays(1), 0.8413), 30 * Math.E, 0.05)
    near(mean(stays(0)), mean(stays(1)) / 2, 0.05)
  })

  test('costs: as told, or two heart-beats after a control message', () => {
    expect(worldOf({ world: 'jitter', fixedCost: 4 }).costs).toEqual({
      fixedCost: 4,
      detection: 0.05 * 4 + 2 * 0.008 * 5,
      serverCapacity: Number.POSITIVE_INFINITY,
    })
    expect(worldOf({ world: 'jitter', fixedCost: 0, detection: 3, serverCapacity: 8 }).costs).toEqual({
      fixedCost: 0,
      detection: 3,
      serverCapacity: 8,
    })
    expect(worldOf({ world: 'jitter' }).costs.fixedCost).toBe(1)
  })
})

describe('names', () => {
  test('a world is called what an operator would write, and that gives the same world', () => {
    expect(worldOf({ world: 'bimodal-slow' }).name).toBe('bimodal-slow:p=0.1,f=5')
    expect(worldOf({ world: 'bimodal-slow: f = 10' }).name).toBe('bimodal-slow:p=0.1,f=10')
    expect(worldOf({ world: 'jitter' }).name).toBe('jitter')
    expect(worldOf({ world: 'jitter:j=0.3' }).name).toBe('jitter:j=0.3')
    expect(worldOf({ world: 'regime-switch' }).name).toBe('regime-switch:p=0.2,f=5,from=1/3,to=2/3')
    for (const world of drawnNames) {
      const { name } = worldOf({ world })
      expect(factorsOf(worldOf({ world: name }), 10)).toEqual(factorsOf(worldOf({ world }), 10))
    }
  })

  test('every world says what it means, and of each parameter its default and range', () => {
    for (const { meaning, parameters } of worldDescriptions) {
      expect(meaning).toMatch(/^[A-Z].{20,}\.$/)
      for (const { meaning, default: usual, min, max } of Object.values(parameters)) {
        expect(meaning.length).toBeGreaterThan(8)
        expect(usual).toBeGreaterThanOrEqual(min)
        expect(usual).toBeLessThanOrEqual(max)
      }
    }
  })

  test.each([
    ['fog', '"world" is "fog"; allowed: "jitter", "shifted-exponential", "exponential-setup", "pareto",'],
    ['toString', '"world" is "toString"; allowed: "jitter",'],
    ['jitter:p=0.1', '"jitter.p" is no parameter of jitter; allowed: "j", "u".'],
    ['bimodal-slow:p=2', '"bimodal-slow.p" is "2"; allowed: a number from 0 to 1.'],
    ['bimodal-slow:p=', '"bimodal-slow.p" is ""; allowed: a number from 0 to 1.'],
    ['bimodal-slow:p=0.1x', '"bimodal-slow.p" is "0.1x"; allowed: a number from 0 to 1.'],
    ['bimodal-slow:p=1/0', '"bimodal-slow.p" is "1/0"; allowed: a number from 0 to 1.'],
    ['bimodal-slow:f=0.5', '"bimodal-slow.f" is "0.5"; allowed: a number from 1 to 1000.'],
    ['bimodal-slow:p', '"world" has "p"; allowed: "name:parameter=number,parameter=number".'],
    ['bimodal-slow:p=0,p=1', '"bimodal-slow.p" is given twice; allowed: once.'],
    ['regime-switch:from=0.9', '"regime-switch.from" is 0.9; allowed: at most "to", which is'],
    ['regime-mid-round:q=0.9', '"regime-mid-round.q" is 0.9; allowed: at most 0.6,'],
    ['trace:p=1', '"trace.p" is no parameter of trace; allowed: none.'],
    ['trace', '"trace" is missing;'],
  ])('%s is refused', (world, message) => {
    expect(() => worldOf({ world })).toThrow(RangeError)
    expect(() => worldOf({ world })).toThrow(message)
  })

  test.each([
    [{ workers: 0 }, '"workers" is 0; allowed: a whole number, 1 or more.'],
    [{ partitions: 1.5 }, '"partitions" is 1.5; allowed: a whole number, 1 or more.'],
    [{ rounds: Number.NaN }, '"rounds" is NaN; allowed: a whole number, 1 or more.'],
    [{ fixedCost: -1 }, '"fixedCost" is -1; allowed: units, 0 or more.'],
    [{ vanish: 1.1 }, '"vanish" is 1.1; allowed: a number from 0 to 1.'],
    [{ churn: 0 }, '"churn" is 0; allowed: units above 0.'],
    [{ serverCapacity: 0 }, '"serverCapacity" is 0; allowed: vectors a unit, above 0.'],
    [{ unitSeconds: 0 }, '"unitSeconds" is 0; allowed: seconds above 0.'],
  ])('%o is refused', (settings, message) => {
    expect(() => worldOf({ world: 'jitter', ...settings })).toThrow(new RangeError(message))
  })
})
