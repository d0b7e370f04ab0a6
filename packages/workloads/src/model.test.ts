import { expect, test } from 'vitest'
import { initialParameters } from './initial-parameters.ts'
import { type ModelSpec, modelLayout } from './model.ts'

const mlp: ModelSpec = { kind: 'mlp', hidden: [128, 32], activation: 'tanh' }

test('tensors lie one behind the other, kernel before bias', () => {
  const { tensors, parameterCount } = modelLayout(mlp, 784, 10)
  expect(tensors.map(tensor => tensor.name)).toEqual([
    'dense0/kernel',
    'dense0/bias',
    'dense1/kernel',
    'dense1/bias',
    'dense2/kernel',
    'dense2/bias',
  ])
  expect(tensors[2]).toEqual({ name: 'dense1/kernel', shape: [128, 32], offset: 784 * 128 + 128, length: 128 * 32 })
  expect(parameterCount).toBe(785 * 128 + 129 * 32 + 33 * 10)
  expect(modelLayout({ kind: 'softmax-regression' }, 784, 10).parameterCount).toBe(7850)
})

test('a width that is no whole positive number is refused', () => {
  expect(() => modelLayout({ ...mlp, hidden: [0] }, 784, 10)).toThrow('not 0')
})

test('initial parameters follow from the seed', () => {
  expect(initialParameters(mlp, 784, 10, 3)).toEqual(initialParameters(mlp, 784, 10, 3))
  expect(initialParameters(mlp, 784, 10, 3)).not.toEqual(initialParameters(mlp, 784, 10, 4))
})

test.each([
  ['tanh', 2 / (784 + 128)],
  ['relu', 2 / 784],
  ['gelu', 2 / 784],
] as const)('%s: kernels have the stated variance, biases are zero', (activation, variance) => {
  const spec: ModelSpec = { ...mlp, activation }
  const flat = initialParameters(spec, 784, 10, 1)
  const [kernel, bias] = modelLayout(spec, 784, 10).tensors
  const values = flat.subarray(kernel!.offset, kernel!.offset + kernel!.length)
  const measured = values.reduce((sum, value) => sum + value * value, 0) / values.length
  expect(measured / variance).toBeCloseTo(1, 1)
  expect(flat.subarray(bias!.offset, bias!.offset + bias!.length).every(value => value === 0)).toBe(true)
})
