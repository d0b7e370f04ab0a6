import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { networkOf } from '../model.ts'
import { ModelError } from '../network/plan.ts'
import { flatWeights } from './flat-weights.ts'
import { readLayersModel } from './read-layers-model.ts'
import { readLayersWeights } from './read-layers-weights.ts'
import { writeLayersModel } from './write-layers-model.ts'

const network = networkOf({ kind: 'mlp', hidden: [3], activation: 'tanh' }, { inputShape: [4], classes: 2 })
const parameters = Float32Array.from({ length: network.parameterCount }, (_, i) => Math.sin(i))
const tensors = network.tensors.map(({ name, shape, offset, length }) => ({
  name,
  shape,
  data: parameters.slice(offset, offset + length),
}))

test('[LAY6] tensors in any order are put where they belong', () => {
  expect(flatWeights(network, tensors.toReversed(), 'a.safetensors')).toEqual(parameters)
})

test('[LAY6] tensors that are missing, unknown, misshapen, twice or of another dtype are all named', () => {
  const [kernel, bias, second] = tensors
  const wrong = [
    { ...kernel!, shape: [3, 4] },
    bias!,
    bias!,
    { ...second!, data: new Uint16Array(6) },
    { name: 'dense9/kernel', shape: [1, 2], data: new Float32Array(2) },
  ]
  expect(() => flatWeights(network, wrong, 'a.safetensors')).toThrow(
    new ModelError(
      [
        'a.safetensors: tensor "dense0/kernel" is 3 × 4, 4 × 3 is needed.',
        'a.safetensors: tensor "dense0/bias" is there twice.',
        'a.safetensors: tensor "dense1/kernel" is held in a Uint16Array; numbers of float32 are needed.',
        'a.safetensors: tensor "dense9/kernel" of 1 × 2 is none of this model\'s.',
        'a.safetensors: tensor "dense1/bias" of 2 is missing.',
      ].join('\n'),
    ),
  )
  const many = Array.from({ length: 12 }, (_, i) => ({ name: `x${i}`, shape: [], data: new Float32Array(1) }))
  expect(() => flatWeights(network, [...tensors, ...many], 'a')).toThrow(/"x9" of one number [^\n]*\na: and 2 more\.$/)
})

type Entry = Record<string, unknown>

/** The model as written, with its manifest's entries changed. */
function manifested(change: (entry: Entry) => Entry, paths = ['weights.bin']) {
  const { json } = writeLayersModel(network, parameters, { title: 'x' })
  const weights = json.weightsManifest[0]!.weights.map(entry => change(entry as Entry))
  return readLayersModel({ ...json, weightsManifest: [{ paths, weights }] }, 'model.json')
}

const bytes = new Uint8Array(parameters.buffer)
const same = (entry: Entry) => entry

test('[LAY6] a group of several files is read end to end', () => {
  const files = new Map([
    ['a', bytes.subarray(0, 7)],
    ['b', bytes.subarray(7)],
  ])
  expect(readLayersWeights(manifested(same, ['a', 'b']), network, files)).toEqual(parameters)
  files.delete('b')
  expect(() => readLayersWeights(manifested(same, ['a', 'b']), network, files)).toThrow(
    'b: this file of weights is missing.',
  )
})

test('[LAY6] bytes too few or too many are told with tensor and offset', () => {
  const reading = (held: Uint8Array) => () =>
    readLayersWeights(manifested(same), network, new Map([['weights.bin', held]]))
  expect(reading(bytes.subarray(0, 70))).toThrow(
    'weights.bin, tensor "dense1/kernel": it lies at bytes 60 to 84, and there are 70 bytes: 14 too few.',
  )
  expect(reading(new Uint8Array(100))).toThrow(
    'weights.bin: it ends at byte 92 of tensor "dense1/bias", the last one, and there are 100 bytes: 8 too many.',
  )
})

test('[LAY6] dtypes other than float32 are refused', () => {
  const reading = (change: Entry) => () =>
    readLayersWeights(
      manifested(entry => ({ ...entry, ...change })),
      network,
      new Map([['weights.bin', bytes]]),
    )
  expect(reading({ dtype: 'int32' })).toThrow(
    'weights.bin, tensor "dense0/kernel": its dtype is "int32"; float32 is needed.',
  )
  expect(reading({ dtype: 'string' })).toThrow('its dtype "string" is not known; float32 is needed.')
  expect(reading({ quantization: { dtype: 'int4' } })).toThrow('its dtype "int4" is not known; float32 is needed.')
  expect(() => readLayersWeights({ ...manifested(same), manifest: null }, network, new Map())).toThrow(
    'this model was written without weights: it has no "weightsManifest".',
  )
})

test.each([
  ['float16', 2],
  ['uint16', 2],
  ['uint8', 1],
] as const)('[LAY6] weights quantised to %s are those that TensorFlow.js reads', (dtype, width) => {
  const model = manifested(entry => ({ ...entry, quantization: { dtype, min: -0.75, scale: 0.0125 } }))
  // Every pattern of bits that is a number, zero, subnormal and infinite ones among them.
  const held = Uint8Array.from({ length: network.parameterCount * width }, (_, i) => (i * 37) % 124)
  const read = readLayersWeights(model, network, new Map([['weights.bin', held]]))
  const theirs = tf.io.decodeWeights(
    held.buffer,
    model.manifest!.flatMap(group => group.weights.map(entry => ({ ...entry, shape: [...entry.shape] }))) as never,
  )
  const expected = model.weights.flatMap(({ fileName }) => [...theirs[fileName]!.dataSync()])
  expect([...read]).toEqual(expected)
})

test('[LAY6] weights of the optimiser are passed over', () => {
  const { json } = writeLayersModel(network, parameters, { title: 'x' })
  const iterations = { name: 'iter', shape: [], dtype: 'int32', group: 'optimizer' }
  const weights = [iterations, ...json.weightsManifest[0]!.weights]
  const model = readLayersModel({ ...json, weightsManifest: [{ paths: ['w'], weights }] }, 'model.json')
  const held = new Uint8Array(4 + bytes.length)
  held.set(bytes, 4)
  expect(readLayersWeights(model, network, new Map([['w', held]]))).toEqual(parameters)
})
