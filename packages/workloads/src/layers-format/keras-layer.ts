// From one layer of Keras to ours. Each reader is a line or two of the table below.

import type { Activation, Layer, LayerKind } from '../network/layer.ts'
import { activationOf } from './activation-name.ts'
import { type Fields, fieldOf, refuse } from './json-fields.ts'
import { type Origin, whyRefused } from './refused-layers.ts'
import { refuseUnsupportedSettings } from './refused-settings.ts'
import { axisOf, flagOf, marginsOf, numberOf, paddingOf, pairOf, targetShapeOf } from './settings.ts'

export interface ReadLayer {
  /** One after the other: most are one, a softmax is none. */
  readonly parts: readonly Part[]
  /** A softmax follows the parts. */
  readonly hasSoftmax: boolean
  /** Along which it works, counted with the batch, -1 being the last; null where it does not matter. */
  readonly axis: number | null
}

export interface Part {
  /** Added to the layer's name. */
  readonly suffix: string
  readonly layer: Layer
  /** What Keras calls our tensor "kernel". */
  readonly kernel: string
}

export const inputLayerClass = 'InputLayer'

/** @param settings its place names the layer and its class */
export function readKerasLayer(className: string, settings: Fields, origin: Origin): ReadLayer {
  const why = whyRefused(className, [inputLayerClass, ...readers.keys()], origin)
  const reader = readers.get(className)
  if (why !== null || reader === undefined) return refuse(settings.place, why ?? 'it is an input')
  refuseUnsupportedSettings(settings)
  const read = reader(settings)
  if (fieldOf(settings, 'trainable') === false && read.parts.some(({ layer }) => learning.has(layer.layer)))
    refuse(settings.place, 'it is frozen ("trainable" is false); frozen layers are not supported yet')
  return read
}

const learning: ReadonlySet<LayerKind> = new Set([
  'dense',
  'conv2d',
  'depthwise-conv2d',
  'layer-normalization',
  'embedding',
])

type Reader = (settings: Fields) => ReadLayer

const plain = (layer: Layer, axis: number | null = null): ReadLayer => ({
  parts: [{ suffix: '', layer, kernel: 'kernel' }],
  hasSoftmax: false,
  axis,
})

/** A layer with an activation; softmax is split off. */
function activated(settings: Fields, partsWith: (activation: Activation) => readonly Part[]): ReadLayer {
  const activation = activationOf(settings)
  const hasSoftmax = activation === 'softmax'
  return { parts: partsWith(hasSoftmax ? 'linear' : activation), hasSoftmax, axis: null }
}

const windowOf = (settings: Fields) => ({
  kernelSize: pairOf(settings, 'kernel_size'),
  strides: pairOf(settings, 'strides', [1, 1]),
  padding: paddingOf(settings),
})

const biasOf = (settings: Fields) => ({ useBias: flagOf(settings, 'use_bias', true) })

const depthwiseOf = (settings: Fields, own: { readonly activation: Activation; readonly useBias: boolean }): Layer => ({
  layer: 'depthwise-conv2d',
  depthMultiplier: numberOf(settings, 'depth_multiplier', 1),
  ...windowOf(settings),
  ...own,
})

const pooling =
  (layer: 'max-pooling2d' | 'average-pooling2d'): Reader =>
  settings => {
    const poolSize = pairOf(settings, 'pool_size', [2, 2])
    return plain({ layer, poolSize, strides: pairOf(settings, 'strides', poolSize), padding: paddingOf(settings) })
  }

