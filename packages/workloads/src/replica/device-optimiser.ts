// A worker's own optimiser on the device: from one tensor and its mean gradient to the next one, all within tf.tidy.
// The same formulas stand in plain numbers in the room of parameters, which this one may not import.

import type { LocalOptimiser } from '@muster/vocabulary'
import * as tf from '@tensorflow/tfjs'

/** Running values by name, in the tensor's shape or one that spreads over it; one that is absent is zero. No interface: tf.tidy would not hand one out. */
export type DeviceSlots = { readonly [name: string]: tf.Tensor }

export type Stepped = { readonly x: tf.Tensor; readonly slots: DeviceSlots }

export interface StepContext {
  /** Steps made before this one. */
  readonly step: number
  readonly rate: number
}

export interface DeviceOptimiser {
  readonly needsCurvature: boolean
  /** Where the gradient is to be taken; may be `x` itself. */
  probeAt(x: tf.Tensor, slots: DeviceSlots): tf.Tensor
  /** @param diagonal |D| averaged, in a shape that spreads over the tensor's; absent where no curvature is needed. */
  step(
    x: tf.Tensor,
    gradient: tf.Tensor,
    diagonal: tf.Tensor | undefined,
    slots: DeviceSlots,
    context: StepContext,
  ): Stepped
}

/** @throws RangeError */
export function deviceOptimiser({ kind, momentum }: LocalOptimiser): DeviceOptimiser {
  switch (kind) {
    case 'sgd':
      return {
        ...plain,
        step: (x, gradient, _diagonal, _slots, { rate }) => ({ x: tf.sub(x, tf.mul(gradient, rate)), slots: {} }),
      }
    case 'momentum':
      if (!(momentum >= 0 && momentum < 1)) throw new RangeError(`a momentum of ${momentum}, not 0 to below 1`)
      return nesterov(momentum)
    case 'adam':
      return { ...plain, step: (x, g, _diagonal, slots, at) => momentsStep(x, g, g, slots, at, 1e-8) }
    case 'adahessian':
      return {
        ...plain,
        needsCurvature: true,
        step: (x, g, diagonal, slots, at) => momentsStep(x, g, diagonal!, slots, at, 1e-4),
      }
    default:
      throw new RangeError(`a worker steps by sgd, momentum, adam or adahessian, not by ${JSON.stringify(kind)}`)
  }
}

const plain = { needsCurvature: false, probeAt: (x: tf.Tensor) => x }

/** v ← μ·v − η·g(x + μ·v),  x ← x + v. */
const nesterov = (decay: number): DeviceOptimiser => ({
  needsCurvature: false,
  probeAt: (x, { velocity }) => (velocity === undefined ? x : tf.add(x, tf.mul(velocity, decay))),
  step(x, gradient, _diagonal, { velocity: before }, { rate }) {
    const shift = tf.mul(gradient, -rate)
    const velocity = before === undefined ? shift : tf.add(tf.mul(before, decay), shift)
    return { x: tf.add(x, velocity), slots: { velocity } }
  },
})

const [beta1, beta2] = [0.9, 0.999]

/**
 * m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·s²;  x ← x − η·m̂ / (√v̂ + ε),  m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
 *
 * What is kept is M = m/(1 − β₁) and V = v/(1 − β₂), and constants are drawn together: each operation is a pass over all
 * parameters, and on WebAssembly these passes cost as much as the gradient of a perceptron.
 */
function momentsStep(
  x: tf.Tensor,
  gradient: tf.Tensor,
  squared: tf.Tensor,
  { firstMoment, secondMoment }: DeviceSlots,
  { step, rate }: StepContext,
  epsilon: number,
): Stepped {
  const decayed = (before: tf.Tensor | undefined, beta: number, next: tf.Tensor): tf.Tensor =>
    before === undefined ? next : tf.add(tf.mul(before, beta), next)
  const [first, second] = [decayed(firstMoment, beta1, gradient), decayed(secondMoment, beta2, tf.square(squared))]
  const ofFirst = (1 - beta1) / (1 - beta1 ** (step + 1))
  const ofRoot = Math.sqrt((1 - beta2) / (1 - beta2 ** (step + 1)))
  const direction = tf.div(first, tf.add(tf.sqrt(second), epsilon / ofRoot))
  return {
    x: tf.sub(x, tf.mul(direction, (rate * ofFirst) / ofRoot)),
    slots: { firstMoment: first, secondMoment: second },
  }
}
