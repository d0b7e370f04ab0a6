import { Matrix, pseudoInverse } from 'ml-matrix'
import { expect, test } from 'vitest'
import { solveCyclicBand } from './cyclic-band.ts'
import { leastNormSolution, matrixFromColumns } from './least-squares.ts'
import { randomStream } from './random-stream.ts'

/** Rows of these lengths in null(H), whose dimension is n − h; with h at most the shortest row's length − 1. */
function rowsInNullSpace(n: number, h: number, lengths: readonly number[], seed: number): number[][] {
  const draw = randomStream('cyclic-band', n, h, seed)
  const parity = Array.from({ length: n - 1 }, () => Array.from({ length: h }, draw.normal))
  parity.push(Array.from({ length: h }, (_, r) => -parity.reduce((sum, column) => sum + column[r]!, 0)))
  return lengths.map((length, i) => {
    const window = Array.from({ length }, (_, e) => parity[(i + e) % n]!)
    const free = window.slice(1, length - h).map(() => draw.normal())
    const rest = Array.from({ length: h }, (_, r) =>
      window.slice(0, length - h).reduce((sum, column, e) => sum + (e === 0 ? 1 : free[e - 1]!) * column[r]!, 0),
    )
    const solved = h === 0 ? [] : [...leastNormSolution(matrixFromColumns(window.slice(length - h), h), rest, 0)]
    return [1, ...free, ...solved.map(x => -x)]
  })
}

test.each([
  [1, 0, 0],
  [6, 0, 0],
  [6, 0, 3],
  [7, 2, 2],
  [9, 3, 5],
  [5, 4, 4],
  [20, 6, 6],
  [40, 5, 9],
])(
  'n = %i, nullity %i, rows of up to %i entries after the first: the least-norm solution and the null space',
  (n, h, w) => {
    for (let seed = 0; seed < 5; seed++) {
      const draw = randomStream('lengths', n, h, w, seed)
      const lengths = Array.from({ length: n }, () => 1 + h + draw.integer(w - h + 1))
      const rows = rowsInNullSpace(n, h, lengths, seed)
      const dense = new Matrix(n, n)
      rows.forEach((row, i) => {
        row.forEach((value, e) => {
          dense.set(i, (i + e) % n, value)
        })
      })
      const { particular, null: basis } = solveCyclicBand(rows, h)
      const expected = pseudoInverse(dense.transpose()).mmul(Matrix.ones(n, 1)).to1DArray()
      for (let i = 0; i < n; i++) expect(particular[i]).toBeCloseTo(expected[i]!, 6)
      expect(basis).toHaveLength(h)
      basis.forEach((column, l) => {
        const image = dense.transpose().mmul(Matrix.columnVector([...column]))
        expect(image.norm()).toBeLessThan(1e-9 * dense.norm())
        basis.forEach((other, o) => {
          const dot = column.reduce((sum, value, i) => sum + value * other[i]!, 0)
          expect(dot).toBeCloseTo(l === o ? 1 : 0, 12)
        })
      })
    }
  },
)
