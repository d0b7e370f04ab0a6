import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ModelError, planNetwork } from '../network/plan.ts'
import { readLayersModel } from './read-layers-model.ts'
import { keras2Functional, keras3Functional, keras3Sequential } from './test-keras-files.ts'

interface Written {
  readonly class_name: string
  readonly config: object
}

const layer = (className: string, settings: object = {}, name = 'x'): Written => ({
  class_name: className,
  config: { name, ...settings },
})
const input = (shape: unknown = [null, 6, 6, 2], settings: object = {}) =>
  layer('InputLayer', { batch_input_shape: shape, ...settings }, 'in')
const flatten = layer('Flatten', {}, 'flat')
const logits = layer('Dense', { units: 3 }, 'logits')

const sequential = (...layers: readonly unknown[]) => ({ class_name: 'Sequential', config: { layers } })
/** One layer between an image and the logits. */
const around = (className: string, settings: object = {}) =>
  sequential(input(), layer(className, settings), flatten, logits)
const conv = { filters: 2, kernel_size: 3 }

function refusal(json: unknown): string {
  try {
    const { nodes, inputShape, classes } = readLayersModel(json, 'model.json')
    planNetwork(nodes, inputShape, classes)
  } catch (error) {
    if (error instanceof ModelError) return error.message
    throw error
  }
  return 'read'
}

test('what surrounds the refused layer is read without it', () => {
  expect(refusal(sequential(input(), flatten, logits))).toBe('read')
  expect(refusal(around('Conv2D', conv))).toBe('read')
})

test.each<[className: string, settings: object, why: string]>([
  [
    'BatchNormalization',
    {},
    'its statistics are those of whoever computes a batch, so replicas would differ; use LayerNormalization instead.',
  ],
  ['LSTM', { units: 3 }, 'recurrent layers, which carry a state from step to step, are not supported.'],
  ['Bidirectional', {}, 'recurrent layers, which carry a state from step to step, are not supported.'],
  ['GaussianNoise', {}, 'its random draws would differ from one volunteer to the next; use Dropout instead.'],
  ['AlphaDropout', {}, 'its random draws would differ from one volunteer to the next; use Dropout instead.'],
  ['RandomFlip', {}, 'its random draws would differ from one volunteer to the next; use Dropout instead.'],
  ['Lambda', {}, 'code cannot be carried by a file; use layers that are supported instead.'],
  ['Functional', {}, 'a model inside the model is not supported; put its layers into the model itself.'],
  ['LeakyReLU', {}, 'a slope below zero is not supported; use ReLU or ELU instead.'],
  [
    'Conv2D',
    { ...conv, kernel_regularizer: { class_name: 'L2', config: { l2: 0.01 } } },
    'its "kernel_regularizer" cannot be followed; take it out and set the run file\'s "l2" instead.',
  ],
  [
    'Conv2D',
    { ...conv, kernelConstraint: { className: 'MaxNorm' }, bias_constraint: {} },
    'its "kernel_constraint" and "bias_constraint" cannot be followed; take it out.',
  ],
  [
    'Conv2D',
    { ...conv, data_format: 'channels_first' },
    'its "data_format" is "channels_first"; "channels_last" is needed.',
  ],
  ['Conv2D', { ...conv, dilation_rate: [2, 2] }, 'its "dilation_rate" is [2, 2]; 1 is supported.'],
  ['Conv2D', { ...conv, groups: 2 }, 'its "groups" is 2; 1 is supported.'],
  ['Conv2D', { ...conv, padding: 'causal' }, 'its "padding" is "causal"; "valid" and "same" are supported.'],
  ['Conv2D', { filters: 2 }, 'its "kernel_size" is missing; two numbers are needed.'],
  ['Conv2D', { ...conv, use_bias: 1 }, 'its "use_bias" is 1; true or false is needed.'],
  [
    'Conv2D',
    { ...conv, trainable: false },
    'it is frozen ("trainable" is false); frozen layers are not supported yet.',
  ],
  [
    'Conv2D',
    { ...conv, activation: 'softmax' },
    'softmax is supported at the very end only, where it is taken off, since the loss works on logits.',
  ],
  ['Softmax', {}, 'softmax is supported at the very end only, where it is taken off, since the loss works on logits.'],
  [
    'Activation',
    { activation: 'gelu' },
    'its activation "gelu" is the exact one; here it is the tanh approximation, which TensorFlow.js calls "gelu_new" ' +
      'and Keras "gelu" with approximate true.',
  ],
  [
    'Activation',
    { activation: 'selu' },
    'its activation is "selu"; supported are linear, relu, relu6, tanh, sigmoid, softplus, elu, swish, silu, gelu_new, ' +
      'geluNew, softmax (at the end).',
  ],
  ['ReLU', { negative_slope: 0.1 }, 'its "negative_slope" is not 0, which is not supported; use ELU instead.'],
  ['ReLU', { max_value: 5 }, 'its "max_value" is 5; none or 6 is supported.'],
  ['ELU', { alpha: 2 }, 'its "alpha" is 2; 1 is supported.'],
  [
    'Dropout',
    { rate: 0.5, noise_shape: [null, 1] },
    'its "noise_shape" is set; each number is dropped by itself here.',
  ],
  ['Dropout', {}, 'its "rate" is missing; a number is needed.'],
  ['LayerNormalization', { axis: 1 }, 'its "axis" is 1; the last one, -1, is supported.'],
  ['LayerNormalization', { axis: [2, 3] }, 'its "axis" is [2, 3]; one axis is supported.'],
  ['LayerNormalization', { center: false }, 'its "center" is false; true is supported.'],
  ['LayerNormalization', { rms_scaling: true }, 'its "rms_scaling" is true; false is supported.'],
  ['GlobalMaxPooling2D', { keepdims: true }, 'its "keepdims" is true; take it out and put a Reshape after it.'],
  ['Rescaling', { scale: [1, 2] }, 'its "scale" is [1, 2]; a number is needed.'],
  [
    'Dense',
    { units: 3, stateful: true },
    'it is stateful: what one batch leaves behind is not there for whoever computes the next.',
  ],
])('[LAY4] %s %j: %s', (className, settings, why) => {
  expect(refusal(around(className, settings))).toBe(`model.json, layer "x" (${className}): ${why}`)
})

