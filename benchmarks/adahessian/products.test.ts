import { expect, test } from 'vitest'
import { curvatureModels, networkOfCurvatureModel } from './models.ts'
import { productsOf } from './products.ts'

test('products of an MLP and of a CNN are those counted by hand', () => {
  const [mlp, cnn] = curvatureModels.map(networkOfCurvatureModel)
  const [first, second] = [784 * 128, 128 * 10]
  expect(productsOf(mlp!, 1)).toEqual({ gradient: 2 * (2 * first + 3 * second), both: 2 * (4 * first + 9 * second) })
  const seen = 24 * 24 * 25 * 8
  const inner = 8 * 8 * 25 * 8 * 16 + 256 * 64 + 64 * 10
  expect(productsOf(cnn!, 3)).toEqual({ gradient: 6 * (2 * seen + 3 * inner), both: 6 * (4 * seen + 9 * inner) })
})
