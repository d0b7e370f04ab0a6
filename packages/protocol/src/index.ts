export { type ErrorCode, errorCodes, type Refusal, refusal } from './error-codes.ts'
export { decodeEstimateFrame, encodeEstimateFrame } from './estimate-frame.ts'
export { type Explanation, explainRunFile } from './explain.ts'
export { limits, protocolVersion } from './limits.ts'
export * from './messages.ts'
export * from './peer-messages.ts'
export { type PeerSignal, peerSignal } from './peer-signal.ts'
export { type RunFile, type RunFileInput, type RunFileReading, readRunFile, runFileSchema } from './run-file.ts'
export {
  decodeResultFrame,
  decodeResultHeader,
  encodeResultFrame,
  frameBytes,
  frameHeaderBytes,
  frameVector,
  type ResultFrame,
  type ResultHeader,
} from './tensor-frame.ts'