test('[LAY4] layers that are not known, and layers of somebody’s own', () => {
  expect(refusal(around('Conv3D'))).toMatch(
    /^model\.json, layer "x" \(Conv3D\): it is not supported; these layers are: InputLayer, Dense, .*, Concatenate\.$/,
  )
  const own = { ...layer('Twist'), registered_name: 'mine>Twist' }
  expect(refusal(sequential(input(), own, flatten, logits))).toBe(
    'model.json, layer "x" (Twist): it is a custom layer, and code cannot be carried by a file; use layers that are ' +
      'supported instead.',
  )
  const namesake = { ...layer('Dense', { units: 2 }), module: '__main__', registered_name: 'Dense' }
  expect(refusal(sequential(input(), namesake, flatten, logits))).toContain('(Dense): it is a custom layer, and code')
  const operation = { ...layer('Add'), module: 'keras.src.ops.numpy' }
  expect(refusal(sequential(input(), operation, flatten, logits))).toBe(
    'model.json, layer "x" (Add): it is an operation outside of a layer; use the layer of the same name.',
  )
})

test('[LAY4] all refused layers are told at once', () => {
  const lines = refusal(
    sequential(input(), layer('BatchNormalization', {}, 'norm'), layer('GRU', {}, 'memory'), flatten, logits),
  ).split('\n')
  expect(lines.map(line => line.split(':')[0])).toEqual([
    'model.json, layer "norm" (BatchNormalization)',
    'model.json, layer "memory" (GRU)',
  ])
})

