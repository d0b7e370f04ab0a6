export { createCheckpointFolder } from './checkpoint-folder.ts'
export { createMemoryCheckpoints } from './memory-checkpoints.ts'
export { createMemoryStorage } from './memory-storage.ts'
export { createSqliteStorage, type SqliteStorage } from './sqlite-storage.ts'
export type {
  Blobs,
  Checkpoint,
  Checkpoints,
  Datasets,
  Events,
  RoundRange,
  Rounds,
  RunState,
  Runs,
  SequencedEvent,
  Storage,
  StoredDataset,
  StoredEvent,
  StoredRound,
  StoredRun,
} from './storage.ts'
export { StorageError, type StorageErrorCode, storageErrors } from './storage-error.ts'
