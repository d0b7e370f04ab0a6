import { describe, expect, test } from 'vitest'
import { fullTime, laws, peersWorld, stepTime } from './time-laws.ts'

const count = 4000
const draws = (law: (typeof laws)[number], seat = 0) =>
  Array.from({ length: count }, (_, draw) => stepTime({ law, workers: 10, key: [1] }, seat, draw))
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('a step’s time', () => {
  test('is what its law says', () => {
    expect(meanOf(draws('exponential'))).toBeCloseTo(2, 1)
    expect(meanOf(draws('short-exponential'))).toBeCloseTo(1.5, 1)
    const pareto = draws('pareto')
    expect(Math.min(...pareto)).toBeGreaterThanOrEqual(1)
    expect(pareto.filter(time => time > 2).length / count).toBeCloseTo(1 / 4, 1)
    const redrawn = draws('redrawn')
    expect(redrawn.filter(time => time > 2).length / count).toBeCloseTo(0.2, 1)
    expect(meanOf(redrawn)).toBeCloseTo(1.8, 1)
  })

  test('of the persistent straggler is long every time, of all others never', () => {
    const means = Array.from({ length: 10 }, (_, seat) => meanOf(draws('persistent', seat)))
    expect(means.filter(mean => Math.abs(mean - 5) < 0.1)).toHaveLength(1)
    expect(means.filter(mean => Math.abs(mean - 1) < 0.1)).toHaveLength(9)
  })

  test.each(laws)('%s depends on key, seat and draw alone', law => {
    const plan = { law, workers: 6, key: [3] }
    expect(stepTime(plan, 2, 7)).toBe(stepTime(plan, 2, 7))
    expect(stepTime(plan, 2, 8)).not.toBe(stepTime(plan, 2, 7))
    expect(stepTime(plan, 3, 7)).not.toBe(stepTime(plan, 2, 7))
    expect(stepTime({ ...plan, key: [4] }, 2, 7)).not.toBe(stepTime(plan, 2, 7))
    expect(peersWorld(plan).computeTime({ seat: 2, generation: 0 }, 7, 1 / 6)).toBe(stepTime(plan, 2, 7))
  })

  test('whoever waits for everybody waits for the slowest each time', () => {
    const plan = { law: 'exponential', workers: 3, key: [1] } as const
    const longest = [0, 1].map(draw => Math.max(...[0, 1, 2].map(seat => stepTime(plan, seat, draw))))
    expect(fullTime(plan, 2)).toBeCloseTo(longest[0]! + longest[1]!, 12)
  })
})
