import { expect, test } from 'vitest'
import { networkOf } from '../model.ts'
import { spatialAverage } from './spatial-average.ts'

const dense = networkOf({ kind: 'softmax-regression' }, { inputShape: [4], classes: 2 })
// Kernel 4 × 2, then the bias.
const ofDense = [1, -10, 3, 20, -5, -30, 7, 40, -8, 9]

const image = networkOf(
  {
    kind: 'stack',
    layers: [
      {
        layer: 'conv2d',
        filters: 2,
        kernelSize: [1, 2],
        strides: [1, 1],
        padding: 'valid',
        activation: 'linear',
        useBias: true,
      },
      {
        layer: 'depthwise-conv2d',
        depthMultiplier: 1,
        kernelSize: [2, 1],
        strides: [1, 1],
        padding: 'valid',
        activation: 'linear',
        useBias: false,
      },
      { layer: 'global-average-pooling2d' },
    ],
  },
  { inputShape: [2, 2, 2], classes: 2 },
)

test('images: kernels of convolutions are averaged over space, nothing else is', () => {
  expect([...spatialAverage(dense, ofDense, 'convolutions')]).toEqual(ofDense.map(Math.abs))
  // 1 × 2 × 2 × 2, its bias, 2 × 1 × 2 × 1, then a dense kernel 2 × 2 and its bias.
  const diagonal = [1, 2, 3, 4, -5, 6, 9, -8, -1, 2, 10, -20, 30, 40, 1, -2, 3, 4, 5, 6]
  expect([...spatialAverage(image, diagonal, 'convolutions')]).toEqual([
    ...[3, 4, 6, 6, 3, 4, 6, 6],
    ...[1, 2],
    ...[20, 30, 20, 30],
    ...[1, 2, 3, 4],
    ...[5, 6],
  ])
})

test('rows: the inputs of one output are averaged as well, whole or in blocks, and biases are not', () => {
  expect([...spatialAverage(dense, ofDense, 'convolutions-and-rows')]).toEqual([4, 25, 4, 25, 4, 25, 4, 25, 8, 9])
  expect([...spatialAverage(dense, ofDense, 'convolutions-and-rows', 2)]).toEqual([2, 15, 2, 15, 6, 35, 6, 35, 8, 9])
  expect(() => spatialAverage(dense, ofDense, 'convolutions-and-rows', 3)).toThrow('blocks of 3')
})

test('rows of a table are the vectors of one token each', () => {
  const tensors = [
    {
      name: 'tokens/embeddings',
      shape: [2, 3],
      offset: 0,
      length: 6,
      initial: { kind: 'constant', value: 0 } as const,
    },
  ]
  const averaged = spatialAverage({ tensors, parameterCount: 6 }, [1, -2, 3, 4, 5, -6], 'convolutions-and-rows')
  expect([...averaged]).toEqual([2, 2, 2, 5, 5, 5])
  expect(() => spatialAverage({ tensors, parameterCount: 6 }, [1], 'convolutions')).toThrow(RangeError)
})
