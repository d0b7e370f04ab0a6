import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { planNetwork } from '../network/plan.ts'
import { createGradientComputer } from '../tensorflow-computer.ts'
import { readLayersModel } from './read-layers-model.ts'
import { readLayersWeights } from './read-layers-weights.ts'
import { keras2Functional, keras3Functional, keras3Sequential } from './test-keras-files.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const dense = (units: number, activation: 'relu' | 'softmax' | 'linear' = 'linear') =>
  tf.layers.dense({ units, activation, biasInitializer: 'glorotNormal' })

/** Of a vector, as if it were drawn. */
const noise = { biasInitializer: 'randomNormal', kernelInitializer: 'glorotNormal' } as const

function images(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [9, 8, 2], filters: 4, kernelSize: 3, activation: 'elu', ...noise }),
      tf.layers.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 2],
        ],
      }),
      tf.layers.depthwiseConv2d({ kernelSize: [2, 3], depthMultiplier: 2, padding: 'same', ...noise }),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.maxPooling2d({ poolSize: 2, strides: 1 }),
      tf.layers.separableConv2d({
        filters: 5,
        kernelSize: 3,
        strides: 2,
        depthMultiplier: 2,
        padding: 'same',
        activation: 'tanh',
        biasInitializer: 'randomNormal',
      }),
      tf.layers.layerNormalization({ gammaInitializer: 'randomNormal', betaInitializer: 'randomNormal' }),
      tf.layers.averagePooling2d({ poolSize: 2, padding: 'same' }),
      tf.layers.dropout({ rate: 0.3 }),
      tf.layers.flatten(),
      dense(7, 'relu'),
      dense(4, 'softmax'),
    ],
  })
}

function branches(): tf.LayersModel {
  const input = tf.input({ shape: [12] })
  const left = dense(12, 'relu').apply(input) as tf.SymbolicTensor
  const right = tf.layers.elu().apply(dense(12).apply(input)) as tf.SymbolicTensor
  const sum = tf.layers.add().apply([left, right, input]) as tf.SymbolicTensor
  const product = tf.layers.multiply().apply([sum, left]) as tf.SymbolicTensor
  const both = tf.layers.concatenate({ axis: 1 }).apply([product, input]) as tf.SymbolicTensor
  const picture = tf.layers.reshape({ targetShape: [2, 4, 3] }).apply(both) as tf.SymbolicTensor
  const scaled = tf.layers.rescaling({ scale: 0.5, offset: 0.1 }).apply(picture) as tf.SymbolicTensor
  const most = tf.layers.globalMaxPooling2d({}).apply(scaled) as tf.SymbolicTensor
  const mean = tf.layers.globalAveragePooling2d({}).apply(scaled) as tf.SymbolicTensor
  const ends = tf.layers.concatenate().apply([most, mean]) as tf.SymbolicTensor
  const logits = tf.layers.activation({ activation: 'swish' as 'relu' }).apply(dense(3).apply(ends))
  return tf.model({ inputs: input, outputs: tf.layers.softmax().apply(logits) as tf.SymbolicTensor })
}

function tokens(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: 11, outputDim: 3, inputLength: 5, embeddingsInitializer: 'randomNormal' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 6, activation: 'gelu_new' as 'relu', useBias: false }),
      dense(3),
      tf.layers.activation({ activation: 'softmax' }),
    ],
  })
}

