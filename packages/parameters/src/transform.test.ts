import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clipByNorm } from './clip-by-norm.ts'
import { decoupledDecay } from './decoupled-decay.ts'
import { l2 } from './l2.ts'
import { measureVector } from './measure.ts'
import { momentum } from './momentum.ts'
import { sgd } from './sgd.ts'
import { chain, type Transform } from './transform.ts'

const context = { parameters: Float32Array.of(1, -2), step: 0, rate: 0.5 }
const apply = (transform: Transform, ...vector: number[]) => [
  ...transform.update(Float64Array.from(vector), transform.init(vector.length), context).vector,
]

const gradients = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 })
  .map(entries => Float64Array.from(entries))
const bound = fc.double({ min: 1e-6, max: 1e6, noNaN: true })

test('[OPT4] a gradient of length 10 clipped to 5 is halved; one of length 5 or less keeps its bits', () => {
  expect(apply(clipByNorm(5), 6, -8)).toEqual([3, -4])
  const short = Float64Array.of(3, -4)
  expect(clipByNorm(5).update(short, {}, context).vector).toBe(short)
})

test('[OPT4] a clipped gradient has the norm asked for, to rounding, and its direction', () => {
  fc.assert(
    fc.property(gradients, bound, (gradient, normMax) => {
      const { vector } = clipByNorm(normMax).update(gradient, {}, context)
      const before = measureVector(gradient).norm
      const expected = Math.min(before, normMax)
      expect(Math.abs(measureVector(vector).norm - expected)).toBeLessThanOrEqual(1e-12 * expected)
      const scale = before > normMax ? normMax / before : 1
      for (const [i, g] of gradient.entries()) expect(vector[i]).toBe(scale * g)
    }),
  )
})

test('a gradient that is not finite stays so', () => {
  for (const bad of [Number.NaN, Infinity]) expect(apply(clipByNorm(1), 3, bad)).toEqual([3, bad])
})

test('L2 adds λ·θ to the gradient, decoupled decay η·λ·θ to the step', () => {
  expect(apply(l2(0.5), 10, 10)).toEqual([10.5, 9])
  expect(apply(decoupledDecay(0.5), 10, 10)).toEqual([10.25, 9.5])
})

test('L2 is the gradient of (λ/2)·‖θ‖²', () => {
  const penalty = (x: number, y: number) => (0.3 / 2) * (x * x + y * y)
  const h = 1e-4
  const slopes = [
    (penalty(1 + h, -2) - penalty(1 - h, -2)) / (2 * h),
    (penalty(1, -2 + h) - penalty(1, -2 - h)) / (2 * h),
  ]
  for (const [i, added] of apply(l2(0.3), 0, 0).entries()) expect(added).toBeCloseTo(slopes[i]!, 9)
})

test('a chain hands on from link to link and keeps what each remembers', () => {
  const whole = chain(clipByNorm(5), l2(1), momentum(0.5))
  // (6, −8) → (3, −4) → (4, −6): the velocity; half of it the step.
  const { vector, slots } = whole.update(Float64Array.of(6, -8), whole.init(2), context)
  expect([[...vector], slots]).toEqual([[2, -3], { velocity: Float64Array.of(4, -6) }])
})

test('how a chain is bracketed makes no difference', () => {
  fc.assert(
    fc.property(gradients, bound, (gradient, normMax) => {
      const parameters = Float32Array.from(gradient, (_, i) => i - 3)
      const links = [clipByNorm(normMax), l2(0.1), momentum(0.9), decoupledDecay(0.01)] as const
      const update = (transform: Transform) =>
        transform.update(gradient, transform.init(gradient.length), { ...context, parameters })
      const [a, b, c, d] = links
      expect(update(chain(chain(a, b), chain(c, d)))).toEqual(update(chain(...links)))
      expect(update(chain(a, chain(b, chain(c, chain(d)))))).toEqual(update(chain(...links)))
    }),
  )
})

test('an empty chain changes nothing; two links that keep the same are refused', () => {
  expect(apply(chain(), 1, 2)).toEqual([1, 2])
  expect(apply(chain(sgd), 1, 2)).toEqual([0.5, 1])
  expect(() => chain(momentum(0.9), l2(1), momentum(0.5))).toThrow('two links of a chain keep a slot named velocity')
})
