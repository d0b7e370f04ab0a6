import { expect, test } from 'vitest'
import { delayLaws, slowness, slowWorkers, workers } from './setting.ts'
import { stragglerWorld } from './straggler-world.ts'

const seats = Array.from({ length: workers }, (_, seat) => ({ seat, generation: 0 }))
const evenShare = 1 / workers

test.each(delayLaws)('%s: an even share takes a unit in the mean, and six where a worker is slow', law => {
  const rounds = 4000
  const world = stragglerWorld(law, 7)
  const slow = seats.filter(tab => world.claim(tab) > workers)
  expect(slow).toHaveLength(slowWorkers)
  for (const tab of seats.slice(0, 8)) {
    const times = Array.from({ length: rounds }, (_, round) => world.computeTime(tab, round, evenShare))
    const factor = slow.includes(tab) ? slowness : 1
    const least = law === 'pareto' ? 0.6 : 0.2
    expect(Math.min(...times)).toBeGreaterThanOrEqual(factor * least)
    const mean = times.reduce((sum, time) => sum + time, 0) / rounds / factor
    // The variance of Pareto's law is infinite: its mean settles slowly.
    expect(Math.abs(mean - 1)).toBeLessThan(law === 'pareto' ? 0.15 : 0.06)
  }
})

test('time is proportional to the share, and the same for the same draws', () => {
  const world = stragglerWorld('exponential', 1)
  const whole = world.computeTime(seats[3]!, 5, evenShare)
  expect(world.computeTime(seats[3]!, 5, evenShare / 2)).toBeCloseTo(whole / 2, 12)
  expect(world.computeTime(seats[3]!, 5, 2 * evenShare)).toBeCloseTo(whole * 2, 12)
  expect(stragglerWorld('exponential', 1).computeTime(seats[3]!, 5, evenShare)).toBe(whole)
  expect(stragglerWorld('exponential', 2).computeTime(seats[3]!, 5, evenShare)).not.toBe(whole)
  expect(world.computeTime(seats[3]!, 6, evenShare)).not.toBe(whole)
})