/** What a save would leave on a disk. */
async function saved(model: tf.LayersModel): Promise<{ json: unknown; weights: Uint8Array }> {
  let kept: tf.io.ModelArtifacts | undefined
  await model.save(
    tf.io.withSaveHandler(async artifacts => {
      kept = artifacts
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  const { modelTopology, format, generatedBy, weightSpecs, weightData } = kept!
  const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }]
  const json = { modelTopology, format, generatedBy, convertedBy: null, weightsManifest: manifest }
  const text = JSON.stringify(json, (_, value) =>
    // TensorFlow.js forgets this one, and cannot load what it saved; Keras writes it.
    value?.class_name === 'SeparableConv2D' ? { ...value, config: { ...value.config, depth_multiplier: 2 } } : value,
  )
  return { json: JSON.parse(text), weights: new Uint8Array(weightData as ArrayBuffer) }
}

test.each([
  ['images', images, null],
  ['branches', branches, null],
  ['tokens', tokens, 11],
] as const)('[LAY2] %s: what TensorFlow.js saves predicts the same here', async (_, build, inputDim) => {
  const model = build()
  const { json, weights } = await saved(model)
  const read = readLayersModel(json, 'model.json')
  const network = planNetwork(read.nodes, read.inputShape, read.classes)
  expect(network.tokens).toBe(inputDim)
  const size = 4
  const inputs = Float32Array.from({ length: size * network.inputSize }, (_, i) =>
    inputDim === null ? Math.sin(7 * i) : (5 * i * i + i) % inputDim,
  )
  const computer = createGradientComputer(network)
  computer.loadParameters(readLayersWeights(read, network, new Map([['weights.bin', weights]])))
  const logits = await computer.logits({ size, inputs, labels: new Uint16Array(size) })
  computer.dispose()
  const predicted = model.predict(tf.tensor(inputs, [size, ...network.inputShape])) as tf.Tensor
  const ours = tf.softmax(tf.tensor2d(logits, [size, network.classes]))
  expect(ours.shape).toEqual(predicted.shape)
  expect(tf.max(tf.abs(tf.sub(ours, predicted))).dataSync()[0]).toBeLessThan(1e-5)
  model.dispose()
})

test('[LAY2] what the file calls a weight is found under our name', async () => {
  const { json } = await saved(images())
  const { weights } = readLayersModel(json, 'model.json')
  expect(weights.map(({ fileName }) => fileName.split('/')[1])).toEqual(
    'kernel bias depthwise_kernel bias depthwise_kernel pointwise_kernel bias gamma beta kernel bias kernel bias'.split(
      ' ',
    ),
  )
  const [, , , , depthwise, pointwise, bias] = weights
  expect(depthwise!.name).toMatch(/^separable_conv.*_depthwise\/kernel$/)
  expect(pointwise!.name).toMatch(/^separable_conv.*_pointwise\/kernel$/)
  expect(bias!.name).toMatch(/^separable_conv.*_pointwise\/bias$/)
})

test('[LAY7] Keras 2 and Keras 3 write one model in two ways; both are the same graph', () => {
  const old = readLayersModel(keras2Functional, 'old.json')
  expect(old).toEqual(readLayersModel(keras3Functional, 'new.json'))
  expect(old.inputShape).toEqual([8, 8, 1])
  expect(old.classes).toBe(10)
  expect(old.manifest).toBeNull()
  expect(old.nodes.map(({ name, from }) => [name, ...from])).toEqual([
    ['stem', -1],
    ['a_depthwise', 0],
    ['a_pointwise', 1],
    ['b', 0],
    ['sum', 2, 3],
    ['act', 4],
    ['pool', 5],
    ['head', 6],
  ])
  expect(old.nodes[3]!.layer).toEqual({
    layer: 'conv2d',
    filters: 4,
    kernelSize: [1, 1],
    strides: [1, 1],
    padding: 'valid',
    activation: 'swish',
    useBias: false,
  })
  expect(old.nodes[7]!.layer).toEqual({ layer: 'dense', units: 10, activation: 'linear', useBias: true })
  expect(old.weights[0]).toEqual({ name: 'stem/kernel', fileName: 'stem/kernel' })
  expect(old.weights.map(({ name }) => name)).not.toContain('b/bias')
})

test('[LAY7] a Sequential model of Keras 3, without an input layer of its own', () => {
  const { nodes, inputShape, classes } = readLayersModel(keras3Sequential, 'model.json')
  expect(inputShape).toEqual([28, 28])
  expect(classes).toBe(10)
  expect(nodes.map(({ layer }) => layer.layer)).toEqual(['flatten', 'dense', 'dropout', 'dense'])
})

test('[LAY7] layers that stand before those they read are put in order', () => {
  const { config, ...rest } = keras2Functional
  const turned = { ...rest, config: { ...config, layers: config.layers.toReversed() } }
  const { nodes } = readLayersModel(turned, 'model.json')
  expect(nodes.at(-1)!.name).toBe('head')
  expect(() => planNetwork(nodes, [8, 8, 1], 10)).not.toThrow()
})

test('[LAY7] weights are found with the model before their names, ":0" behind, or a number in place of a word', () => {
  const shapes: Record<string, number[]> = { kernel: [784, 32], bias: [32] }
  const withNames = (rename: (layer: string, word: string, index: number) => string) => {
    const entry = (layer: string) =>
      Object.keys(shapes).map((word, i) => ({ name: rename(layer, word, i), shape: shapes[word], dtype: 'float32' }))
    const optimizer = { name: 'Adam/iter', shape: [], dtype: 'int32', group: 'optimizer' }
    const weights = [...entry('hidden'), ...entry('logits'), optimizer]
    const json = { modelTopology: keras3Sequential, weightsManifest: [{ paths: ['a.bin'], weights }] }
    return readLayersModel(json, 'model.json').weights.map(({ fileName }) => fileName)
  }
  expect(withNames((layer, word) => `sequential/${layer}/${word}`)[0]).toBe('sequential/hidden/kernel')
  expect(withNames((layer, word) => `${layer}/${word}:0`)[1]).toBe('hidden/bias:0')
  expect(withNames((layer, _, i) => `${layer}/vars/${i}`)).toEqual([
    'hidden/vars/0',
    'hidden/vars/1',
    'logits/vars/0',
    'logits/vars/1',
  ])
  expect(() => withNames((layer, word) => `${layer}/${word === 'bias' ? 'beta' : word}`)).toThrow(
    [
      'model.json, weightsManifest: no weight is named "hidden/bias".',
      'model.json, weightsManifest: no weight is named "logits/bias".',
      'model.json, weightsManifest: "hidden/beta" is the weight of no layer.',
      'model.json, weightsManifest: "logits/beta" is the weight of no layer.',
    ].join('\n'),
  )
})

test('[LAY7] Keras 3 calls a depthwise kernel "kernel"', () => {
  const layers = [
    { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 4, 4, 2] } },
    { class_name: 'DepthwiseConv2D', config: { name: 'deep', kernel_size: [3, 3], use_bias: false } },
    { class_name: 'GlobalMaxPooling2D', config: { name: 'most' } },
  ]
  const weights = [{ name: 'sequential/deep/kernel', shape: [3, 3, 2, 1], dtype: 'float32' }]
  const json = {
    modelTopology: { class_name: 'Sequential', config: { layers } },
    weightsManifest: [{ paths: ['a.bin'], weights }],
  }
  expect(readLayersModel(json, 'model.json').weights).toEqual([
    { name: 'deep/kernel', fileName: 'sequential/deep/kernel' },
  ])
})
