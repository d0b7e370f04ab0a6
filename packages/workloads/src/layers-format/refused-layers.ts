// Why a layer of Keras is not among those that can be trained here, and what to do instead.

const code = 'code cannot be carried by a file; use layers that are supported instead'

const reasons: readonly (readonly [why: string, classes: string])[] = [
  [
    'its statistics are those of whoever computes a batch, so replicas would differ; use LayerNormalization instead',
    'BatchNormalization BatchNormalizationV1 SyncBatchNormalization',
  ],
  ['its statistics are read from data beforehand; use Rescaling instead', 'Normalization'],
  [
    'recurrent layers, which carry a state from step to step, are not supported',
    'LSTM GRU SimpleRNN RNN StackedRNNCells LSTMCell GRUCell SimpleRNNCell ConvLSTM1D ConvLSTM2D ConvLSTM2DCell ' +
      'ConvLSTM3D Bidirectional CuDNNLSTM CuDNNGRU',
  ],
  [
    'its random draws would differ from one volunteer to the next; use Dropout instead',
    'GaussianNoise GaussianDropout AlphaDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D RandomFlip ' +
      'RandomRotation RandomZoom RandomCrop RandomContrast RandomTranslation RandomHeight RandomWidth RandomBrightness',
  ],
  ['a model inside the model is not supported; put its layers into the model itself', 'Sequential Functional Model'],
  [code, 'Lambda TFOpLambda SlicingOpLambda TensorFlowOpLayer'],
  ['a slope below zero is not supported; use ReLU or ELU instead', 'LeakyReLU PReLU'],
]

const whyOf = new Map(reasons.flatMap(([why, classes]) => classes.split(' ').map(name => [name, why] as const)))

/** Where a layer comes from, as Keras writes it. */
export interface Origin {
  /** "package>class" for a layer of one's own. */
  readonly registeredName: unknown
  readonly module: unknown
}

/** null where it is one of `supported`. */
export function whyRefused(className: string, supported: readonly string[], origin: Origin): string | null {
  const { registeredName, module } = origin
  const known = whyOf.get(className)
  if (known !== undefined) return known
  const isOwn =
    (typeof registeredName === 'string' && registeredName.includes('>')) ||
    (typeof module === 'string' && !/^(keras|tf_keras|tensorflow)\b/.test(module))
  if (isOwn) return `it is a custom layer, and ${code}`
  if (!supported.includes(className)) return `it is not supported; these layers are: ${supported.join(', ')}`
  // keras.ops.add(x, y) is written as an "Add" too, with defaults of its own.
  if (typeof module === 'string' && module.includes('.ops'))
    return 'it is an operation outside of a layer; use the layer of the same name'
  return null
}
