// From one of our layers to the class and the settings of Keras' that both Keras and TensorFlow.js load.

import type { Activation, Layer } from '../network/layer.ts'
import type { PlannedNode } from '../network/plan.ts'
import { kerasActivation } from './activation-name.ts'

export interface KerasConfig {
  readonly className: string
  /** Without name, trainable and dtype. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** @param refuse is told why neither can load it */
export function kerasConfig({ layer, inputShapes, shape }: PlannedNode, refuse: (why: string) => never): KerasConfig {
  const activation = (own: Activation): string =>
    kerasActivation(own) ?? refuse(`TensorFlow.js cannot load the activation "${own}" from a file`)
  switch (layer.layer) {
    case 'dense':
      return keras('Dense', {
        units: layer.units,
        activation: activation(layer.activation),
        use_bias: layer.useBias,
      })
    case 'conv2d':
      return keras('Conv2D', { filters: layer.filters, ...sliding(layer), activation: activation(layer.activation) })
    case 'depthwise-conv2d':
      return keras('DepthwiseConv2D', {
        depth_multiplier: layer.depthMultiplier,
        ...sliding(layer),
        activation: activation(layer.activation),
      })
    case 'max-pooling2d':
      return keras('MaxPooling2D', pooling(layer))
    case 'average-pooling2d':
      return keras('AveragePooling2D', pooling(layer))
    case 'global-average-pooling2d':
      return keras('GlobalAveragePooling2D', images)
    case 'global-max-pooling2d':
      return keras('GlobalMaxPooling2D', images)
    case 'zero-padding2d':
      return keras('ZeroPadding2D', { padding: layer.padding, ...images })
    case 'flatten':
      // TensorFlow.js refuses to flatten what is flat.
      return inputShapes[0]!.length === 1 ? keras('Reshape', { target_shape: shape }) : keras('Flatten', images)
    case 'reshape':
      return keras('Reshape', { target_shape: layer.targetShape })
    case 'activation':
      // Keras 2 has no activation of the name "relu6".
      return layer.activation === 'relu6'
        ? keras('ReLU', { max_value: 6 })
        : keras('Activation', { activation: activation(layer.activation) })
    case 'dropout':
      return keras('Dropout', { rate: layer.rate })
    case 'layer-normalization':
      return keras('LayerNormalization', { axis: -1, epsilon: layer.epsilon, center: true, scale: true })
    case 'rescaling':
      return keras('Rescaling', { scale: layer.scale, offset: layer.offset })
    case 'embedding':
      return keras('Embedding', { input_dim: layer.inputDim, output_dim: layer.outputDim, mask_zero: false })
    case 'add':
      return keras('Add')
    case 'multiply':
      return keras('Multiply')
    case 'concatenate':
      return keras('Concatenate', { axis: -1 })
    case 'position-embedding':
    case 'causal-attention':
      return refuse('Keras and TensorFlow.js have no such layer')
  }
}

const keras = (className: string, settings: KerasConfig['settings'] = {}): KerasConfig => ({ className, settings })

const images = { data_format: 'channels_last' }

const sliding = (layer: Extract<Layer, { layer: 'conv2d' | 'depthwise-conv2d' }>) => ({
  kernel_size: layer.kernelSize,
  strides: layer.strides,
  padding: layer.padding,
  ...images,
  dilation_rate: [1, 1],
  use_bias: layer.useBias,
})

const pooling = (layer: Extract<Layer, { layer: 'max-pooling2d' | 'average-pooling2d' }>) => ({
  pool_size: layer.poolSize,
  strides: layer.strides,
  padding: layer.padding,
  ...images,
})
