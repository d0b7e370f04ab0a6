import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOptimiser } from './create-optimiser.ts'
import { beginEstimate, mixEstimate, sentEstimate, stepEstimate } from './peer-estimate.ts'

const optimiser = createOptimiser({ kind: 'sgd', learningRate: 1 })
const rate = 0.1

/** Row i of a doubly stochastic P of three peers in a line. */
const P = [
  [2 / 3, 1 / 3, 0],
  [1 / 3, 1 / 3, 1 / 3],
  [0, 1 / 3, 2 / 3],
]

const numbers = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 6, maxLength: 6 })

describe('a peer’s estimate', () => {
  test.each(['ATC', 'CTA'] as const)('[D2] %s: the mean of all moves by the mean of the steps', order => {
    fc.assert(
      fc.property(numbers, numbers, (values, slopes) => {
        const begun = [0, 1, 2].map(i => beginEstimate(Float32Array.from(values.slice(2 * i, 2 * i + 2)), optimiser))
        const gradients = [0, 1, 2].map(i => Float64Array.from(slopes.slice(2 * i, 2 * i + 2)))
        const stepped = begun.map((estimate, i) => stepEstimate(estimate, gradients[i]!, optimiser, rate))
        const mixed = stepped.map((estimate, i) =>
          mixEstimate(
            estimate,
            order,
            P[i]![i]!,
            [0, 1, 2]
              .filter(j => j !== i && P[i]![j]! > 0)
              .map(j => ({ vector: sentEstimate(stepped[j]!, order), weight: P[i]![j]! })),
          ),
        )
        for (const c of [0, 1]) {
          const mean = (of: readonly { readonly w: Float32Array }[]) => of.reduce((sum, { w }) => sum + w[c]!, 0) / 3
          const step = gradients.reduce((sum, g) => sum + g[c]!, 0) / 3
          expect(mean(mixed)).toBeCloseTo(mean(begun) - rate * step, 4)
        }
      }),
    )
  })

  test('by itself it is plain descent, in either order', () => {
    for (const order of ['ATC', 'CTA'] as const) {
      const stepped = stepEstimate(
        beginEstimate(Float32Array.of(1, 2), optimiser),
        Float64Array.of(1, -1),
        optimiser,
        0.5,
      )
      expect([...mixEstimate(stepped, order, 1, []).w]).toEqual([0.5, 2.5])
    }
  })

  test('a vector of another length is refused', () => {
    const estimate = beginEstimate(Float32Array.of(1), optimiser)
    expect(() => mixEstimate(estimate, 'ATC', 0.5, [{ vector: Float32Array.of(1, 2), weight: 0.5 }])).toThrow(
      RangeError,
    )
  })
})
