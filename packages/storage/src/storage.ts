// The interface of what must survive a crash: the record of runs, checkpoints, and the bytes of data sets.
// Must not hold: what facts, details, manifests and run files mean. They are JSON here, handed back as it was given.
// Everything is synchronous: when a call returns, its write is on the disk. All of it may throw StorageError.

import type { Milliseconds, ModelVersion, RoundNumber, RunId } from '@muster/vocabulary'

export interface Storage {
  readonly runs: Runs
  readonly rounds: Rounds
  readonly events: Events
  readonly datasets: Datasets
  readonly blobs: Blobs
  readonly checkpoints: Checkpoints
  /** Gives the folder free. Later use of the record (runs to data sets) throws `storage-closed`. Closing twice is allowed. */
  close(): void
}

export type RunState = 'open' | 'ended'

export interface StoredRun {
  /** 1 to 64 of A-Z a-z 0-9 _ -, so that it can name a folder. */
  readonly id: RunId
  readonly title: string
  /** The run file as JSON. */
  readonly file: unknown
  readonly createdAt: Milliseconds
  readonly state: RunState
}

export interface Runs {
  /** Its state is `open`. @throws StorageError `run-exists`, `name-unfit`. */
  create(run: Omit<StoredRun, 'state'>): void
  find(id: RunId): StoredRun | undefined
  /** Oldest first. */
  list(): StoredRun[]
  /** @throws StorageError `run-unknown`. */
  setState(id: RunId, state: RunState): void
}

/** A closed round. */
export interface StoredRound {
  readonly run: RunId
  readonly round: RoundNumber
  readonly modelVersion: ModelVersion
  readonly facts: unknown
}

export interface RoundRange {
  /** First and last round wanted, both included; absent: no bound. */
  readonly from?: RoundNumber | undefined
  readonly to?: RoundNumber | undefined
  /** At most so many, the earliest ones. */
  readonly limit: number
}

export interface Rounds {
  /** @throws StorageError `run-unknown`; `round-out-of-order` unless the round is above the run's last one. */
  append(round: StoredRound): void
  /** In order. */
  read(run: RunId, range: RoundRange): StoredRound[]
  last(run: RunId): StoredRound | undefined
  /** Forgets rounds that a resumed run will go through again; `round` itself stays. Answers how many went. */
  deleteAfter(run: RunId, round: RoundNumber): number
}

/** What an operator did, who joined or left: whatever a reader of the record needs to follow the run. */
export interface StoredEvent {
  readonly run: RunId
  readonly at: Milliseconds
  readonly round: RoundNumber
  readonly kind: string
  readonly detail: unknown
}

export interface Events {
  /** @throws StorageError `run-unknown`. */
  append(event: StoredEvent): void
  /** In the order in which they were appended, those after `after` (a `sequence` read before), at most `limit`. */
  read(run: RunId, range: { readonly after?: number | undefined; readonly limit: number }): SequencedEvent[]
}

export interface SequencedEvent extends StoredEvent {
  /** Ascends within a run, with gaps. */
  readonly sequence: number
}

export interface StoredDataset {
  readonly name: string
  readonly manifest: unknown
}

export interface Datasets {
  /** Replaces one of the same name. */
  put(dataset: StoredDataset): void
  get(name: string): StoredDataset | undefined
  /** By name. */
  list(): StoredDataset[]
}

/** Bytes named by their content; never changed, never deleted. */
export interface Blobs {
  /** SHA-256 in 64 hexadecimal digits. Bytes that are there are not written again. */
  put(bytes: Uint8Array): string
  get(hash: string): Uint8Array | undefined
  /** The file that holds them, for serving without reading; undefined when there is none. */
  path(hash: string): string | undefined
}

export interface Checkpoint {
  /** The last round that the bytes hold. */
  readonly round: RoundNumber
  readonly bytes: Uint8Array
}

/** One writer per run. Whole or not there at all, whenever the process dies. */
export interface Checkpoints {
  /** Keeps this one and the newest before it. Those of later rounds go: they belong to a history that was left. */
  save(run: RunId, round: RoundNumber, bytes: Uint8Array): void
  /**
   * The newest that `validate` (default: any) accepts. Newer ones that it does not accept are put aside as damaged.
   * For the start of a run, not while another thread saves.
   */
  latest(run: RunId, validate?: (bytes: Uint8Array) => boolean): Checkpoint | undefined
}
