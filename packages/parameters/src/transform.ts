// What optimisers are made of: pure {init, update} pairs from vector to vector, put one behind another (in the manner of
// Optax's chained gradient transformations, github.com/google-deepmind/optax).
// A chain begins with the mean gradient and ends with the step, what is taken off the parameters. So a link is of one
// of three sorts, and its file says which: gradient → gradient, gradient → step (it multiplies by the rate), step → step.

/** Running vectors by name, float64, d numbers each. */
export type Slots = Readonly<Record<string, Float64Array>>

export interface UpdateContext {
  /** θ before the update, d numbers. */
  readonly parameters: Float32Array
  /** Updates made before this one. */
  readonly step: number
  /** η: the learning rate of this very update, its schedule counted in. */
  readonly rate: number
}

export interface Transform {
  /** The slots before the first update: zeros, and none for a link without memory. */
  init(parameterCount: number): Slots
  /**
   * Pure: writes into none of its inputs; the vector may come back as it is, slots are new ones.
   * @param slots those of `init` at least; what other links keep is passed over.
   */
  update(vector: Float64Array, slots: Slots, context: UpdateContext): Transformed
}

export interface Transformed {
  readonly vector: Float64Array
  /** By the names of `init`, no others. */
  readonly slots: Slots
}

/**
 * One link behind another, each given what the one before it made.
 * @throws RangeError when two links have slots of the same name.
 */
export function chain(...links: readonly Transform[]): Transform {
  const names = links.flatMap(link => Object.keys(link.init(0)))
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new RangeError(`two links of a chain keep a slot named ${twice}`)
  return {
    init: parameterCount => Object.assign({}, ...links.map(link => link.init(parameterCount))),
    update(vector, slots, context) {
      let passed = vector
      const next: Record<string, Float64Array> = {}
      for (const link of links) {
        const made = link.update(passed, slots, context)
        passed = made.vector
        Object.assign(next, made.slots)
      }
      return { vector: passed, slots: next }
    },
  }
}

/** A link without memory. */
export const stateless = (change: (vector: Float64Array, context: UpdateContext) => Float64Array): Transform => ({
  init: () => ({}),
  update: (vector, _slots, context) => ({ vector: change(vector, context), slots: {} }),
})

/** factor·v, a vector of its own. (Plain loops: `map` of a typed array takes several times as long.) */
export function scaled(v: Float64Array, factor: number): Float64Array {
  const product = new Float64Array(v.length)
  for (let i = 0; i < product.length; i++) product[i] = factor * v[i]!
  return product
}

/** v + factor·w, a vector of its own. */
export function plusScaled(v: Float64Array, w: Float32Array, factor: number): Float64Array {
  const sum = new Float64Array(v.length)
  for (let i = 0; i < sum.length; i++) sum[i] = v[i]! + factor * w[i]!
  return sum
}
