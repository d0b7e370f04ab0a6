// Storage that ends with the process: for tests, and for trying things out without a folder.
// Records go through JSON as on a disk, so that nobody can change one after it was stored.

import type { RunId } from '@muster/vocabulary'
import { hashOf } from './blob-folder.ts'
import { createMemoryCheckpoints } from './memory-checkpoints.ts'
import {
  refuseOutOfOrder,
  refuseUnfitHash,
  refuseUnfitLimit,
  refuseUnfitRunId,
  refuseUnknownRun,
  toJson,
} from './rules.ts'
import type {
  Blobs,
  Datasets,
  Events,
  Rounds,
  Runs,
  SequencedEvent,
  Storage,
  StoredDataset,
  StoredRound,
  StoredRun,
} from './storage.ts'
import { StorageError } from './storage-error.ts'

interface Records {
  readonly runs: Map<RunId, StoredRun>
  readonly rounds: Map<RunId, StoredRound[]>
  readonly events: Map<RunId, SequencedEvent[]>
}

export function createMemoryStorage(): Storage {
  const records: Records = { runs: new Map(), rounds: new Map(), events: new Map() }
  let isOpen = true
  const refuseClosed = () => {
    if (!isOpen) throw new StorageError('storage-closed', 'the storage in memory is closed')
  }
  return {
    runs: whileOpen(memoryRuns(records), refuseClosed),
    rounds: whileOpen(memoryRounds(records), refuseClosed),
    events: whileOpen(memoryEvents(records), refuseClosed),
    datasets: whileOpen(memoryDatasets(), refuseClosed),
    blobs: memoryBlobs(),
    checkpoints: createMemoryCheckpoints(),
    close() {
      isOpen = false
    },
  }
}

/** The same functions, each of which first asks whether it may still be used. */
function whileOpen<Room extends object>(room: Room, refuseClosed: () => void): Room {
  const guardedRoom = Object.entries(room).map(([name, act]: [string, (...inputs: unknown[]) => unknown]) => [
    name,
    (...inputs: unknown[]) => {
      refuseClosed()
      return act(...inputs)
    },
  ])
  return Object.fromEntries(guardedRoom) as Room
}

const copy = <Value>(value: Value): Value => JSON.parse(toJson(value)) as Value

function memoryRuns({ runs }: Records): Runs {
  return {
    create({ id, title, file, createdAt }) {
      refuseUnfitRunId(id)
      if (runs.has(id)) throw new StorageError('run-exists', `there is already a run ${JSON.stringify(id)}`)
      runs.set(id, { id, title, file: copy(file), createdAt, state: 'open' })
    },
    find: id => (runs.has(id) ? copy(runs.get(id)!) : undefined),
    list: () => [...runs.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)).map(copy),
    setState(id, state) {
      refuseUnknownRun(id, runs.has(id))
      runs.set(id, { ...runs.get(id)!, state })
    },
  }
}

function memoryRounds({ runs, rounds }: Records): Rounds {
  const of = (run: RunId) => rounds.get(run) ?? []
  return {
    append({ run, round, modelVersion, facts }) {
      refuseUnknownRun(run, runs.has(run))
      refuseOutOfOrder(run, round, of(run).at(-1)?.round)
      const stored = of(run)
      stored.push({ run, round, modelVersion, facts: copy(facts) })
      rounds.set(run, stored)
    },
    read(run, { from = 0, to = Infinity, limit }) {
      refuseUnfitLimit(limit)
      return copy(
        of(run)
          .filter(({ round }) => round >= from && round <= to)
          .slice(0, limit),
      )
    },
    last: run => of(run).slice(-1).map(copy)[0],
    deleteAfter(run, round) {
      const kept = of(run).filter(stored => stored.round <= round)
      const gone = of(run).length - kept.length
      rounds.set(run, kept)
      return gone
    },
  }
}

function memoryEvents({ runs, events }: Records): Events {
  let sequence = 0
  const of = (run: RunId) => events.get(run) ?? []
  return {
    append({ run, at, round, kind, detail }) {
      refuseUnknownRun(run, runs.has(run))
      sequence += 1
      const stored = of(run)
      stored.push({ sequence, run, at, round, kind, detail: copy(detail) })
      events.set(run, stored)
    },
    read(run, { after = 0, limit }) {
      refuseUnfitLimit(limit)
      return copy(
        of(run)
          .filter(event => event.sequence > after)
          .slice(0, limit),
      )
    },
  }
}

function memoryDatasets(): Datasets {
  const datasets = new Map<string, StoredDataset>()
  return {
    put({ name, manifest }) {
      datasets.set(name, { name, manifest: copy(manifest) })
    },
    get: name => (datasets.has(name) ? copy(datasets.get(name)!) : undefined),
    list: () => [...datasets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(copy),
  }
}

function memoryBlobs(): Blobs {
  const blobs = new Map<string, Uint8Array>()
  return {
    put(bytes) {
      const hash = hashOf(bytes)
      if (!blobs.has(hash)) blobs.set(hash, Uint8Array.from(bytes))
      return hash
    },
    get(hash) {
      refuseUnfitHash(hash)
      const bytes = blobs.get(hash)
      return bytes && Uint8Array.from(bytes)
    },
    path(hash) {
      refuseUnfitHash(hash)
      return undefined
    },
  }
}
