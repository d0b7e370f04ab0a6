// Cyclic repetition (Tandon et al. 2017, Algorithm 1): k = n, worker i holds partitions i, i+1, …, i+s (mod n).
//
//   H (s × n): first n−1 columns i.i.d. N(0,1), the last minus their sum, so that H·1 = 0
//   row i:     bᵢ,ᵢ = 1, the other s entries solve H·bᵢ = 0
// Every row lies in null(H), of dimension n−s and holding 1; any n−s rows span it almost surely.

import { leastNormSolution, matrixFromColumns, randomStream } from '@muster/numerics'
import { type EncodingRow, type GradientCode, isExact } from './code.ts'
import { leastSquaresDecoding } from './decode.ts'

export function cyclicRepetition(workers: number, tolerance: number, seed: number): GradientCode {
  const n = workers
  const s = tolerance
  if (!(s >= 0 && s < n)) throw new RangeError(`tolerance ${s} must be between 0 and n − 1 = ${n - 1}`)
  const draw = randomStream('cyclic-repetition', n, s, seed)
  const columns = Array.from({ length: n - 1 }, () => Array.from({ length: s }, draw.normal))
  columns.push(Array.from({ length: s }, (_, row) => -columns.reduce((sum, column) => sum + column[row]!, 0)))
  const rows: EncodingRow[] = Array.from({ length: n }, (_, i) => {
    const partitions = Array.from({ length: s + 1 }, (_, m) => (i + m) % n)
    const others = matrixFromColumns(
      partitions.slice(1).map(j => columns[j]!),
      s,
    )
    const solved = s === 0 ? [] : [...leastNormSolution(others, columns[i]!, 0)]
    return { partitions, weights: [1, ...solved.map(weight => -weight)] }
  })
  return {
    workers: n,
    partitions: n,
    tolerance: s,
    rows,
    decode(responders) {
      const decoding = leastSquaresDecoding(rows, n, responders)
      // Errors at n ≥ 8, s ≥ 3 depend on the draw: the caller judges the amplification, here only the span.
      return isExact(decoding, Number.POSITIVE_INFINITY) ? decoding : undefined
    },
  }
}
