// What Hessian-vector products must show on every backend; each runs it in a file of its own, because TensorFlow.js
// keeps one backend at a time.

import type { BackendName } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkBatch } from '../gradient-computer-checks.ts'
import { startBackend } from '../start-backend.ts'
import {
  averagedCases,
  compareAverages,
  compareDifferencesWithPlain,
  compareGradients,
  compareWithPlainHessian,
  curvatureCases,
  measureCurvatureGrowth,
  measureForm,
  measureHutchinson,
  smoothCases,
} from './curvature-checks.ts'
import { hessianVectorProduct } from './hessian-vector-product.ts'

export function curvatureSuite(backend: BackendName): void {
  describe(`Hessian-vector products on ${backend}`, () => {
    beforeAll(async () => {
      expect(await startBackend({ prefer: backend })).toEqual({ name: backend, notes: [] })
    })

    // Single precision keeps 7 digits, sums and the second derivatives of a normalisation lose one or two.
    test.each(curvatureCases)(
      '[MOD7] $title: agrees with second differences of the plain float64 loss',
      async given => {
        const figures = await compareWithPlainHessian(given)
        expect(figures.oracleError).toBeLessThan(1e-7)
        expect(figures.productError).toBeLessThan(1e-5)
      },
    )

    test.each(smoothCases)('[MOD7] $title: differences of gradients come near it', async given => {
      const figures = await compareDifferencesWithPlain(given)
      expect(figures.oracleError).toBeLessThan(1e-7)
      expect(figures.productError).toBeLessThan(1e-3)
    })

    test.each(averagedCases)('$title: averages of the diagonal are those of plain numbers', async given => {
      for (const form of ['convolutions', 'convolutions-and-rows'] as const)
        expect(await compareAverages(given, form)).toBeLessThan(1e-6)
    })

    test.each(curvatureCases)('[MOD7] $title: the gradient beside it is the gradient', async given => {
      expect(await compareGradients(given)).toBeLessThan(1e-6)
    })

    test.each(curvatureCases)('$title: the products are those of one symmetric matrix', async given => {
      const { asymmetry, nonlinearity } = await measureForm(given)
      expect(asymmetry).toBeLessThan(1e-5)
      expect(nonlinearity).toBeLessThan(1e-5)
    })

    test.each(curvatureCases)('[MOD7] $title: nothing is left on the device', async given => {
      const growth = await measureCurvatureGrowth(given, 3)
      expect(growth.tensorsAfter).toBe(growth.tensorsBefore)
      expect(growth.bytesAfter).toBe(growth.bytesBefore)
    })

    // The seed is given, so this is no matter of luck; the bounds are what another seed would keep as well.
    test('Hutchinson’s estimate approaches the diagonal as the square root of the draws', async () => {
      const { errorOfQuarter, error, expected } = await measureHutchinson(curvatureCases[4]!, 1024)
      expect(error / expected).toBeGreaterThan(0.5)
      expect(error / expected).toBeLessThan(1.5)
      expect(error).toBeLessThan(0.8 * errorOfQuarter)
      expect(error).toBeLessThan(0.15)
    })

    test('a vector of another length is refused', () => {
      const given = curvatureCases[0]!
      expect(() =>
        tf.tidy(() => hessianVectorProduct(given.network, [], checkBatch(given), tf.tensor1d([1, 2]))),
      ).toThrow('63 parameters, the vector 2 numbers')
    })
  })
}
