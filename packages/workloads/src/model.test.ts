import { expect, test } from 'vitest'
import { initialParameters } from './initial-parameters.ts'
import { type ModelSpec, networkOf } from './model.ts'
import type { Layer } from './network/layer.ts'

const mlp: ModelSpec = { kind: 'mlp', hidden: [128, 32], activation: 'tanh' }
const images = { inputShape: [28, 28], classes: 10 }
const text = { inputShape: [], classes: 65 }

test('tensors lie one behind the other, kernel before bias', () => {
  const { tensors, parameterCount } = networkOf(mlp, images)
  expect(tensors.map(tensor => tensor.name)).toEqual([
    'dense0/kernel',
    'dense0/bias',
    'dense1/kernel',
    'dense1/bias',
    'dense2/kernel',
    'dense2/bias',
  ])
  expect(tensors[2]).toMatchObject({
    name: 'dense1/kernel',
    shape: [128, 32],
    offset: 784 * 128 + 128,
    length: 128 * 32,
  })
  expect(parameterCount).toBe(785 * 128 + 129 * 32 + 33 * 10)
  expect(networkOf({ kind: 'softmax-regression' }, images).parameterCount).toBe(7850)
})

test('initial parameters follow from the seed', () => {
  const network = networkOf(mlp, images)
  expect(initialParameters(network, 3)).toEqual(initialParameters(network, 3))
  expect(initialParameters(network, 3)).not.toEqual(initialParameters(network, 4))
})

test.each([
  ['tanh', 2 / (784 + 128)],
  ['relu', 2 / 784],
  ['gelu', 2 / 784],
] as const)('%s: kernels have the stated variance, biases are zero', (activation, variance) => {
  const network = networkOf({ kind: 'mlp', hidden: [128, 32], activation }, images)
  const flat = initialParameters(network, 1)
  const [kernel, bias] = network.tensors
  const values = flat.subarray(kernel!.offset, kernel!.offset + kernel!.length)
  const found = values.reduce((sum, value) => sum + value * value, 0) / values.length
  expect(found / variance).toBeGreaterThan(0.95)
  expect(found / variance).toBeLessThan(1.05)
  expect(flat.subarray(bias!.offset, bias!.offset + bias!.length).every(value => value === 0)).toBe(true)
})

const conv = (filters: number, size: number): Layer => ({
  layer: 'conv2d',
  filters,
  kernelSize: [size, size],
  strides: [1, 1],
  padding: 'valid',
  activation: 'relu',
  useBias: true,
})
const pool: Layer = { layer: 'max-pooling2d', poolSize: [2, 2], strides: [2, 2], padding: 'valid' }

test('a stack: grey images get their channel, the classes their layer, shapes follow', () => {
  const { nodes, parameterCount } = networkOf({ kind: 'stack', layers: [conv(8, 5), pool, conv(16, 5), pool] }, images)
  expect(nodes.map(({ name, shape }) => [name, shape.join()])).toEqual([
    ['reshape0', '28,28,1'],
    ['conv2d0', '24,24,8'],
    ['max-pooling2d0', '12,12,8'],
    ['conv2d1', '8,8,16'],
    ['max-pooling2d1', '4,4,16'],
    ['flatten0', '256'],
    ['dense0', '10'],
  ])
  expect(parameterCount).toBe(26 * 8 + (25 * 8 + 1) * 16 + 257 * 10)
})

test('a transformer of 4 blocks, 4 heads and width 64 has the parameters it should', () => {
  const spec: ModelSpec = { kind: 'transformer', blocks: 4, heads: 4, width: 64, window: 64, dropout: 0 }
  const { parameterCount, targets, tokens, inputShape } = networkOf(spec, text)
  const block = 2 * 128 + (64 * 192 + 192) + (64 * 64 + 64) + (64 * 256 + 256) + (256 * 64 + 64)
  expect(parameterCount).toBe(65 * 64 + 64 * 64 + 4 * block + 128 + 65 * 65)
  expect({ targets, tokens, inputShape }).toEqual({ targets: 64, tokens: 65, inputShape: [64] })
})

test.each<[string, ModelSpec, { inputShape: number[]; classes: number }, RegExp]>([
  [
    'a width that is none',
    { ...mlp, hidden: [0] } as ModelSpec,
    images,
    /"dense0" \(dense, number 2\): its units is 0/,
  ],
  [
    'a window too large',
    { kind: 'stack', layers: [conv(3, 40)] },
    images,
    /"conv2d0".*40 × 40 does not fit into 28 × 28/,
  ],
  ['no image', { kind: 'stack', layers: [conv(3, 4)] }, { inputShape: [12], classes: 2 }, /reads 12, not an image/],
  [
    'a rate of 1',
    { kind: 'stack', layers: [{ layer: 'dropout', rate: 1 }] },
    images,
    /rate is 1; at least 0 and below 1/,
  ],
  [
    'a shape that does not fit',
    { kind: 'stack', layers: [{ layer: 'reshape', targetShape: [5, -1] }] },
    images,
    /"reshape1" .*28 × 28 × 1 cannot be given the shape 5 × -1/,
  ],
  [
    'heads that do not divide',
    { kind: 'transformer', blocks: 1, heads: 3, width: 8, window: 4, dropout: 0 },
    text,
    /"block0-attention".*8 numbers cannot be shared among 3 heads/,
  ],
  ['text for a network of rows', mlp, text, /the data is a text, which a model of kind "mlp" does not read/],
  [
    'rows for a transformer',
    { kind: 'transformer', blocks: 1, heads: 1, width: 8, window: 4, dropout: 0 },
    images,
    /the data has rows/,
  ],
  [
    'other classes than the data',
    {
      kind: 'graph',
      inputShape: [4],
      nodes: [{ name: 'out', from: [-1], layer: { layer: 'dense', units: 7, activation: 'linear', useBias: true } }],
    },
    { inputShape: [4], classes: 10 },
    /layer "out", the last one, gives 7; the data has 10 classes/,
  ],
  [
    'a layer that reads one after it',
    {
      kind: 'graph',
      inputShape: [4],
      nodes: [{ name: 'out', from: [1], layer: { layer: 'dense', units: 7, activation: 'linear', useBias: true } }],
    },
    { inputShape: [4], classes: 7 },
    /reads layer 1, which is not before it/,
  ],
  [
    'a class at each position where each sample has one',
    {
      kind: 'graph',
      inputShape: [28, 28],
      nodes: [{ name: 'out', from: [-1], layer: { layer: 'dense', units: 10, activation: 'linear', useBias: true } }],
    },
    images,
    /classes at 28 positions/,
  ],
  [
    'an activation that spoils the logits',
    {
      kind: 'graph',
      inputShape: [4],
      nodes: [{ name: 'out', from: [-1], layer: { layer: 'dense', units: 3, activation: 'sigmoid', useBias: true } }],
    },
    { inputShape: [4], classes: 3 },
    /"out", the last one, ends in sigmoid/,
  ],
  [
    'nothing that learns',
    { kind: 'graph', inputShape: [2], nodes: [{ name: 'a', from: [-1], layer: { layer: 'flatten' } }] },
    { inputShape: [2], classes: 2 },
    /at least one layer that learns/,
  ],
])('[MOD1] a model is refused by layer and reason: %s', (_, spec, data, message) => {
  expect(() => networkOf(spec, data)).toThrow(message)
})
