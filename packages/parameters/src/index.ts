export { adaHessian, adaHessianDefaults, type CurvatureTransform } from './ada-hessian.ts'
export { accumulateInto, accumulateSegment, combineInto, type Term } from './combine.ts'
export { createOptimiser, type OptimiserKind, type OptimiserSpec, optimiserKinds } from './create-optimiser.ts'
export { createLocalOptimiser, type LocalState, type LocalStepper } from './local-optimiser.ts'
export { distance, meanDistance, measureVector, relativeError, type Vector, type VectorMeasure } from './measure.ts'
export { mixModel } from './mix-model.ts'
export { lookAhead, nesterov } from './nesterov.ts'
export type { Optimiser, OptimiserState, OptimiserUpdate } from './optimiser.ts'
export { optimiserStateFrom, optimiserTensors } from './optimiser-tensors.ts'
export type { MixingOrder } from './peer-estimate.ts'
export { createPeerVectors, type PeerVectors } from './peer-vectors.ts'
export {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type SafetensorsFile,
  type Tensor,
} from './safetensors.ts'
export { createSchedule, rateAt, type Schedule, type ScheduleSpec, scheduleKinds } from './schedule.ts'
export type { Dtype, TensorData } from './tensor-data.ts'
export { type ModelUpdate, type ModelUpdateInput, updateModel } from './update-model.ts'
