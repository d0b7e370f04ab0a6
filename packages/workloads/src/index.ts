export type { BackendName } from '@muster/vocabulary'
export type { Augmentation } from './augment.ts'
export { pieceOf, pieceSizes, samplesOfPiece } from './batch-pieces.ts'
export { type HutchinsonDraw, hutchinsonDiagonal, rademacher } from './curvature/hutchinson.ts'
export { type SpatialAveraging, spatialAverage } from './curvature/spatial-average.ts'
export { whyNotSmooth } from './curvature/why-not-smooth.ts'
export { onDeviceLost } from './device-lost.ts'
export { type DigitsSettings, makeDigits } from './digits/digits.ts'
export { type Evaluation, evaluate } from './evaluate.ts'
export type {
  GradientComputer,
  GradientRange,
  GradientReading,
  GradientSum,
  LocalWalk,
  Replica,
  ReplicaLease,
  ReplicaReading,
  WalkSettings,
} from './gradient-computer.ts'
export { initialParameters } from './initial-parameters.ts'
export { flatWeights, type NamedTensor } from './layers-format/flat-weights.ts'
export { type LayersModel, readLayersModel } from './layers-format/read-layers-model.ts'
export { readLayersWeights } from './layers-format/read-layers-weights.ts'
export {
  type LayersModelJson,
  type WrittenModel,
  whyNoLayersModel,
  writeLayersModel,
} from './layers-format/write-layers-model.ts'
export { type DataShape, type ModelSpec, networkOf, windowOf } from './model.ts'
export type { Activation, Graph, Layer, LayerKind, LayerNode } from './network/layer.ts'
export { graphOf, ModelError, type Network, planNetwork, type TensorLayout } from './network/plan.ts'
export { type PartitionRange, partitionRange, type RoundSettings, roundSamples } from './partition.ts'
export { decodeCutSamples, decodeSamples, encodeSamples, samplesVersion } from './sample-codec.ts'
export { sampleTokens } from './sample-text.ts'
export {
  type Batch,
  type Column,
  type Content,
  type Dataset,
  type DrawKey,
  inputSizeOf,
  type Rows,
  type Samples,
  sliceSamples,
  type Text,
  takeBatch,
  type Windows,
  windowsOf,
} from './samples.ts'
export { type BackendChoice, type BackendNote, type StartedBackend, startBackend } from './start-backend.ts'
export { createGradientComputer } from './tensorflow-computer.ts'
export { type WarmUp, warmUp } from './warm-up.ts'
