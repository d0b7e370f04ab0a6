// What Keras' to_json gives, cut down to the keys that versions differ in and some that say nothing here.

const stem = {
  filters: 4,
  kernel_size: [3, 3],
  strides: [1, 1],
  padding: 'same',
  data_format: 'channels_last',
  dilation_rate: [1, 1],
  groups: 1,
  activation: 'relu',
  use_bias: true,
  kernel_regularizer: null,
  activity_regularizer: null,
  kernel_constraint: null,
}
const pointwise = { ...stem, kernel_size: [1, 1], padding: 'valid', use_bias: false }

const old = (className: string, name: string, from: readonly string[], settings: object = {}) => ({
  class_name: className,
  config: { name, trainable: true, dtype: 'float32', ...settings },
  name,
  inbound_nodes: from.length === 0 ? [] : [from.map(source => [source, 0, 0, {}])],
})

export const keras2Functional = {
  class_name: 'Functional',
  config: {
    name: 'model',
    trainable: true,
    layers: [
      old('InputLayer', 'input_1', [], { batch_input_shape: [null, 8, 8, 1], sparse: false, ragged: false }),
      old('Conv2D', 'stem', ['input_1'], stem),
      old('SeparableConv2D', 'a', ['stem'], { ...stem, depth_multiplier: 1 }),
      old('Conv2D', 'b', ['stem'], { ...pointwise, activation: 'swish' }),
      old('Add', 'sum', ['a', 'b']),
      old('ReLU', 'act', ['sum'], { max_value: 6, negative_slope: { type: 'ndarray', value: 0 }, threshold: 0 }),
      old('GlobalAveragePooling2D', 'pool', ['act'], { data_format: 'channels_last', keepdims: false }),
      old('Dense', 'head', ['pool'], { units: 10, activation: 'softmax', use_bias: true }),
    ],
    input_layers: [['input_1', 0, 0]],
    output_layers: [['head', 0, 0]],
  },
  keras_version: '2.15.0',
  backend: 'tensorflow',
}

const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null }

const tensor = (source: string) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 8, 8, 4], dtype: 'float32', keras_history: [source, 0, 0] },
})

const recent = (className: string, name: string, from: readonly string[], settings: object = {}) => ({
  module: 'keras.layers',
  class_name: className,
  config: { name, trainable: true, dtype: policy, ...settings },
  registered_name: null,
  build_config: { input_shape: [null, 8, 8, 4] },
  name,
  inbound_nodes:
    from.length === 0
      ? []
      : [{ args: from.length === 1 ? from.map(tensor) : [from.map(tensor)], kwargs: { mask: null } }],
})

export const keras3Functional = {
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  config: {
    name: 'functional',
    trainable: true,
    layers: [
      {
        module: 'keras.layers',
        class_name: 'InputLayer',
        config: { batch_shape: [null, 8, 8, 1], dtype: 'float32', sparse: false, ragged: false, name: 'input_layer' },
        registered_name: null,
        name: 'input_layer',
        inbound_nodes: [],
      },
      recent('Conv2D', 'stem', ['input_layer'], stem),
      recent('SeparableConv2D', 'a', ['stem'], { ...stem, depth_multiplier: 1 }),
      recent('Conv2D', 'b', ['stem'], { ...pointwise, activation: 'silu' }),
      recent('Add', 'sum', ['a', 'b']),
      recent('ReLU', 'act', ['sum'], { max_value: 6, negative_slope: 0, threshold: 0 }),
      recent('GlobalAveragePooling2D', 'pool', ['act'], { data_format: 'channels_last', keepdims: false }),
      recent('Dense', 'head', ['pool'], {
        units: 10,
        activation: 'softmax',
        use_bias: true,
        quantization_config: null,
      }),
    ],
    input_layers: [['input_layer', 0, 0]],
    output_layers: ['head', 0, 0],
  },
  registered_name: 'Functional',
  build_config: { input_shape: null },
}

const inSequence = ({ inbound_nodes: _, name: __, ...layer }: ReturnType<typeof recent>) => layer

export const keras3Sequential = {
  module: 'keras',
  class_name: 'Sequential',
  config: {
    name: 'sequential',
    trainable: true,
    dtype: policy,
    layers: [
      recent('Flatten', 'flatten', [], { data_format: 'channels_last' }),
      recent('Dense', 'hidden', [], { units: 32, activation: 'tanh', use_bias: true }),
      recent('Dropout', 'dropout', [], { rate: 0.2, seed: null, noise_shape: null }),
      recent('Dense', 'logits', [], { units: 10, activation: 'linear', use_bias: true }),
    ].map(inSequence),
    build_input_shape: [null, 28, 28],
  },
  registered_name: null,
}
