// The activations along v: ẏ = φ′ ż,  z̄ = φ′ ȳ,  z̄̇ = φ′ ȳ̇ + φ″ ż ȳ.

import * as tf from '@tensorflow/tfjs'
import type { Activation } from '../network/layer.ts'
import { activate, geluCubic, geluScale } from '../operations/activation.ts'
import { type Carried, type Dual, plus, returnedTo } from './dual.ts'
import { linear } from './linear.ts'

export function activated(activation: Activation, z: Dual): Carried {
  const same = (of: tf.Tensor) => of
  if (activation === 'linear') return linear(z, same, same)
  const y = activate(activation, z.value)
  const { tangent } = z
  if (tangent === null) return { output: { value: y, tangent: null }, back: () => ({ given: [null], own: {} }) }
  const { first, second } = slopes(activation, z.value, y)
  return {
    output: { value: y, tangent: tf.mul(first, tangent) },
    back: adjoint =>
      returnedTo(z, () => ({
        value: tf.mul(first, adjoint.value),
        tangent: plus(tf.mul(first, adjoint.tangent), second && tf.mul(tf.mul(second, tangent), adjoint.value)),
      })),
  }
}

interface Slopes {
  readonly first: tf.Tensor
  /** null: zero wherever it is defined. */
  readonly second: tf.Tensor | null
}

/** φ′ and φ″ at z, where y = φ(z). At a kink, that of the side below. */
function slopes(activation: Exclude<Activation, 'linear'>, z: tf.Tensor, y: tf.Tensor): Slopes {
  switch (activation) {
    case 'relu':
      return { first: tf.step(z), second: null }
    case 'relu6':
      return { first: tf.mul(tf.step(z), tf.cast(tf.lessEqual(z, 6), 'float32')), second: null }
    case 'tanh': {
      const first = tf.sub(1, tf.square(y))
      return { first, second: tf.mul(tf.mul(y, -2), first) }
    }
    case 'sigmoid':
      return ofSigmoid(y)
    case 'softplus': {
      const s = tf.sigmoid(z)
      return { first: s, second: ofSigmoid(s).first }
    }
    case 'elu': {
      // y + 1 = eᶻ below zero.
      const below = tf.cast(tf.lessEqual(z, 0), 'float32')
      const second = tf.mul(below, tf.add(y, 1))
      return { first: tf.add(tf.step(z), second), second }
    }
    case 'swish':
      return ofGated(z, tf.sigmoid(z), null, null)
    case 'gelu': {
      const square = tf.square(z)
      const inner = tf.mul(z, tf.add(tf.mul(square, geluScale * geluCubic), geluScale))
      const slope = tf.add(tf.mul(square, 3 * geluScale * geluCubic), geluScale)
      return ofGated(z, tf.sigmoid(inner), slope, tf.mul(z, 6 * geluScale * geluCubic))
    }
  }
}

/** σ′ = σ (1 − σ),  σ″ = σ′ (1 − 2σ). */
function ofSigmoid(s: tf.Tensor): { readonly first: tf.Tensor; readonly second: tf.Tensor } {
  const first = tf.mul(s, tf.sub(1, s))
  return { first, second: tf.mul(first, tf.sub(1, tf.mul(s, 2))) }
}

/** Of z σ(u(z)):  φ′ = σ + z σ′ u′,  φ″ = 2 σ′ u′ + z (σ″ u′² + σ′ u″). Null u′ is 1, null u″ is 0. */
function ofGated(z: tf.Tensor, s: tf.Tensor, slope: tf.Tensor | null, bend: tf.Tensor | null): Slopes {
  const by = (of: tf.Tensor) => (slope === null ? of : tf.mul(of, slope))
  const { first, second } = ofSigmoid(s)
  const along = by(first)
  const curve = plus(by(by(second)), bend && tf.mul(first, bend))
  return { first: tf.add(s, tf.mul(z, along)), second: tf.add(tf.mul(along, 2), tf.mul(z, curve)) }
}
