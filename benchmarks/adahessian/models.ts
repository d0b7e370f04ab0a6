// The models whose curvature is measured, and what the pass that gives it may cost in gradients.

import { type DataShape, type Layer, type ModelSpec, type Network, networkOf } from '@muster/workloads'

export interface CurvatureModel {
  readonly name: string
  readonly title: string
  readonly spec: ModelSpec
  readonly batchSize: number
  /** Of gradient with H z over gradient alone. */
  readonly limit: number
}

const data: DataShape = { inputShape: [28, 28], classes: 10 }
const conv = (filters: number): Layer => ({
  layer: 'conv2d',
  filters,
  kernelSize: [5, 5],
  strides: [1, 1],
  padding: 'valid',
  activation: 'relu',
  useBias: true,
})
const pool: Layer = { layer: 'max-pooling2d', poolSize: [2, 2], strides: [2, 2], padding: 'valid' }

export const curvatureModels: readonly CurvatureModel[] = [
  {
    name: 'mlp',
    title: 'MLP 784-128-10, tanh',
    spec: { kind: 'mlp', hidden: [128], activation: 'tanh' },
    batchSize: 64,
    limit: 2.5,
  },
  {
    name: 'mnist-cnn',
    title: 'that of examples/mnist-cnn.json: conv 8 5×5, pool, conv 16 5×5, pool, dropout 0.2, dense 64',
    spec: {
      kind: 'stack',
      layers: [
        conv(8),
        pool,
        conv(16),
        pool,
        { layer: 'flatten' },
        { layer: 'dropout', rate: 0.2 },
        { layer: 'dense', units: 64, activation: 'relu', useBias: true },
      ],
    },
    batchSize: 16,
    limit: 3.6,
  },
]

export const networkOfCurvatureModel = ({ spec }: CurvatureModel): Network => networkOf(spec, data)
