// Layers that are linear in what they read: the tangent goes the way of the value, and the adjoint's tangent that of the
// adjoint.

import * as tf from '@tensorflow/tfjs'
import type { Pair } from '../network/layer.ts'
import { type Adjoint, type Carried, type Dual, mapAdjoint, mapDual, plus, returnedTo } from './dual.ts'

type Map = (of: tf.Tensor) => tf.Tensor

/** @param back the transpose of `along` */
export const linear = (x: Dual, along: Map, back: Map): Carried => ({
  output: mapDual(along, x),
  back: adjoint => returnedTo(x, () => mapAdjoint(back, adjoint)),
})

/** Views and identities. */
export const reshaped = (x: Dual, shape: readonly number[]): Carried =>
  linear(
    x,
    of => tf.reshape(of, [...shape]),
    of => tf.reshape(of, x.value.shape),
  )

/** x·scale + offset. */
export function rescaled(x: Dual, scale: number, offset: number): Carried {
  const scaled = linear(
    x,
    of => tf.mul(of, scale),
    of => tf.mul(of, scale),
  )
  const { value, tangent } = scaled.output
  return { ...scaled, output: { value: tf.add(value, offset), tangent } }
}

/** Element by element with numbers that depend on no parameter: a mask. */
export const masked = (x: Dual, mask: tf.Tensor): Carried =>
  linear(
    x,
    of => tf.mul(of, mask),
    of => tf.mul(of, mask),
  )

/** x B × H × W × C with zeros around it. */
export const padded = (x: Dual, [vertical, horizontal]: readonly [Pair, Pair]): Carried =>
  linear(
    x,
    of => tf.pad(of, [[0, 0], [...vertical], [...horizontal], [0, 0]]),
    of => tf.slice(of, [0, vertical[0], horizontal[0], 0], x.value.shape),
  )

export const added = (given: readonly Dual[]): Carried => ({
  output: given.reduce((sum, x) => ({ value: tf.add(sum.value, x.value), tangent: plus(sum.tangent, x.tangent) })),
  back: adjoint => ({ given: given.map(x => (x.tangent === null ? null : adjoint)), own: {} }),
})

/** Adds `own` to each sample; it comes back under `name`. */
export const positioned = (x: Dual, name: string, own: Dual): Carried => ({
  output: { value: tf.add(x.value, own.value), tangent: tf.add(own.tangent!, x.tangent ?? tf.zerosLike(x.value)) },
  back: adjoint => ({
    given: [x.tangent === null ? null : adjoint],
    own: { [name]: mapAdjoint(of => tf.sum(of, 0), adjoint) },
  }),
})

/** Along the last axis. */
export function concatenated(given: readonly Dual[]): Carried {
  const isLearnt = given.some(({ tangent }) => tangent !== null)
  const widths = given.map(({ value }) => value.shape.at(-1)!)
  return {
    output: {
      value: tf.concat(
        given.map(({ value }) => value),
        -1,
      ),
      tangent: isLearnt
        ? tf.concat(
            given.map(({ value, tangent }) => tangent ?? tf.zerosLike(value)),
            -1,
          )
        : null,
    },
    back({ value, tangent }) {
      const values = tf.split(value, widths, -1)
      const tangents = tf.split(tangent, widths, -1)
      return {
        given: given.map((x, i) => (x.tangent === null ? null : { value: values[i]!, tangent: tangents[i]! })),
        own: {},
      }
    },
  }
}

/** Element by element, a product of all: y = a b gives ẏ = ȧ b + a ḃ and ā = ȳ b, so ā̇ = ȳ̇ b + ȳ ḃ. */
export function multiplied(given: readonly Dual[]): Carried {
  const partial: Dual[] = []
  for (const x of given) partial.push(partial.length === 0 ? x : productOf(partial.at(-1)!, x))
  return {
    output: partial.at(-1)!,
    back(adjoint) {
      const adjoints: (Adjoint | null)[] = given.map(() => null)
      let rest: Adjoint | null = adjoint
      for (let i = given.length - 1; i > 0 && rest !== null; i--) {
        adjoints[i] = given[i]!.tangent === null ? null : factorOf(rest, partial[i - 1]!)
        rest = partial[i - 1]!.tangent === null ? null : factorOf(rest, given[i]!)
      }
      adjoints[0] = rest
      return { given: adjoints, own: {} }
    },
  }
}

const productOf = (a: Dual, b: Dual): Dual => ({
  value: tf.mul(a.value, b.value),
  tangent: plus(a.tangent && tf.mul(a.tangent, b.value), b.tangent && tf.mul(a.value, b.tangent)),
})

const factorOf = ({ value, tangent }: Adjoint, other: Dual): Adjoint => ({
  value: tf.mul(value, other.value),
  tangent: plus(tf.mul(tangent, other.value), other.tangent && tf.mul(value, other.tangent)),
})
