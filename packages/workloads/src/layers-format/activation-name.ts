// Keras' names of activations and ours.

import type { Activation } from '../network/layer.ts'
import { type Fields, fieldOf, fieldsOf, refuse, show } from './json-fields.ts'
import { flagOf } from './settings.ts'

const ours: ReadonlyMap<string, Activation> = new Map([
  ['linear', 'linear'],
  ['relu', 'relu'],
  ['relu6', 'relu6'],
  ['tanh', 'tanh'],
  ['sigmoid', 'sigmoid'],
  ['softplus', 'softplus'],
  ['elu', 'elu'],
  ['swish', 'swish'],
  ['silu', 'swish'],
  ['gelu_new', 'gelu'],
  ['geluNew', 'gelu'],
])

/** The setting "activation": a name, or {class_name, config}. */
export function activationOf(settings: Fields): Activation | 'softmax' {
  const value = fieldOf(settings, 'activation') ?? 'linear'
  if (typeof value === 'string') return named(value, settings, settings)
  const { place, values } = fieldsOf(value, `${settings.place}, "activation"`)
  const inner = values.get('config') ?? null
  // Keras wraps some as {class_name: "function", config: "relu"}.
  if (typeof inner === 'string') return named(inner, settings, settings)
  return named(values.get('class_name'), settings, inner === null ? settings : fieldsOf(inner, place))
}

function named(name: unknown, { place }: Fields, own: Fields): Activation | 'softmax' {
  if (name === 'softmax') return 'softmax'
  if (name === 'gelu') {
    if (flagOf(own, 'approximate', false)) return 'gelu'
    return refuse(
      place,
      'its activation "gelu" is the exact one; here it is the tanh approximation, which TensorFlow.js calls "gelu_new" ' +
        'and Keras "gelu" with approximate true',
    )
  }
  const found = typeof name === 'string' ? ours.get(name) : undefined
  return (
    found ??
    refuse(
      place,
      `its activation is ${show(name)}; supported are ${[...ours.keys(), 'softmax (at the end)'].join(', ')}`,
    )
  )
}

/** null where TensorFlow.js has no name that it can read back: it knows "gelu_new", and loads it as "geluNew". */
export const kerasActivation = (activation: Activation): string | null => (activation === 'gelu' ? null : activation)
