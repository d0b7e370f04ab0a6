import { expect, test } from 'vitest'
import { readRunFile } from './run-file.ts'

const smallest = { title: 'T', model: { kind: 'softmax-regression' }, optimiser: { kind: 'sgd', learningRate: 0.1 } }
const { optimiser: sgd } = smallest
const scheduled = (schedule: object) => ({ optimiser: { ...sgd, schedule } })
const problems = (change: object) => {
  const reading = readRunFile({ ...smallest, ...change })
  return reading.ok ? [] : reading.problems
}

test('[RUN1] what is left out takes its default', () => {
  const reading = readRunFile(smallest)
  expect(reading.ok && reading.run).toMatchObject({
    dataset: 'digits',
    partitions: 64,
    strategy: 'tiled',
    seed: 1,
  })
})

test('[RUN1] an optimiser’s complete form holds what its kind needs; what is absent and off stays absent', () => {
  const complete = (optimiser: object) => {
    const reading = readRunFile({ ...smallest, optimiser: { learningRate: 0.1, ...optimiser } })
    return reading.ok && JSON.stringify(reading.run.optimiser)
  }
  // As text: a run is named after its file's complete form, so neither fields nor their order may change.
  expect(complete({ kind: 'sgd' })).toBe('{"kind":"sgd","learningRate":0.1}')
  expect(complete({ kind: 'momentum' })).toBe('{"kind":"momentum","learningRate":0.1,"momentum":0.9}')
  expect(complete({ kind: 'adam' })).toBe('{"kind":"adam","learningRate":0.1,"beta1":0.9,"beta2":0.999,"epsilon":1e-8}')
  const reading = readRunFile({
    ...smallest,
    optimiser: { kind: 'adamw', learningRate: 0.1, clipNorm: 1, schedule: { kind: 'cosine', rounds: 9, warmUp: 2 } },
  })
  expect(reading.ok && reading.run.optimiser).toEqual({
    kind: 'adamw',
    learningRate: 0.1,
    clipNorm: 1,
    schedule: { kind: 'cosine', rounds: 9, floor: 0, warmUp: 2 },
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
  })
})

test('[RUN1] a stack’s layers take their defaults, one number stands for height and width', () => {
  const layers = [
    { layer: 'conv2d', filters: 8, kernelSize: 5 },
    { layer: 'max-pooling2d', poolSize: [2, 3] },
  ]
  const reading = readRunFile({ ...smallest, model: { kind: 'stack', layers } })
  const complete = [
    {
      layer: 'conv2d',
      filters: 8,
      kernelSize: [5, 5],
      strides: [1, 1],
      padding: 'valid',
      activation: 'relu',
      useBias: true,
    },
    { layer: 'max-pooling2d', poolSize: [2, 3], padding: 'valid', strides: [2, 3] },
  ]
  expect(reading.ok && reading.run.model).toEqual({ kind: 'stack', layers: complete })
  // A run is kept in its complete form, and read again from it.
  expect(readRunFile(reading.ok && reading.run)).toEqual(reading)
})

test('[RUN1] a layers file needs no kind', () => {
  const reading = readRunFile({ ...smallest, model: { layers: 'model.json' } })
  expect(reading.ok && reading.run.model).toEqual({ kind: 'file', layers: 'model.json' })
})

