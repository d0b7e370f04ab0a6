// Layers whose output is linear in what they read and in their kernel: y = x ∘ w + b. With the maps that take ȳ back,
// K(x, ȳ) to the kernel and I(ȳ, w) to the input,
//
//   ẏ = x ∘ ẇ + ẋ ∘ w + ḃ
//   w̄ = K(x, ȳ)   w̄̇ = K(x, ȳ̇) + K(ẋ, ȳ)      x̄ = I(ȳ, w)   x̄̇ = I(ȳ̇, w) + I(ȳ, ẇ)
//
// Nine products where a gradient has three; of the first layer, where ẋ is zero and x̄ not asked for, four where it has
// two.

import * as tf from '@tensorflow/tfjs'
import { type Adjoint, type Carried, type Dual, mapAdjoint, plus } from './dual.ts'

export interface Bilinear {
  /** x ∘ w + b. */
  apply(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor | null): tf.Tensor
  /** K(x, ȳ) for each ȳ of `deltas`. */
  toKernel(x: tf.Tensor, deltas: readonly tf.Tensor[]): tf.Tensor[]
  /** I(ȳ, w) for each ȳ of `deltas`. */
  toInput(deltas: readonly tf.Tensor[], kernel: tf.Tensor): tf.Tensor[]
}

/** Its own tensors come back as "kernel" and, where there is one, "bias". */
export function bilinear(x: Dual, kernel: Dual, bias: Dual | null, { apply, toKernel, toInput }: Bilinear): Carried {
  const [w, wDot] = [kernel.value, kernel.tangent!]
  return {
    output: {
      value: apply(x.value, w, bias?.value ?? null),
      tangent: plus(apply(x.value, wDot, bias?.tangent ?? null), x.tangent && apply(x.tangent, w, null)),
    },
    back(adjoint) {
      const both = [adjoint.value, adjoint.tangent]
      const [wBar, wBarDot] = toKernel(x.value, both)
      const wCross = x.tangent && toKernel(x.tangent, [adjoint.value])[0]!
      const own: Record<string, Adjoint> = { kernel: { value: wBar!, tangent: plus(wBarDot!, wCross) } }
      if (bias !== null) own.bias = mapAdjoint(sumToLast, adjoint)
      if (x.tangent === null) return { given: [null], own }
      const [xBar, xBarDot] = toInput(both, w)
      const [xCross] = toInput([adjoint.value], wDot)
      return { given: [{ value: xBar!, tangent: tf.add(xBarDot!, xCross!) }], own }
    },
  }
}

/** The same layer under other names. */
export const renamed = (layer: Carried, names: Readonly<Record<string, string>>): Carried => ({
  output: layer.output,
  back(adjoint) {
    const { given, own } = layer.back(adjoint)
    return { given, own: Object.fromEntries(Object.entries(own).map(([name, of]) => [names[name]!, of])) }
  },
})

const sumToLast = (of: tf.Tensor): tf.Tensor => tf.sum(tf.reshape(of, [-1, of.shape.at(-1)!]), 0)
