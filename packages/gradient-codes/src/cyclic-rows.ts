// Rows of cyclic codes (Tandon et al. 2017, Algorithm 1): k = n, row i holds partitions i, i+1, …, i+s (mod n).
//
//   H (s × n): first n−1 columns i.i.d. N(0,1), the last minus their sum, so that H·1 = 0
//   row i:     bᵢ,ᵢ = 1, the other s entries solve H·bᵢ = 0
// Every row lies in null(H), of dimension n−s and holding 1; any n−s rows span it almost surely.

import {
  type CyclicBandSolution,
  leastNormSolution,
  matrixFromColumns,
  type RandomStream,
  solveCyclicBand,
} from '@muster/numerics'
import type { EncodingRow } from './code.ts'

/** H by columns. */
export type Parity = readonly (readonly number[])[]

export interface CyclicLevel {
  readonly tolerance: number
  readonly rows: readonly EncodingRow[]
  /** All a with a·B = 1, over all n rows: what any set of responders is decoded from. */
  readonly decoding: CyclicBandSolution
}

/** H with no rows yet. */
export const noParity = (n: number): Parity => Array.from({ length: n }, () => [])

/** H with `count` more rows. */
export function extendParity(parity: Parity, count: number, draw: RandomStream): Parity {
  const added = parity.slice(1).map(() => Array.from({ length: count }, draw.normal))
  added.push(Array.from({ length: count }, (_, row) => -added.reduce((sum, column) => sum + column[row]!, 0)))
  return parity.map((column, j) => [...column, ...added[j]!])
}

export function cyclicLevel(parity: Parity): CyclicLevel {
  const n = parity.length
  const s = parity[0]!.length
  const rows = parity.map((column, i): EncodingRow => {
    const partitions = Array.from({ length: s + 1 }, (_, m) => (i + m) % n)
    if (s === 0) return { partitions, weights: [1] }
    const others = matrixFromColumns(
      partitions.slice(1).map(j => parity[j]!),
      s,
    )
    return { partitions, weights: [1, ...Array.from(leastNormSolution(others, column, 0), weight => -weight)] }
  })
  const decoding = solveCyclicBand(
    rows.map(row => row.weights),
    s,
  )
  return { tolerance: s, rows, decoding }
}

/**
 * Least-norm a with a·B = 1 that is 0 for the missing workers: a = a₀ + N·c, where a₀ and the orthonormal N leave
 * only as many equations as workers are missing, N_missing·c = −a₀.
 */
export function weightsWithout(
  { particular, null: basis }: CyclicBandSolution,
  missing: readonly number[],
): Float64Array {
  const weights = particular.slice()
  if (missing.length === 0) return weights
  const seenByMissing = basis.map(column => missing.map(i => column[i]!))
  const c = leastNormSolution(
    matrixFromColumns(seenByMissing, missing.length),
    missing.map(i => -particular[i]!),
    0,
  )
  basis.forEach((column, l) => {
    for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! + c[l]! * column[i]!
  })
  for (const i of missing) weights[i] = 0
  return weights
}
