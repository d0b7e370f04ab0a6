export { judgeResult } from './coordinator/judge-result.ts'
export type {
  ResultClaim,
  ResultRefusal,
  RoundFacts,
  RunEffect,
  RunEvent,
  TilesClaim,
} from './coordinator/run-event.ts'
export { stepRun } from './coordinator/step.ts'
export {
  findEntry,
  findLease,
  type HeldResult,
  isOpenLease,
  type Policy,
  type RosterEntry,
  type RunLease,
  type RunPhase,
  type RunSettings,
  startRun,
  type TrainingRun,
} from './coordinator/training-run.ts'
export { standingOf } from './peer/arranging.ts'
export { stepPeer } from './peer/peer-machine.ts'
export {
  type EstimateLease,
  type HeldName,
  type PeerEffect,
  type PeerEvent,
  type PeerMachine,
  startPeer,
} from './peer/peer-state.ts'
export { tilesLimit } from './worker/tiles.ts'
export {
  hasOwnSums,
  idleWorker,
  stepWorker,
  type TilesToTell,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerMachine,
  type WorkItem,
} from './worker/worker-machine.ts'
