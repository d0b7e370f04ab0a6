import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { driftScore, exchangeWeights, logDistance, type WeightRules } from './dynamic-weights.ts'

const usual: WeightRules = { movingRate: 0.1, weights: 'dynamic', memory: 4, deadZone: 0.05, range: 0.5 }
const rules = fc.record({
  movingRate: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
  weights: fc.constantFrom('dynamic' as const, 'fixed' as const),
  memory: fc.integer({ min: 1, max: 16 }),
  deadZone: fc.double({ min: 0, max: 10, noNaN: true }),
  range: fc.double({ min: 0.01, max: 10, noNaN: true }),
})

describe('dynamic weights', () => {
  test('[E3] α ≤ h₁ ≤ 1, 0 ≤ h₂ ≤ α, and together they never overshoot, whatever the rules and the score', () => {
    fc.assert(
      fc.property(rules, fc.oneof(fc.constant(null), fc.double({ noNaN: true })), (given, score) => {
        const { pull, push } = exchangeWeights(score, given)
        expect(pull).toBeGreaterThanOrEqual(given.movingRate)
        expect(pull).toBeLessThanOrEqual(1)
        expect(push).toBeGreaterThanOrEqual(0)
        expect(push).toBeLessThanOrEqual(given.movingRate)
        expect(pull + push).toBeLessThanOrEqual(1 + 1e-12)
      }),
      { numRuns: 500 },
    )
  })

  test('[E3] a larger score pulls the worker more and the model less', () => {
    fc.assert(
      fc.property(rules, fc.double({ noNaN: true }), fc.double({ noNaN: true }), (given, one, other) => {
        const healthy = exchangeWeights(Math.min(one, other), given)
        const drifted = exchangeWeights(Math.max(one, other), given)
        expect(drifted.pull).toBeGreaterThanOrEqual(healthy.pull)
        expect(drifted.push).toBeLessThanOrEqual(healthy.push)
      }),
    )
  })

  test('[E4] whose distance grew e^((κ + δ₀)/c₀)-fold in one step, after none shrank, is taken back and not heeded', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 12 }),
        (memory, deadZone, range, differences) => {
          const first = 2 ** -1 / (1 - 2 ** -memory)
          const history = [-3]
          for (const grown of [...differences, (range + deadZone) / first + 1e-9]) history.push(history.at(-1)! + grown)
          const given = { ...usual, memory, deadZone, range }
          expect(exchangeWeights(driftScore(history, memory), given)).toEqual({ pull: 1, push: 0 })
        },
      ),
    )
  })

  test('[E4] who comes nearer, or drifts within the dead zone, is healthy: the sign is this way round', () => {
    const healthy = { pull: usual.movingRate, push: usual.movingRate }
    expect(exchangeWeights(driftScore([2, 1], 4), usual)).toEqual(healthy)
    expect(exchangeWeights(driftScore([1, 1.05], 4), usual)).toEqual(healthy)
    const drifting = exchangeWeights(driftScore([1, 1.6], 4), usual)
    expect(drifting.pull).toBeGreaterThan(0.5)
    expect(drifting.push).toBeLessThan(0.05)
  })

  test('a score by hand: the newest difference weighs twice the one before it', () => {
    expect(driftScore([0, 1, 1, 1, 1], 4)).toBeCloseTo(1 / 15, 12)
    expect(driftScore([0, 0, 0, 0, 1], 4)).toBeCloseTo(8 / 15, 12)
    expect(driftScore([5, 9, 0, 3], 1)).toBe(3)
    expect(driftScore([7], 4)).toBeNull()
  })

  test('a distance of nothing has a logarithm', () => {
    expect(logDistance(0)).toBeCloseTo(-27.6, 1)
    expect(logDistance(Math.E)).toBeCloseTo(1, 12)
  })
})
