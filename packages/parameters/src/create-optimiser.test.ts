import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOptimiser, type OptimiserSpec, optimiserKinds } from './create-optimiser.ts'
import type { OptimiserUpdate } from './optimiser.ts'
import { rateAt } from './schedule.ts'

/** From (1, −2), one update for each gradient. */
function walk(spec: OptimiserSpec, gradients: readonly ArrayLike<number>[], rates?: readonly number[]) {
  const optimiser = createOptimiser(spec)
  const start = Float32Array.from(gradients[0]!, (_, i) => (i % 2 === 0 ? 1 : -2))
  let at: OptimiserUpdate = { parameters: start, state: optimiser.init(start.length) }
  return gradients.map((gradient, i) => {
    at = optimiser.update(at.parameters, Float64Array.from(gradient), at.state, rates?.[i] ?? spec.learningRate)
    return at
  })
}

const places = (updates: readonly OptimiserUpdate[]) => updates.map(({ parameters }) => [...parameters])

const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true })
const gradientsOf = (count: number) =>
  fc.array(fc.array(finite, { minLength: count, maxLength: count }), { minLength: 1, maxLength: 8 })
const rate = fc.double({ min: 1e-4, max: 2, noNaN: true })
const decay = fc.double({ min: 0, max: 1, noNaN: true })

/** One coordinate of each optimiser as its formula stands, in the order of its operations. */
const plain: Record<'sgd' | 'momentum' | 'adam', (g: number[], rate: number) => number[]> = {
  sgd(g, rate) {
    let theta = 1
    return g.map(gt => {
      theta = Math.fround(theta - rate * gt)
      return theta
    })
  },
  momentum(g, rate) {
    let [theta, v] = [1, 0]
    return g.map(gt => {
      v = 0.9 * v + gt
      theta = Math.fround(theta - rate * v)
      return theta
    })
  },
  adam(g, rate) {
    let [theta, m, v] = [1, 0, 0]
    // 1, β, β², …, each as repeated squaring makes it; up to the eighth power.
    const power = (base: number, t: number) => {
      const [two, four] = [base * base, base * base * (base * base)]
      return (t & 1 ? base : 1) * (t & 2 ? two : 1) * (t & 4 ? four : 1) * (t & 8 ? four * four : 1)
    }
    return g.map((gt, i) => {
      m = 0.9 * m + (1 - 0.9) * gt
      v = 0.999 * v + (1 - 0.999) * gt * gt
      const mHat = m / (1 - power(0.9, i + 1))
      const vHat = v / (1 - power(0.999, i + 1))
      theta = Math.fround(theta - (rate * mHat) / (Math.sqrt(vHat) + 1e-8))
      return theta
    })
  },
}

describe('[OPT1] without clipping, L2, decay and schedule the bits are those of the plain formula', () => {
  test.each(['sgd', 'momentum', 'adam'] as const)('%s', kind => {
    fc.assert(
      fc.property(gradientsOf(1), rate, (gradients, learningRate) => {
        const expected = plain[kind](
          gradients.map(([g]) => g!),
          learningRate,
        )
        const off = { l2: 0, schedule: { kind: 'constant' as const }, clipNorm: undefined }
        for (const settings of [{}, off]) {
          const spec = { kind, learningRate, momentum: 0.9, ...settings } as OptimiserSpec
          expect(places(walk(spec, gradients))).toEqual(expected.map(theta => [theta]))
        }
      }),
    )
  })
})

test('[OPT2] adamw, by hand: Adam’s first step has the length of the rate, decay takes rate·λ·θ as well', () => {
  const spec: OptimiserSpec = { kind: 'adamw', learningRate: 0.25, epsilon: 1e-30, weightDecay: 0.5 }
  expect(places(walk(spec, [[2, -4]]))).toEqual([[1 - 0.25 - 0.125, -2 + 0.25 + 0.25]])
})

test('[OPT2] an update of adamw is Adam’s, with the same moments, and rate·λ·θ', () => {
  fc.assert(
    fc.property(gradientsOf(2), rate, decay, (gradients, learningRate, weightDecay) => {
      const before = walk({ kind: 'adam', learningRate }, gradients).at(-1)!
      const [adam, adamw] = (['adam', 'adamw'] as const).map(kind =>
        createOptimiser({ kind, learningRate, weightDecay }).update(
          before.parameters,
          Float64Array.from(gradients[0]!),
          before.state,
          learningRate,
        ),
      )
      expect(adamw!.state).toEqual(adam!.state)
      for (const [i, theta] of before.parameters.entries()) {
        const expected = adam!.parameters[i]! - learningRate * weightDecay * theta
        const size = Math.abs(expected) + Math.abs(adam!.parameters[i]!) + Math.abs(theta)
        expect(Math.abs(adamw!.parameters[i]! - expected)).toBeLessThanOrEqual(2 ** -23 * size)
      }
    }),
  )
})

test('[OPT2] adamw without decay has Adam’s bits; without a word of it λ is 0.01', () => {
  fc.assert(
    fc.property(gradientsOf(2), rate, (gradients, learningRate) => {
      const of = (spec: object) => walk({ learningRate, ...spec } as OptimiserSpec, gradients)
      expect(of({ kind: 'adamw', weightDecay: 0 })).toEqual(of({ kind: 'adam' }))
      expect(of({ kind: 'adamw' })).toEqual(of({ kind: 'adamw', weightDecay: 0.01 }))
    }),
  )
})

