// The behaviour every gradient code must show, judged against direct sums of random partial gradients.

import { randomStream } from '@muster/numerics'
import { describe, expect, test } from 'vitest'
import { float32Epsilon, type GradientCode } from './code.ts'

export function describeGradientCode(name: string, code: GradientCode): void {
  const { workers: n, partitions: k, tolerance: s } = code
  const draw = randomStream('gradient-code-suite', name)
  const partial = Array.from({ length: k }, () => Float64Array.from({ length: 16 }, draw.normal))
  const whole = sum(partial.map(gradient => [1, gradient]))
  const answers = code.rows.map(row =>
    Float32Array.from(sum(row.partitions.map((j, m) => [row.weights[m]!, partial[j]!]))),
  )

  describe(name, () => {
    test(`[G1] every ${n - s} of ${n} answers give the whole sum`, () => {
      for (const responders of n <= 10 ? subsets(n, n - s) : randomSubsets(n, n - s, 200, draw)) {
        const decoding = code.decode(responders)
        expect(decoding, `responders ${responders}`).toBeDefined()
        expect(decoding!.residual).toBeLessThanOrEqual(1e-8)
        expect(decoding!.terms.every(term => responders.includes(term.worker))).toBe(true)
        const decoded = sum(decoding!.terms.map(({ worker, weight }) => [weight, answers[worker]!]))
        const error =
          norm(
            sum([
              [1, decoded],
              [-1, whole],
            ]),
          ) / norm(whole)
        // Corrected bound: Gaussian cyclic codes miss a flat 1e-5 in most draws at n ≥ 8, s ≥ 3.
        expect(error).toBeLessThanOrEqual(Math.max(1e-5, 8 * float32Epsilon * decoding!.amplification))
      }
    })

    test('[G1] all answers together decode as well; nobody is counted who did not answer', () => {
      expect(code.decode(Array.from({ length: n }, (_, i) => i))?.residual).toBeLessThanOrEqual(1e-8)
      expect(code.decode([])).toBeUndefined()
    })
  })
}

export function* subsets(n: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) return yield []
  for (let i = from; i <= n - size; i++) for (const rest of subsets(n, size - 1, i + 1)) yield [i, ...rest]
}

export function* randomSubsets(
  n: number,
  size: number,
  count: number,
  draw: ReturnType<typeof randomStream>,
): Generator<number[]> {
  for (let c = 0; c < count; c++) yield [...draw.permutation(n).slice(0, size)].sort((one, other) => one - other)
}

export function sum(terms: readonly (readonly [number, ArrayLike<number>])[]): Float64Array {
  const total = new Float64Array(terms[0]?.[1].length ?? 16)
  for (const [weight, vector] of terms)
    for (let i = 0; i < total.length; i++) total[i] = total[i]! + weight * vector[i]!
  return total
}

export const norm = (vector: ArrayLike<number>): number =>
  Math.sqrt(Array.from(vector).reduce((total, x) => total + x * x, 0))
