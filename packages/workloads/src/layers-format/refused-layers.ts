// Why a layer of Keras is not among those that can be trained here, and what to do instead.

const statistics =
  'its statistics are those of whoever computes a batch, so replicas would differ; use LayerNormalization instead'
const recurrent = 'recurrent layers, which carry a state from step to step, are not supported'
const draws = 'its random draws would differ from one volunteer to the next; use Dropout instead'
const nested = 'a model inside the model is not supported; put its layers into the model itself'
const code = 'code cannot be carried by a file; use layers that are supported instead'
const slope = 'a slope below zero is not supported; use ReLU or ELU instead'

const sentences: ReadonlyMap<string, string> = new Map([
  ['BatchNormalization', statistics],
  ['BatchNormalizationV1', statistics],
  ['SyncBatchNormalization', statistics],
  ['Normalization', 'its statistics are read from data beforehand; use Rescaling instead'],
  ...['LSTM', 'GRU', 'SimpleRNN', 'RNN', 'StackedRNNCells', 'LSTMCell', 'GRUCell', 'SimpleRNNCell'].map(
    (name): [string, string] => [name, recurrent],
  ),
  ...['ConvLSTM1D', 'ConvLSTM2D', 'ConvLSTM2DCell', 'ConvLSTM3D', 'Bidirectional', 'CuDNNLSTM', 'CuDNNGRU'].map(
    (name): [string, string] => [name, recurrent],
  ),
  ...['GaussianNoise', 'GaussianDropout', 'AlphaDropout', 'SpatialDropout1D', 'SpatialDropout2D'].map(
    (name): [string, string] => [name, draws],
  ),
  ...['RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomCrop', 'RandomContrast', 'RandomTranslation'].map(
    (name): [string, string] => [name, draws],
  ),
  ...['RandomHeight', 'RandomWidth', 'RandomBrightness'].map((name): [string, string] => [name, draws]),
  ...['Sequential', 'Functional', 'Model'].map((name): [string, string] => [name, nested]),
  ...['Lambda', 'TFOpLambda', 'SlicingOpLambda', 'TensorFlowOpLayer'].map((name): [string, string] => [name, code]),
  ...['LeakyReLU', 'PReLU'].map((name): [string, string] => [name, slope]),
])

/**
 * @param registeredName as Keras writes it: "package>class" for a layer of one's own
 * @param module where Keras has it from
 */
export function whyRefused(
  className: string,
  supported: Iterable<string>,
  { registeredName, module }: { readonly registeredName: unknown; readonly module: unknown },
): string {
  const known = sentences.get(className)
  if (known !== undefined) return known
  const isOwn =
    (typeof registeredName === 'string' && registeredName.includes('>')) ||
    (typeof module === 'string' && !module.startsWith('keras') && !module.startsWith('tf_keras'))
  if (isOwn) return `it is a custom layer, and ${code}`
  return `it is not supported; these layers are: ${[...supported].join(', ')}`
}
