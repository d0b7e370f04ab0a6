// Decoding of a general code: the weights of least norm with a·B = 1, from whoever answered. Using all responders
// rather than the first n−s lowers ‖a‖ and with it the amplification.

import { leastNormSolution, matrixFromColumns } from '@muster/numerics'
import { type Decoding, type EncodingRow, judgeDecoding } from './code.ts'

export function leastSquaresDecoding(
  rows: readonly EncodingRow[],
  partitions: number,
  responders: readonly number[],
): Decoding {
  const workers = [...responders].sort((one, other) => one - other)
  // Columns of B_Fᵀ (k × |F|) are the responders' rows.
  const columns = workers.map(worker => {
    const column = new Float64Array(partitions)
    const row = rows[worker]!
    row.partitions.forEach((partition, m) => {
      column[partition] = row.weights[m]!
    })
    return column
  })
  const ones = new Float64Array(partitions).fill(1)
  const a = workers.length === 0 ? new Float64Array(0) : leastNormSolution(matrixFromColumns(columns, partitions), ones)
  return judgeDecoding(
    rows,
    partitions,
    workers.map((worker, i) => ({ worker, weight: a[i]! })),
  )
}