const globalPooling =
  (layer: 'global-average-pooling2d' | 'global-max-pooling2d'): Reader =>
  settings => {
    if (flagOf(settings, 'keepdims', false))
      refuse(settings.place, 'its "keepdims" is true; take it out and put a Reshape after it')
    return plain({ layer })
  }

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    'Dense',
    settings =>
      activated(settings, activation => [
        {
          suffix: '',
          kernel: 'kernel',
          layer: { layer: 'dense', units: numberOf(settings, 'units'), activation, ...biasOf(settings) },
        },
      ]),
  ],
  [
    'Conv2D',
    settings =>
      activated(settings, activation => {
        const layer: Layer = {
          layer: 'conv2d',
          filters: numberOf(settings, 'filters'),
          ...windowOf(settings),
          activation,
          ...biasOf(settings),
        }
        return [{ suffix: '', kernel: 'kernel', layer }]
      }),
  ],
  [
    'DepthwiseConv2D',
    settings =>
      activated(settings, activation => {
        const layer = depthwiseOf(settings, { activation, ...biasOf(settings) })
        return [{ suffix: '', kernel: 'depthwise_kernel', layer }]
      }),
  ],
  [
    'SeparableConv2D',
    settings =>
      activated(settings, activation => {
        const channels = depthwiseOf(settings, { activation: 'linear', useBias: false })
        const points: Layer = {
          layer: 'conv2d',
          filters: numberOf(settings, 'filters'),
          kernelSize: [1, 1],
          strides: [1, 1],
          padding: 'valid',
          activation,
          ...biasOf(settings),
        }
        return [
          { suffix: '_depthwise', kernel: 'depthwise_kernel', layer: channels },
          { suffix: '_pointwise', kernel: 'pointwise_kernel', layer: points },
        ]
      }),
  ],
  ['MaxPooling2D', pooling('max-pooling2d')],
  ['AveragePooling2D', pooling('average-pooling2d')],
  ['GlobalAveragePooling2D', globalPooling('global-average-pooling2d')],
  ['GlobalMaxPooling2D', globalPooling('global-max-pooling2d')],
  ['ZeroPadding2D', settings => plain({ layer: 'zero-padding2d', padding: marginsOf(settings) })],
  ['Flatten', () => plain({ layer: 'flatten' })],
  ['Reshape', settings => plain({ layer: 'reshape', targetShape: targetShapeOf(settings) })],
  [
    'Activation',
    settings => {
      const activation = activationOf(settings)
      return activation === 'softmax' ? softmax(-1) : plain({ layer: 'activation', activation })
    },
  ],
  ['Softmax', settings => softmax(axisOf(settings))],
  [
    'ReLU',
    settings => {
      if (numberOf(settings, 'negative_slope', 0) !== 0)
        refuse(settings.place, 'its "negative_slope" is not 0, which is not supported; use ELU instead')
      if (numberOf(settings, 'threshold', 0) !== 0)
        refuse(settings.place, 'its "threshold" is not 0, which is not supported')
      const most = fieldOf(settings, 'max_value') === null ? null : numberOf(settings, 'max_value')
      if (most !== null && most !== 6) refuse(settings.place, `its "max_value" is ${most}; none or 6 is supported`)
      return plain({ layer: 'activation', activation: most === null ? 'relu' : 'relu6' })
    },
  ],
  [
    'ELU',
    settings => {
      const alpha = numberOf(settings, 'alpha', 1)
      if (alpha !== 1) refuse(settings.place, `its "alpha" is ${alpha}; 1 is supported`)
      return plain({ layer: 'activation', activation: 'elu' })
    },
  ],
  [
    'Dropout',
    settings => {
      if (fieldOf(settings, 'noise_shape') !== null)
        refuse(settings.place, 'its "noise_shape" is set; each number is dropped by itself here')
      return plain({ layer: 'dropout', rate: numberOf(settings, 'rate') })
    },
  ],
  [
    'LayerNormalization',
    settings => {
      for (const key of ['center', 'scale'])
        if (!flagOf(settings, key, true)) refuse(settings.place, `its "${key}" is false; true is supported`)
      if (flagOf(settings, 'rms_scaling', false))
        refuse(settings.place, 'its "rms_scaling" is true; false is supported')
      return plain({ layer: 'layer-normalization', epsilon: numberOf(settings, 'epsilon', 1e-3) }, axisOf(settings))
    },
  ],
  [
    'Embedding',
    settings => {
      if (flagOf(settings, 'mask_zero', false))
        refuse(settings.place, 'its "mask_zero" is true; no token is left out here')
      const dimension = (key: string) => numberOf(settings, key)
      return plain({ layer: 'embedding', inputDim: dimension('input_dim'), outputDim: dimension('output_dim') })
    },
  ],
  [
    'Rescaling',
    settings =>
      plain({ layer: 'rescaling', scale: numberOf(settings, 'scale'), offset: numberOf(settings, 'offset', 0) }),
  ],
  ['Add', () => plain({ layer: 'add' })],
  ['Multiply', () => plain({ layer: 'multiply' })],
  ['Concatenate', settings => plain({ layer: 'concatenate' }, axisOf(settings))],
])

const softmax = (axis: number): ReadLayer => ({ parts: [], hasSoftmax: true, axis })
