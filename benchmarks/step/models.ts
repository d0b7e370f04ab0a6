// The models a step is measured of: what people train in browsers, from the smallest to the largest.

import { type DataShape, type Layer, type ModelSpec, type Network, networkOf } from '@muster/workloads'

export interface StepModel {
  readonly name: string
  readonly title: string
  readonly spec: ModelSpec
  readonly data: DataShape
  readonly batchSize: number
  /** Small enough for plain JavaScript. */
  readonly isSmall: boolean
}

const conv = (filters: number, size: number, padding: 'valid' | 'same'): Layer => ({
  layer: 'conv2d',
  filters,
  kernelSize: [size, size],
  strides: [1, 1],
  padding,
  activation: 'relu',
  useBias: true,
})
const pool: Layer = { layer: 'max-pooling2d', poolSize: [2, 2], strides: [2, 2], padding: 'valid' }
const flatten: Layer = { layer: 'flatten' }
const dense = (units: number): Layer => ({ layer: 'dense', units, activation: 'relu', useBias: true })
const stack = (...layers: readonly Layer[]): ModelSpec => ({ kind: 'stack', layers })

/** Characters of Shakespeare's works, as character models read them. */
const characters: DataShape = { inputShape: [], classes: 65 }

export const stepModels: readonly StepModel[] = [
  {
    name: 'mlp',
    title: 'MLP 784-128-10, tanh (the demonstration)',
    spec: { kind: 'mlp', hidden: [128], activation: 'tanh' },
    data: { inputShape: [28, 28], classes: 10 },
    batchSize: 64,
    isSmall: true,
  },
  {
    name: 'mnist-cnn',
    title: '28×28, conv 8 5×5, pool, conv 16 5×5, pool, dense 64',
    spec: stack(conv(8, 5, 'valid'), pool, conv(16, 5, 'valid'), pool, flatten, dense(64)),
    data: { inputShape: [28, 28], classes: 10 },
    batchSize: 64,
    isSmall: true,
  },
  {
    name: 'cifar-cnn',
    title: '32×32×3, three times conv 3×3 same and pool (32, 64, 64), dense 128',
    spec: stack(...[32, 64, 64].flatMap((filters): Layer[] => [conv(filters, 3, 'same'), pool]), flatten, dense(128)),
    data: { inputShape: [32, 32, 3], classes: 10 },
    batchSize: 32,
    isSmall: false,
  },
  {
    name: 'disco-mnist',
    title: 'DISCO’s for MNIST: 28×28×3, conv 8 5×5, conv 16 5×5, pool, dropout 0.25, dense 32',
    spec: stack(conv(8, 5, 'valid'), conv(16, 5, 'valid'), pool, { layer: 'dropout', rate: 0.25 }, flatten, dense(32)),
    data: { inputShape: [28, 28, 3], classes: 10 },
    batchSize: 64,
    isSmall: false,
  },
  {
    name: 'char-transformer',
    title: 'transformer by character: 4 blocks, 4 heads, width 64, window 64, vocabulary 65',
    spec: { kind: 'transformer', blocks: 4, heads: 4, width: 64, window: 64, dropout: 0 },
    data: characters,
    batchSize: 16,
    isSmall: false,
  },
  {
    // With GPT-2's 50,257 tokens its two tables would be 98 % of the parameters and their products all of the time; the
    // project's own texts are read by character, so it is measured as it would be trained here.
    name: 'gpt-nano',
    title: 'gpt-nano’s shape: 3 blocks, 3 heads, width 48, window 64, vocabulary 65 instead of 50,257',
    spec: { kind: 'transformer', blocks: 3, heads: 3, width: 48, window: 64, dropout: 0 },
    data: characters,
    batchSize: 8,
    isSmall: false,
  },
]

export const networkOfModel = ({ spec, data }: StepModel): Network => networkOf(spec, data)
