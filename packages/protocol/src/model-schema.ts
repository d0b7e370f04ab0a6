// The model as a run file describes it. Whether its layers fit each other and the data is judged where the data is known.

import { z } from 'zod'

const size = z.number().int().min(1).max(16_384)
const activation = z.enum(['linear', 'relu', 'relu6', 'tanh', 'sigmoid', 'softplus', 'elu', 'swish', 'gelu'])
const extent = z.number().int().min(1).max(1_024)
/** One number stands for both. */
const pair = z.union([extent, z.tuple([extent, extent])]).transform((value): [number, number] => {
  return typeof value === 'number' ? [value, value] : value
})
const padding = z.enum(['valid', 'same']).default('valid')
const unit: [number, number] = [1, 1]

const convolution = {
  kernelSize: pair,
  strides: pair.default(unit),
  padding,
  activation: activation.default('relu'),
  useBias: z.boolean().default(true),
}

const pooling = <Name extends string>(name: Name) =>
  z
    .strictObject({
      layer: z.literal(name),
      poolSize: pair.default([2, 2]),
      strides: pair.optional(),
      padding,
    })
    .transform(({ strides, ...rest }) => ({ ...rest, strides: strides ?? rest.poolSize }))

const layer = z.discriminatedUnion('layer', [
  z.strictObject({
    layer: z.literal('dense'),
    units: size,
    activation: activation.default('relu'),
    useBias: z.boolean().default(true),
  }),
  z.strictObject({ layer: z.literal('conv2d'), filters: size, ...convolution }),
  z.strictObject({ layer: z.literal('depthwise-conv2d'), depthMultiplier: extent.default(1), ...convolution }),
  pooling('max-pooling2d'),
  pooling('average-pooling2d'),
  z.strictObject({ layer: z.literal('global-average-pooling2d') }),
  z.strictObject({ layer: z.literal('global-max-pooling2d') }),
  z.strictObject({ layer: z.literal('flatten') }),
  z.strictObject({ layer: z.literal('reshape'), targetShape: z.array(z.number().int()).min(1).max(5) }),
  z.strictObject({ layer: z.literal('activation'), activation }),
  z.strictObject({ layer: z.literal('dropout'), rate: z.number().min(0).lt(1) }),
  z.strictObject({ layer: z.literal('layer-normalization'), epsilon: z.number().positive().default(1e-3) }),
  z.strictObject({ layer: z.literal('rescaling'), scale: z.number(), offset: z.number().default(0) }),
])

const described = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('softmax-regression') }),
  z.strictObject({
    kind: z.literal('mlp'),
    hidden: z.array(size).min(1).max(16),
    activation: activation.default('tanh'),
  }),
  z.strictObject({ kind: z.literal('stack'), layers: z.array(layer).min(1).max(256) }),
  z.strictObject({
    kind: z.literal('transformer'),
    blocks: z.number().int().min(1).max(64).default(4),
    heads: z.number().int().min(1).max(64).default(4),
    width: size.default(64),
    window: z.number().int().min(1).max(1_024).default(64),
    dropout: z.number().min(0).lt(1).default(0),
  }),
  z.strictObject({ kind: z.literal('file'), layers: z.string().min(1) }),
  /** What a layers file becomes when it is read: a run is kept with all that it needs. */
  z.strictObject({
    kind: z.literal('graph'),
    file: z.string(),
    inputShape: z.array(z.number().int().min(1)).min(1).max(5),
    nodes: z
      .array(
        z.object({ name: z.string(), from: z.array(z.number().int()), layer: z.looseObject({ layer: z.string() }) }),
      )
      .min(1)
      .max(2_000),
  }),
])

/** `{"layers": "model.json"}` names a file in TensorFlow.js' layers format, and needs no kind. */
export const modelSchema = z.preprocess(value => {
  const isFile = typeof value === 'object' && value !== null && 'layers' in value && !('kind' in value)
  return isFile ? { kind: 'file', ...value } : value
}, described)

export const modelKinds: readonly string[] = ['softmax-regression', 'mlp', 'stack', 'transformer']