test('[OPT2] without a gradient adamw only decays, by (1 − rate·λ) each time; L2 in Adam does not', () => {
  const still = [
    [0, 0],
    [0, 0],
  ]
  expect(places(walk({ kind: 'adamw', learningRate: 0.5, weightDecay: 0.5 }, still))).toEqual([
    [0.75, -1.5],
    [0.5625, -1.125],
  ])
  expect(places(walk({ kind: 'adam', learningRate: 0.5, l2: 0.5, epsilon: 1e-30 }, still))[0]).toEqual([0.5, -1.5])
})

test('[OPT3] momentum, by hand: clipped first, then L2, then remembered', () => {
  const spec: OptimiserSpec = { kind: 'momentum', learningRate: 0.25, momentum: 0.5, clipNorm: 5, l2: 0.5 }
  // (6, 8) → (3, 4) → (3.5, 3) = v;  θ = (1, −2) − v/4
  // (0, 0) → (0.0625, −1.375);  v = (1.75, 1.5) + that = (1.8125, 0.125)
  const updates = walk(spec, [
    [6, 8],
    [0, 0],
  ])
  expect(places(updates)).toEqual([
    [0.125, -2.75],
    [0.125 - 0.453125, -2.75 - 0.03125],
  ])
  expect(updates[1]!.state).toEqual({ step: 2, slots: { velocity: Float64Array.of(1.8125, 0.125) } })
})

test('[OPT3] adamw, by hand: the moments hold the clipped gradient and L2, not the decay', () => {
  const [update] = walk(
    {
      kind: 'adamw',
      learningRate: 0.25,
      beta1: 0.5,
      beta2: 0.75,
      epsilon: 1e-30,
      weightDecay: 1,
      clipNorm: 5,
      l2: 0.5,
    },
    [[6, 8]],
  )
  // (6, 8) → (3, 4) → (3.5, 3): m is half of it, v a quarter of its square.
  expect(update!.state.slots).toEqual({
    firstMoment: Float64Array.of(1.75, 1.5),
    secondMoment: Float64Array.of(3.0625, 2.25),
  })
  expect([...update!.parameters]).toEqual([1 - 0.25 - 0.25, -2 - 0.25 + 0.5])
})

test('[OPT5] the schedule multiplies the rate in force, one that was changed during the run as well', () => {
  const spec: OptimiserSpec = { kind: 'sgd', learningRate: 1, schedule: { kind: 'constant', warmUp: 4 } }
  const ones = Array.from({ length: 5 }, () => [1])
  expect(places(walk(spec, ones, [1, 1, 4, 4, 4]))).toEqual([[0.75], [0.25], [-2.75], [-6.75], [-10.75]])
})

test('[OPT5] decay follows the schedule too', () => {
  const spec: OptimiserSpec = {
    kind: 'adamw',
    learningRate: 0.5,
    weightDecay: 0.5,
    schedule: { kind: 'constant', warmUp: 2 },
  }
  expect(places(walk(spec, [[0], [0]]))).toEqual([[0.875], [0.65625]])
})

test('[OPT5] an update has the rate that is told of it', () => {
  const schedule = fc.constantFrom(
    { kind: 'cosine', rounds: 6, floor: 0.1, warmUp: 2 } as const,
    { kind: 'steps', every: 2, factor: 0.3 } as const,
  )
  fc.assert(
    fc.property(schedule, rate, (chosen, inForce) => {
      const spec: OptimiserSpec = { kind: 'sgd', learningRate: 1, schedule: chosen }
      const optimiser = createOptimiser(spec)
      for (let step = 0; step < 10; step++) {
        const { parameters } = optimiser.update(Float32Array.of(0), Float64Array.of(-1), { step, slots: {} }, inForce)
        expect(parameters[0]).toBe(Math.fround(rateAt(spec, inForce, step)))
      }
    }),
  )
})

test.each<[object, string]>([
  [{ clipNorm: 0 }, 'optimiser.clipNorm must be above 0, not 0'],
  [{ clipNorm: Infinity }, 'optimiser.clipNorm must be above 0, not Infinity'],
  [{ l2: -1 }, 'optimiser.l2 must be at least 0, not -1'],
  [{ l2: Number.NaN }, 'optimiser.l2 must be at least 0, not NaN'],
  [{ kind: 'adamw', weightDecay: -0.1 }, 'optimiser.weightDecay must be at least 0, not -0.1'],
  [{ kind: 'adamw', beta1: 1 }, 'optimiser.beta1 must be at least 0 and below 1, not 1'],
  [{ schedule: { kind: 'cosine', rounds: 0 } }, 'optimiser.schedule.rounds must be a whole number above 0, not 0'],
  [{ kind: 'rms' }, `optimiser.kind must be one of ${optimiserKinds.join(', ')}, not "rms"`],
])('%j is refused', (change, message) => {
  const spec = { kind: 'sgd', learningRate: 1, ...change } as unknown as OptimiserSpec
  expect(() => createOptimiser(spec)).toThrow(new RangeError(message))
})