test('[LAY4] samples and classes must be known', () => {
  const rest = [flatten, logits]
  expect(refusal(sequential(input([null, null, 6, 2]), ...rest))).toBe(
    'model.json, layer "in" (InputLayer): the shape of a sample is [null, 6, 2]; whole extents are needed, none left open.',
  )
  expect(refusal(sequential(...rest))).toBe(
    'model.json, layer "flat" (Flatten): the shape of the samples is not written; give the model an input shape.',
  )
  expect(refusal(sequential(input([null]), logits))).toBe(
    'model.json, layer "in" (InputLayer): a sample is one number; give it the shape [1].',
  )
  expect(refusal(sequential(input(undefined, { ragged: true }), ...rest))).toBe(
    'model.json, layer "in" (InputLayer): ragged and sparse values are not supported; all samples have one shape.',
  )
  expect(refusal(sequential(input(), logits))).toBe(
    'model.json, layer "logits": the model gives 6 × 6 × 3; a number for each class is needed, so end it with Dense.',
  )
  expect(refusal(sequential(input(), flatten, layer('Dense', { units: 1, activation: 'sigmoid' })))).toBe(
    'model.json, layer "x": the model gives one number; a number for each class is needed, so give the last layer two ' +
      'or more.',
  )
  expect(refusal(sequential(input(), flatten, layer('Softmax')))).toBe('model.json: has no layer that learns.')
  expect(refusal(sequential(input(), layer('Conv2D', { filters: 2, kernel_size: 9 }), ...rest))).toBe(
    'model.json, layer "x" (conv2d, number 1): a window of 9 × 9 does not fit into 6 × 6.',
  )
})

test('[LAY4] an embedding reads tokens, no other layer', () => {
  const embedding = layer('Embedding', { input_dim: 5, output_dim: 2 })
  expect(refusal(sequential(input([null, 4]), embedding, flatten, logits))).toBe('read')
  expect(refusal(sequential(input([null, 4]), layer('ReLU', {}, 'cut'), embedding, flatten, logits))).toBe(
    'model.json, layer "x" (Embedding): it reads another layer; an Embedding reads the model\'s own input.',
  )
})

/** The functional model of Keras 2 with one layer's entry, or the model's config, changed. */
function changed(name: string | null, change: object): unknown {
  const { config } = keras2Functional
  if (name === null) return { ...keras2Functional, config: { ...config, ...change } }
  const layers = config.layers.map(one => (one.name === name ? { ...one, ...change } : one))
  return { ...keras2Functional, config: { ...config, layers } }
}

test.each<[name: string, inbound: unknown, why: string]>([
  [
    'act',
    [[['sum', 0, 0, {}]], [['b', 0, 0, {}]]],
    'it is applied 2 times; layers that share their weights are not supported.',
  ],
  [
    'act',
    [[['sum', 1, 0, {}]]],
    'it reads "sum" as it is applied once more; layers that share their weights are not supported.',
  ],
  ['act', [[['sum', 0, 1, {}]]], 'it reads another than the first result of "sum", which is not supported.'],
  ['act', [[['sum', 0, 0, { training: true }]]], 'it is called with "training", which is not supported.'],
  ['act', [[['nowhere', 0, 0, {}]]], 'it reads "nowhere", which is no layer.'],
  ['act', [[['pool', 0, 0, {}]]], 'it reads what depends on itself.'],
  ['act', [], 'it reads nothing.'],
  ['act', [{ args: [], kwargs: {} }], 'it is called with 0 arguments; one is supported.'],
])('[LAY4] the layer %s reading %j: %s', (name, inbound_nodes, why) => {
  const place = `model.json, layer "${name}" (ReLU)`
  expect(refusal(changed(name, { inbound_nodes }))).toBe(`${place}: ${why}`)
})

test('[LAY4] one input, one output, every layer on the way from one to the other', () => {
  const { layers } = keras2Functional.config
  const second = { ...layers[0]!, name: 'input_2' }
  expect(refusal(changed(null, { layers: [...layers, second] }))).toBe(
    'model.json, config: has 2 inputs (input_1, input_2); one is supported.',
  )
  expect(
    refusal(
      changed(null, {
        output_layers: [
          ['head', 0, 0],
          ['act', 0, 0],
        ],
      }),
    ),
  ).toBe('model.json, config: has 2 outputs (head, act); one is supported.')
  expect(refusal(changed(null, { output_layers: [['pool', 0, 0]] }))).toBe(
    'model.json, layer "head" (Dense): no layer reads it, and it is not the output.',
  )
})

