export { leastNormSolution, type Matrix, matrixFromColumns } from './least-squares.ts'
export { hashKey, type RandomStream, randomStream } from './random-stream.ts'
