// Products of a sparse sample with a matrix of inputs × hidden, eight hidden units at a time: eight sums stay in
// registers while the sample's entries pass by, which takes half the time of the plain loop.

import type { SparseRows } from './sparse-rows.ts'

/** Hidden units must be a multiple of this. */
export const block = 8

/** sums += Wᵀ x, x being sample i. */
export function addProduct(sums: Float64Array, { starts, columns, values }: SparseRows, i: number, W: Float32Array) {
  const hidden = sums.length
  const [from, end] = [starts[i]!, starts[i + 1]!]
  for (let j = 0; j < hidden; j += block) {
    let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0]
    for (let at = from; at < end; at++) {
      const x = values[at]!
      const w = columns[at]! * hidden + j
      a += x * W[w]!
      b += x * W[w + 1]!
      c += x * W[w + 2]!
      d += x * W[w + 3]!
      e += x * W[w + 4]!
      f += x * W[w + 5]!
      g += x * W[w + 6]!
      h += x * W[w + 7]!
    }
    sums[j]! += a
    sums[j + 1]! += b
    sums[j + 2]! += c
    sums[j + 3]! += d
    sums[j + 4]! += e
    sums[j + 5]! += f
    sums[j + 6]! += g
    sums[j + 7]! += h
  }
}

/** G += x vᵀ, x being sample i. */
export function addOuter(G: Float32Array, { starts, columns, values }: SparseRows, i: number, v: Float64Array) {
  const hidden = v.length
  const [from, end] = [starts[i]!, starts[i + 1]!]
  for (let j = 0; j < hidden; j += block) {
    const [a, b, c, d] = [v[j]!, v[j + 1]!, v[j + 2]!, v[j + 3]!]
    const [e, f, g, h] = [v[j + 4]!, v[j + 5]!, v[j + 6]!, v[j + 7]!]
    for (let at = from; at < end; at++) {
      const x = values[at]!
      const w = columns[at]! * hidden + j
      G[w]! += x * a
      G[w + 1]! += x * b
      G[w + 2]! += x * c
      G[w + 3]! += x * d
      G[w + 4]! += x * e
      G[w + 5]! += x * f
      G[w + 6]! += x * g
      G[w + 7]! += x * h
    }
  }
}