test.each<[json: unknown, why: string]>([
  [7, 'model.json: is 7; an object is needed.'],
  [{}, 'model.json: has no "class_name".'],
  [
    { format: 'graph-model', modelTopology: {} },
    'model.json: is a graph model; convert it with --output_format tfjs_layers_model, which keeps its layers.',
  ],
  [{ modelTopology: [] }, 'model.json, modelTopology: is []; an object is needed.'],
  [
    { modelTopology: { model_config: { class_name: 'Sequential', config: { layers: 3 } } } },
    'model.json, modelTopology.model_config.config.layers: is 3; a list is needed.',
  ],
  [sequential(input(), flatten, logits, { config: {} }), 'model.json, config.layers[3]: has no "class_name".'],
  [sequential(input(), { class_name: 'Dense' }), 'model.json, config.layers[1].config: is null; an object is needed.'],
  [sequential(input(), { class_name: 'Dense', config: {} }), 'model.json, config.layers[1].config: has no "name".'],
  [sequential(), 'model.json, config.layers: holds no layers.'],
  [sequential(input(), flatten, flatten), 'model.json, layer "flat" (Flatten): another layer has the same name.'],
  [{ class_name: 'Dense', config: {} }, 'model.json: is a "Dense"; a Sequential or Functional model can be read.'],
  [
    { ...sequential(input(), flatten, logits), weightsManifest: [{ paths: ['a'], weights: [{ name: 'x' }] }] },
    'model.json, weightsManifest[0].weights[0] ("x").shape: is null; a list is needed.',
  ],
])('[LAY5] %j is refused by its place', (json, why) => {
  expect(refusal(json)).toBe(why)
})

const weightsManifest = [
  {
    paths: ['a.bin'],
    weights: ['hidden', 'logits'].flatMap(name => [
      {
        name: `${name}/kernel`,
        shape: [784, 32],
        dtype: 'float32',
        quantization: { dtype: 'uint8', min: 0, scale: 1 },
      },
      { name: `${name}/bias`, shape: [32], dtype: 'float32' },
    ]),
  },
]

/** All places in a JSON value, as lists of keys. */
const placesOf = (value: unknown): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, own]) => [[key], ...placesOf(own).map(rest => [key, ...rest])])
    : []

function putAt(value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown {
  if (key === undefined) return put
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = putAt(copy[key], rest, put)
  return copy
}

test('[LAY5] whatever is changed in a file, it is read or refused with a ModelError', () => {
  const files = [
    keras2Functional,
    keras3Functional,
    { format: 'layers-model', modelTopology: keras3Sequential, weightsManifest },
  ]
  const strange = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom<unknown>(
      undefined,
      -1,
      0,
      1.5,
      2 ** 60,
      1e300,
      '',
      'softmax',
      '__proto__',
      'Concatenate',
      [[]],
      {},
    ),
    fc.constantFrom<unknown>('head', 'sum', 'Add', 'Embedding', 'Reshape', 'Softmax', 'InputLayer', [null, 3], null),
  )
  const mutated = fc.constantFrom(...files).chain(file => {
    const change = fc.tuple(fc.constantFrom(...placesOf(file)), strange)
    return fc.array(change, { minLength: 1, maxLength: 3 }).map(changes =>
      // A place may be gone after an earlier change.
      changes.reduce<unknown>((json, [place, value]) => {
        try {
          return putAt(json, place, value)
        } catch {
          return json
        }
      }, file),
    )
  })
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: mutated }, { weight: 1, arbitrary: fc.jsonValue() }), json => {
      expect(refusal(json)).toMatch(/^(read$|model\.json)/)
    }),
    { numRuns: 2000 },
  )
})

test('[LAY5] depth and size of a file exhaust nothing', () => {
  const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown
  expect(refusal(around('Dense', { units: deep }))).toContain('its "units" is a list; a number is needed')
  const many = Array.from({ length: 3000 }, (_, i) => layer('ReLU', {}, `relu${i}`))
  expect(refusal(sequential(input(), ...many, flatten, logits))).toBe('read')
})
