// What travels through the network when it is differentiated along a direction v of its parameters (the R-operator of
// Pearlmutter 1994): a value beside its derivative along v, forwards and backwards.

import * as tf from '@tensorflow/tfjs'

/** A value a(θ), and ȧ = d/dε a(θ + ε v) of the same shape. */
export interface Dual {
  readonly value: tf.Tensor
  /** null: zero, because the value depends on no parameter. Nothing that depends on one has null. */
  readonly tangent: tf.Tensor | null
}

/** ā = ∂L/∂a of a value, and its derivative along v; both have the value's shape. */
export interface Adjoint {
  readonly value: tf.Tensor
  readonly tangent: tf.Tensor
}

/** A layer or a part of one: what it gives, and the way back through it. */
export interface Carried {
  readonly output: Dual
  /** To be called once at most, and only where the output's tangent is not null. */
  back(adjoint: Adjoint): Returned
}

export interface Returned {
  /** For each value it reads; null where that one's tangent is. */
  readonly given: readonly (Adjoint | null)[]
  /** For each of its own tensors, by name within the layer. */
  readonly own: Readonly<Record<string, Adjoint>>
}

/** a + b, where null is zero. */
export function plus(a: tf.Tensor, b: tf.Tensor | null): tf.Tensor
export function plus(a: tf.Tensor | null, b: tf.Tensor | null): tf.Tensor | null
export function plus(a: tf.Tensor | null, b: tf.Tensor | null): tf.Tensor | null {
  if (a === null || b === null) return a ?? b
  return tf.add(a, b)
}

/** Two adjoints of one value that is read twice. */
export const addAdjoints = (a: Adjoint | null, b: Adjoint): Adjoint =>
  a === null ? b : { value: tf.add(a.value, b.value), tangent: tf.add(a.tangent, b.tangent) }

/** The same linear map of both. */
export const mapAdjoint = (change: (of: tf.Tensor) => tf.Tensor, { value, tangent }: Adjoint): Adjoint => ({
  value: change(value),
  tangent: change(tangent),
})

export const mapDual = (change: (of: tf.Tensor) => tf.Tensor, { value, tangent }: Dual): Dual => ({
  value: change(value),
  tangent: tangent && change(tangent),
})

/** What reads one value and has no tensors of its own. */
export const returnedTo = (x: Dual, adjoint: () => Adjoint): Returned => ({
  given: [x.tangent === null ? null : adjoint()],
  own: {},
})

/** One part after another, each of which reads one value. */
export function inTurn(first: Carried, next: (given: Dual) => Carried): Carried {
  const second = next(first.output)
  return {
    output: second.output,
    back(adjoint) {
      const { given, own } = second.back(adjoint)
      if (given[0] == null) return { given: [null], own }
      const before = first.back(given[0])
      return { given: before.given, own: { ...before.own, ...own } }
    },
  }
}
