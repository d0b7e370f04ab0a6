export { type CyclicBandSolution, solveCyclicBand } from './cyclic-band.ts'
export { leastNormSolution, type Matrix, matrixFromColumns } from './least-squares.ts'
export { hashKey, type RandomStream, randomStream } from './random-stream.ts'
export { sortedIndex } from './sorted.ts'