test.each([
  [{ partitions: 0 }, '"partitions" is 0; allowed: at least 1.'],
  [{ partitions: 1.5 }, '"partitions" is 1.5; allowed: a whole number.'],
  [{ title: '' }, '"title" is ""; allowed: at least 1 characters.'],
  [{ optimiser: { kind: 'sgd', learningRate: -1 } }, '"optimiser.learningRate" is -1; allowed: more than 0.'],
  [
    { optimiser: { kind: 'lion', learningRate: 1 } },
    '"optimiser.kind" is "lion"; allowed: "sgd", "momentum", "adam", "adamw".',
  ],
  [{ optimiser: { ...sgd, clipNorm: 0 } }, '"optimiser.clipNorm" is 0; allowed: more than 0.'],
  [{ optimiser: { ...sgd, l2: -1 } }, '"optimiser.l2" is -1; allowed: at least 0.'],
  [{ optimiser: { ...sgd, weightDecay: 0.1 } }, '"optimiser": "weightDecay" is not a field that is known here.'],
  [{ optimiser: { ...sgd, kind: 'adamw', weightDecay: -1 } }, '"optimiser.weightDecay" is -1; allowed: at least 0.'],
  [scheduled({ kind: 'sine' }), '"optimiser.schedule.kind" is "sine"; allowed: "constant", "cosine", "steps".'],
  [scheduled({ kind: 'constant', warmUp: 0 }), '"optimiser.schedule.warmUp" is 0; allowed: at least 1.'],
  [scheduled({ kind: 'cosine' }), '"optimiser.schedule.rounds" is missing: a value of type number.'],
  [scheduled({ kind: 'cosine', rounds: 9, floor: 2 }), '"optimiser.schedule.floor" is 2; allowed: at most 1.'],
  [
    scheduled({ kind: 'cosine', rounds: 9, warmUp: 9 }),
    '"optimiser.schedule.warmUp" is 9; allowed: less than "rounds", 9.',
  ],
  [scheduled({ kind: 'steps', every: 9, factor: 0 }), '"optimiser.schedule.factor" is 0; allowed: more than 0.'],
  [
    scheduled({ kind: 'steps', every: 9, factor: 0.5, warmUp: 10 }),
    '"optimiser.schedule.warmUp" is 10; allowed: at most "every", 9.',
  ],
  [
    { model: { kind: 'mlp', hidden: [8], activation: 'sine' } },
    '"model.activation" is "sine"; allowed: "linear", "relu", "relu6", "tanh", "sigmoid", "softplus", "elu", "swish", "gelu".',
  ],
  [
    { model: { kind: 'cnn' } },
    '"model.kind" is "cnn"; allowed: "softmax-regression", "mlp", "stack", "transformer", or a file as {"layers": "model.json"}.',
  ],
  [
    { model: { kind: 'stack', layers: [{ layer: 'batch-normalization' }] } },
    '"model.layers.0.layer" is "batch-normalization"; its statistics are those of whoever computes a batch, so replicas would differ: use "layer-normalization".',
  ],
  [
    { model: { kind: 'stack', layers: [{ layer: 'conv3d' }] } },
    '"model.layers.0.layer" is "conv3d"; allowed: "dense", "conv2d", "depthwise-conv2d", "max-pooling2d", "average-pooling2d", "global-average-pooling2d", "global-max-pooling2d", "flatten", "reshape", "activation", "dropout", "layer-normalization", "rescaling".',
  ],
  [
    { model: { kind: 'stack', layers: [{ layer: 'conv2d', filters: 8, kernelSize: 'big' }] } },
    '"model.layers.0.kernelSize" is "big"; allowed: a whole positive number, or two of them in brackets.',
  ],
  [
    { model: { kind: 'stack', layers: [{ layer: 'dropout', rate: 1 }] } },
    '"model.layers.0.rate" is 1; allowed: less than 1.',
  ],
  [{ model: { layers: 7 } }, '"model.layers" is 7; allowed: a value of type string.'],
  [{ augment: { shift: -1 } }, '"augment.shift" is -1; allowed: at least 0.'],
  [{ startFrom: 3 }, '"startFrom" is 3; allowed: the name of a file.'],
  [{ model: { kind: 'mlp' } }, '"model.hidden" is missing: a value of type array.'],
  [{ colour: 'red' }, '"colour" is not a field that is known here.'],
  [{ end: { rounds: '9' } }, '"end.rounds" is "9"; allowed: a value of type number.'],
])('[RUN1] %j is answered with the field, the value and what is allowed', (change, problem) => {
  expect(problems(change)).toEqual([problem])
})

test('[RUN1] every problem is told at once', () => {
  expect(problems({ partitions: 0, seed: -1 })).toHaveLength(2)
  const reading = readRunFile('text')
  expect(reading.ok).toBe(false)
})
