// Carries out what the worker machine asks for: loads parameters, computes partitions, sends answers. All tensors of
// a worker live here, by lease.

import {
  hasOwnSums,
  idleWorker,
  stepWorker,
  type TilesToTell,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerMachine,
  type WorkItem,
} from '@muster/engine'
import { encodeResultFrame } from '@muster/protocol'
import { drawOf, type LeaseId, type Milliseconds, type RoundNumber, stepsOf, type Work } from '@muster/vocabulary'
import type { Batch, GradientComputer, GradientSum } from '@muster/workloads'
import { createBeat } from './beat.ts'
import { createKeptReplica } from './kept-replica.ts'
import { createPacedBatches, type PaceSettings } from './paced-batches.ts'
import { type Running, runningSum, runningWalk } from './running.ts'
import { coordinatesOf, type JoinedEffect, joinTiles, type SendTiles } from './tile-frames.ts'
import { createTileUploads } from './tile-uploads.ts'

export interface ComputeLoopPorts extends PaceSettings {
  readonly computer: GradientComputer
  fetchParameters(hash: string): Promise<Float32Array>
  /** Posts a frame; false where the coordinator refused it. Throws where it could not be reached. */
  postResult(frame: Uint8Array<ArrayBuffer>): Promise<boolean>
  announce(message: {
    readonly lease: LeaseId
    readonly finished: number
    readonly computeMs: Milliseconds
    readonly ended: boolean
    readonly tiles?: TilesToTell
  }): void
  /** Rehearsals lose answers: whether this one is, to a lease of that round. Work in tiles is lost as a whole. */
  losesAnswer?(round: RoundNumber): boolean
  onChange(change: LoopChange): void
}

export type LoopChange =
  | { readonly type: 'partition-computed'; readonly ms: Milliseconds }
  /** The device worked on it, and was told to stop before it was done. */
  | { readonly type: 'partition-dropped'; readonly ms: Milliseconds }
  /** Once of a lease that was answered in tiles, with the samples of the largest. */
  | { readonly type: 'answered'; readonly accepted: boolean; readonly samples: number }
  | { readonly type: 'failed'; readonly message: string }

export interface ComputeLoop {
  tell(event: WorkerEvent extends infer E ? (E extends { at: number } ? Omit<E, 'at'> : never) : never): void
  isBusy(): boolean
  /** Somebody else has put other parameters on the device: they are loaded again before they are used. */
  forgetParameters(): void
  dispose(): void
}

interface Sums {
  readonly running: Running
  kept: Running | null
  /** By cover, where each level is a sum of its own. */
  readonly levels: ReadonlyMap<number, GradientSum>
  /** Uses under way; a dropped sum is freed after the last of them. */
  uses: number
  isDropped: boolean
}

const uploadTries = 3

