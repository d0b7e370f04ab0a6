export { type Decoding, type EncodingRow, float32Epsilon, type GradientCode, isExact, judgeDecoding } from './code.ts'
export { cyclicRepetition, screenedCyclicRepetition } from './cyclic-repetition.ts'
export { leastSquaresDecoding } from './decode.ts'
export { consecutive, consecutiveBlocks, fractionalRepetition, groupSizes } from './fractional-repetition.ts'
export {
  codeAtLevel,
  type NestedAnswer,
  type NestedCyclicCode,
  type NestedDecoding,
  nestedCyclicCode,
} from './nested-cyclic.ts'
export {
  blockNode,
  blockSize,
  coverTree,
  homeLeaves,
  levelCounts,
  type NestedTree,
  nestedTree,
  partitionsOf,
  type TreeNode,
  taskOrder,
} from './nested-tree.ts'
