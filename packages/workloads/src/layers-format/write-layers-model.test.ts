import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { type CheckCase, checkBatch, checkCases, checkParameters } from '../gradient-computer-checks.ts'
import { type ModelSpec, networkOf } from '../model.ts'
import type { Activation } from '../network/layer.ts'
import { ModelError, planNetwork } from '../network/plan.ts'
import { createGradientComputer } from '../tensorflow-computer.ts'
import { readLayersModel } from './read-layers-model.ts'
import { readLayersWeights } from './read-layers-weights.ts'
import { type WrittenModel, whyNoLayersModel, writeLayersModel } from './write-layers-model.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const mlp = (activation: Activation): CheckCase => ({
  title: `mlp with ${activation}`,
  network: networkOf({ kind: 'mlp', hidden: [6], activation }, { inputShape: [3, 2], classes: 4 }),
  batchSize: 5,
})

const images = (title: string, spec: ModelSpec): CheckCase => ({
  title,
  network: networkOf(spec, { inputShape: [6, 5], classes: 3 }),
  batchSize: 4,
})

const window = { strides: [1, 1], padding: 'same', activation: 'relu', useBias: true } as const

const writable: readonly CheckCase[] = [
  ...checkCases.filter(({ network }) => whyNoLayersModel(network) === null),
  ...(['relu6', 'softplus', 'elu', 'swish', 'sigmoid'] as const).map(mlp),
  images('grey images, global maximum, then flattened once more', {
    kind: 'stack',
    layers: [
      { layer: 'conv2d', filters: 4, kernelSize: [3, 2], ...window },
      { layer: 'depthwise-conv2d', depthMultiplier: 2, kernelSize: [2, 2], ...window, useBias: false },
      { layer: 'max-pooling2d', poolSize: [2, 3], strides: [2, 1], padding: 'same' },
      { layer: 'global-max-pooling2d' },
      { layer: 'flatten' },
    ],
  }),
  {
    title: 'tokens, a class at each position',
    network: planNetwork(
      [
        { name: 'tokens', from: [-1], layer: { layer: 'embedding', inputDim: 7, outputDim: 4 } },
        { name: 'norm', from: [0], layer: { layer: 'layer-normalization', epsilon: 1e-5 } },
        { name: 'softmax', from: [1], layer: { layer: 'dense', units: 5, activation: 'tanh', useBias: false } },
        { name: 'input', from: [2, 2], layer: { layer: 'multiply' } },
        { name: 'logits', from: [3], layer: { layer: 'dense', units: 7, activation: 'linear', useBias: true } },
      ],
      [6],
      7,
    ),
    batchSize: 3,
  },
]

const written = (given: CheckCase, title = given.title): WrittenModel & { parameters: Float32Array } => {
  const parameters = checkParameters(given)
  return { ...writeLayersModel(given.network, parameters, { title }), parameters }
}

/** As it would come back from a file. */
const throughText = (json: object): unknown => JSON.parse(JSON.stringify(json))

function load({ json, weights }: WrittenModel): Promise<tf.LayersModel> {
  const { weightsManifest, ...rest } = throughText(json) as tf.io.ModelJSON
  const weightSpecs = weightsManifest.flatMap(group => group.weights)
  return tf.loadLayersModel(tf.io.fromMemory({ ...rest, weightSpecs, weightData: weights.buffer as ArrayBuffer }))
}

test('every case that can be written is: the kinds of layers that are left out are those that Keras lacks', () => {
  const kinds = (cases: readonly CheckCase[]) =>
    new Set(cases.flatMap(({ network }) => network.nodes.map(({ layer }) => layer.layer)))
  const all = kinds([...checkCases, ...writable])
  expect([...all].filter(kind => !kinds(writable).has(kind)).sort()).toEqual(['causal-attention', 'position-embedding'])
})