export function createComputeLoop(ports: ComputeLoopPorts): ComputeLoop {
  const { run, computer } = ports
  const paced = createPacedBatches(ports)
  const sums = new Map<LeaseId, Sums>()
  const replica = createKeptReplica(computer, run.seed)
  let machine: WorkerMachine = idleWorker
  let isDisposed = false
  let uploads: Promise<void> = Promise.resolve()
  const beat = createBeat(() => tell({ type: 'beat' }))
  const tiles = createTileUploads({
    post,
    isLost: round => ports.losesAnswer?.(round) ?? false,
    onSent: (lease, ms) => tell({ type: 'tile-sent', lease, ms }),
    onFailed(lease, error) {
      if (error !== null) ports.onChange({ type: 'failed', message: String(error) })
      tell({ type: 'tile-failed', lease })
    },
    onAnswered: samples => ports.onChange({ type: 'answered', accepted: true, samples }),
  })

  const tell: ComputeLoop['tell'] = event => {
    if (isDisposed) return
    const [next, effects] = stepWorker(machine, { ...event, at: performance.now() } as WorkerEvent)
    machine = next
    beat.every(beatOf(machine))
    for (const effect of joinTiles(effects, run.parameterCount)) perform(effect)
  }

  function perform(effect: JoinedEffect): void {
    switch (effect.type) {
      case 'load-parameters':
        load(effect.parameters).then(
          () => tell({ type: 'parameters-loaded', modelVersion: effect.modelVersion }),
          error => {
            ports.onChange({ type: 'failed', message: String(error) })
            tell({ type: 'parameters-failed', modelVersion: effect.modelVersion })
          },
        )
        return
      case 'compute-partition':
        compute(effect).then(
          ({ ms, isDone }) => {
            ports.onChange({ type: isDone ? 'partition-computed' : 'partition-dropped', ms })
            const { lease } = effect.item
            tell(isDone ? { type: 'partition-computed', lease, ms } : { type: 'partition-failed', lease })
          },
          error => {
            ports.onChange({ type: 'failed', message: String(error) })
            tell({ type: 'partition-failed', lease: effect.item.lease })
          },
        )
        return
      case 'keep-level': {
        const entry = sums.get(effect.lease)
        if (!entry?.running.copy) return
        entry.kept?.dispose()
        entry.kept = entry.running.copy()
        return
      }
      case 'announce-progress':
        return ports.announce(effect)
      case 'send-result':
        return send(effect)
      case 'send-tiles':
        return sendTiles(effect)
      case 'drop-sums':
        return drop(effect.lease)
    }
  }

  async function load(hash: string): Promise<void> {
    computer.loadParameters(await ports.fetchParameters(hash))
  }

  /** How long it took, pauses of the duty cycle included; not done where its lease was dropped in the middle. */
  async function compute({
    item,
    index,
    partition,
  }: Extract<WorkerEffect, { type: 'compute-partition' }>): Promise<{ ms: Milliseconds; isDone: boolean }> {
    const { lease, round, work } = item
    // Reserved before the first wait, so that a release in the meantime finds it.
    const entry = sums.get(lease) ?? newSums(item)
    sums.set(lease, entry)
    entry.uses++
    try {
      return await paced.compute({
        partition,
        draw: drawOf(round, work, index),
        round,
        isStopped: () => entry.isDropped,
        add: piece => addBatch(entry, work, index, piece),
      })
    } finally {
      release(entry)
    }
  }

  const newSums = (item: WorkItem): Sums => ({
    running: newRunning(item),
    kept: null,
    levels: new Map(hasOwnSums(item.work) ? item.work.levels.map(level => [level.upTo, computer.newSum()]) : []),
    uses: 0,
    isDropped: false,
  })

  function newRunning({ lease, work, rate, round }: WorkItem): Running {
    const samplesPerStep = (work.partitions.length / stepsOf(work)) * run.batchPerPartition
    if (work.replica) return replica.begin(work.replica, { rate, samplesPerStep, round, draw: lease })
    // Parameters of its own that nobody asks for any more would only take the device's memory.
    replica.dispose()
    if (!work.local) return runningSum(computer.newSum())
    return runningWalk(computer.newWalk({ samplesPerStep, rate, momentum: work.local.momentum }))
  }

  /** One backward pass, added to the running sum or, weighted, to each level it belongs to. */
  async function addBatch(entry: Sums, work: Work, index: number, batch: Batch): Promise<void> {
    if (!hasOwnSums(work)) return entry.running.add(batch)
    const gradient = computer.newSum()
    try {
      await gradient.add(batch)
      for (const { upTo, weights } of work.levels)
        if (upTo > index) await entry.levels.get(upTo)!.include(gradient, weights?.[index] ?? 1)
    } finally {
      gradient.dispose()
    }
  }

  function send({ item, covers, from, computeMs }: Extract<WorkerEffect, { type: 'send-result' }>): void {
    const entry = sums.get(item.lease)
    if (!entry) return
    const level = from === 'level' ? entry.levels.get(covers) : undefined
    const running = level ? runningSum(level) : from === 'kept' ? entry.kept : entry.running
    if (running === null) return
    entry.uses++
    // The sum as it is now; reading may wait for the device, and the running sum may go on.
    const reading = running.read()
    if (item.work.upload === 'when-done') drop(item.lease)
    uploads = uploads
      .then(() => reading)
      .then(async ({ vector, lossSum, samples }) => {
        if (ports.losesAnswer?.(item.round)) return giveUp(item, covers, computeMs)
        const { lease, round, modelVersion } = item
        const header = {
          lease,
          round,
          modelVersion,
          covers,
          samples,
          firstCoordinate: 0,
          coordinates: vector.length,
          computeMs,
          lossSum,
        }
        const accepted = await post(encodeResultFrame({ header, vector }))
        ports.onChange({ type: 'answered', accepted, samples })
      })
      .catch(error => {
        ports.onChange({ type: 'failed', message: String(error) })
        giveUp(item, covers, computeMs)
      })
      .finally(() => release(entry))
  }

  /** Taken before anything else is computed: the running sum goes on. */
  function sendTiles(effect: SendTiles): void {
    const { item, covers, computeMs, lowest, highest } = effect
    const { lease } = item
    const { from, to } = coordinatesOf(effect, run.parameterCount)
    const range = sums.get(lease)?.running.takeRange?.(from, to)
    // What is no plain sum has no tiles; told later, since the machine is not stepped while its effects are carried out.
    if (!range) return queueMicrotask(() => tell({ type: 'tile-failed', lease }))
    tiles.add({ item, covers, computeMs, firstCoordinate: from, count: highest - lowest + 1, range })
  }

  /** The answer will not arrive: the work is done and nobody has it. */
  const giveUp = ({ lease }: WorkItem, finished: number, computeMs: Milliseconds) =>
    ports.announce({ lease, finished, computeMs, ended: true })

  async function post(frame: Uint8Array<ArrayBuffer>): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ports.postResult(frame)
      } catch (error) {
        if (attempt === uploadTries || isDisposed) throw error
        await new Promise(resolve => setTimeout(resolve, 100 * 4 ** attempt))
      }
    }
  }

  function drop(lease: LeaseId): void {
    tiles.end(lease)
    const entry = sums.get(lease)
    if (!entry) return
    sums.delete(lease)
    entry.isDropped = true
    if (entry.uses === 0) free(entry)
  }

  function release(entry: Sums): void {
    entry.uses--
    if (entry.uses === 0 && entry.isDropped) free(entry)
  }

  function free(entry: Sums): void {
    entry.running.dispose()
    entry.kept?.dispose()
    for (const level of entry.levels.values()) level.dispose()
  }

  return {
    tell,
    isBusy: () => machine.busy !== 'idle',
    forgetParameters() {
      machine = { ...machine, loadedVersion: null }
    },
    dispose() {
      tell({ type: 'work-abandoned', tell: false })
      isDisposed = true
      replica.dispose()
    },
  }
}

/** How often progress of work in tiles is to be told; null where there is none. */
function beatOf({ queue }: WorkerMachine): Milliseconds | null {
  const beats = queue.flatMap(({ tiles, work }) => (tiles === null || !work.beatMs ? [] : [work.beatMs]))
  return beats.length === 0 ? null : Math.min(...beats)
}
