import { expect, test } from 'vitest'
import { type ModelSpec, networkOf } from '../model.ts'
import type { Layer } from '../network/layer.ts'
import { whyNotSmooth } from './why-not-smooth.ts'

const whyNot = (spec: ModelSpec) => whyNotSmooth(networkOf(spec, { inputShape: [4, 4, 1], classes: 2 }))
const stacked = (layer: Layer) => whyNot({ kind: 'stack', layers: [layer] })

test('kinks are named by layer and reason', () => {
  for (const activation of ['relu', 'relu6', 'elu'] as const) {
    expect(whyNot({ kind: 'stack', layers: [{ layer: 'dense', units: 3, activation, useBias: true }] })).toContain(
      `is not smooth: its activation is ${activation}`,
    )
    expect(stacked({ layer: 'activation', activation })).toContain(activation)
  }
  const pool = { poolSize: [2, 2], strides: [2, 2], padding: 'valid' } as const
  expect(stacked({ layer: 'max-pooling2d', ...pool })).toContain('takes a maximum')
  expect(stacked({ layer: 'global-max-pooling2d' })).toContain('takes a maximum')
  expect(stacked({ layer: 'average-pooling2d', ...pool })).toBe(null)
})

test('all else is smooth, masks that are drawn included', () => {
  for (const activation of ['linear', 'tanh', 'sigmoid', 'softplus', 'swish', 'gelu'] as const)
    expect(stacked({ layer: 'activation', activation })).toBe(null)
  expect(stacked({ layer: 'dropout', rate: 0.5 })).toBe(null)
  expect(stacked({ layer: 'layer-normalization', epsilon: 1e-3 })).toBe(null)
})