test.each(writable)('[LAY1] $title: TensorFlow.js loads it and predicts the softmax of our logits', async given => {
  const { network } = given
  const model = written(given)
  const { size, inputs, labels } = checkBatch(given)
  const computer = createGradientComputer(network)
  computer.loadParameters(model.parameters)
  const logits = await computer.logits({ size, inputs, labels })
  computer.dispose()
  const expected = tf.softmax(tf.tensor2d(logits, [logits.length / network.classes, network.classes]))
  const loaded = await load(model)
  const predicted = loaded.predict(tf.tensor(inputs, [size, ...network.inputShape])) as tf.Tensor
  expect(predicted.size).toBe(expected.size)
  expect(tf.max(tf.abs(tf.sub(tf.reshape(predicted, expected.shape), expected))).dataSync()[0]).toBeLessThan(1e-5)
  loaded.dispose()
})

test.each(writable)('[LAY3] $title: read again it is the same graph with the same bits', given => {
  const { network } = given
  const { json, weights, parameters } = written(given)
  const model = readLayersModel(throughText(json), 'model.json')
  expect(model.inputShape).toEqual(network.inputShape)
  expect(model.classes).toBe(network.classes)
  const read = planNetwork(model.nodes, model.inputShape, model.classes)
  expect(read.tensors.map(({ name, shape }) => [name, shape])).toEqual(
    network.tensors.map(({ name, shape }) => [name, shape]),
  )
  const asIs = network.nodes.map(({ name, from, layer, inputShapes, shape }) => ({
    name,
    from,
    // Neither Keras' nor TensorFlow.js' Flatten takes what is flat.
    layer: layer.layer === 'flatten' && inputShapes[0]!.length === 1 ? { layer: 'reshape', targetShape: shape } : layer,
  }))
  expect(model.nodes).toEqual(asIs)
  expect(readLayersWeights(model, read, new Map([['weights.bin', weights]]))).toEqual(parameters)
})

test('[LAY8] what Keras or TensorFlow.js does not know is refused by layer, all of it at once', () => {
  const transformer = checkCases.find(({ title }) => title === 'transformer')!
  const lines = whyNoLayersModel(transformer.network)!.split('\n')
  expect(lines[0]).toBe(
    'layer "positions" (position-embedding): Keras and TensorFlow.js have no such layer; safetensors hold the same ' +
      'weights.',
  )
  expect(lines.map(line => line.split('"')[1])).toEqual([
    'positions',
    'block0-attention',
    'block0-hidden',
    'block1-attention',
    'block1-hidden',
  ])
  expect(() => written(transformer)).toThrow(ModelError)
  expect(() => written(mlp('gelu'))).toThrow(
    'layer "dense0" (dense): TensorFlow.js cannot load the activation "gelu" from a file; safetensors hold the same ' +
      'weights.',
  )
  const named = (name: string) =>
    planNetwork(
      [{ name, from: [-1], layer: { layer: 'dense', units: 2, activation: 'linear', useBias: true } }],
      [2],
      2,
    )
  expect(whyNoLayersModel(named('a name with spaces'))).toContain('TensorFlow.js wants names of letters')
})

test('TensorFlow.js still cannot load the activation "gelu_new", which it writes', async () => {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 2, inputShape: [2], activation: 'gelu_new' as 'relu' })],
  })
  const json = model.toJSON(null, false)
  expect(JSON.stringify(json)).toContain('"gelu_new"')
  await expect(tf.models.modelFromJSON(json as Parameters<typeof tf.models.modelFromJSON>[0])).rejects.toThrow(
    'Unknown activation: geluNew',
  )
})

test('the title becomes a name that TensorFlow allows, and stays whole beside the model', () => {
  const { json } = written(mlp('tanh'), 'Ziffern, größer!')
  expect(json.modelTopology).toMatchObject({ config: { name: 'Ziffern_gr_er_' } })
  expect(json.userDefinedMetadata).toEqual({ title: 'Ziffern, größer!' })
  expect(json.weightsManifest[0]!.paths).toEqual(['weights.bin'])
})
