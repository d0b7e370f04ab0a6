import { Matrix as Oracle, pseudoInverse } from 'ml-matrix'
import { expect, test } from 'vitest'
import { leastNormSolution, matrixFromColumns } from './least-squares.ts'
import { randomStream } from './random-stream.ts'

test.each([
  [5, 5, 5],
  [8, 3, 3],
  [3, 8, 3],
  [9, 7, 4],
  [6, 9, 2],
  [40, 30, 17],
])('a random %i × %i system of rank %i agrees with the pseudo-inverse', (m, n, rank) => {
  for (let seed = 0; seed < 10; seed++) {
    const draw = randomStream('least-squares', m, n, rank, seed)
    const left = Array.from({ length: rank }, () => Array.from({ length: m }, draw.normal))
    const columns = Array.from({ length: n }, () => {
      const mix = left.map(() => draw.normal())
      return Array.from({ length: m }, (_, i) => left.reduce((sum, column, r) => sum + mix[r]! * column[i]!, 0))
    })
    const b = Array.from({ length: m }, draw.normal)
    const expected = pseudoInverse(new Oracle(columns).transpose()).mmul(Oracle.columnVector(b)).to1DArray()
    const found = leastNormSolution(matrixFromColumns(columns, m), b)
    for (let j = 0; j < n; j++) expect(found[j]).toBeCloseTo(expected[j]!, 7)
  }
})

test('a zero matrix gives zero', () => {
  expect([
    ...leastNormSolution(
      matrixFromColumns(
        [
          [0, 0],
          [0, 0],
        ],
        2,
      ),
      [1, 1],
    ),
  ]).toEqual([0, 0])
})
