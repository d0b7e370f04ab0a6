// A worker as a machine: one computing loop over a queue of leases, fed with events, answering with effects. The tab,
// the headless process and the simulator drive this same machine; they differ in who carries out its effects.
//
// One partition is computed at a time, so that a release is heeded within one micro-batch. Sums live with whoever
// carries out the effects, by lease: a running sum, and for announced levels the last complete level's; or, where levels
// have weights of their own, one sum for each level.

import type {
  LeaseId,
  Milliseconds,
  ModelVersion,
  PartitionIndex,
  RoundNumber,
  TileOrder,
  Work,
} from '@muster/vocabulary'
import { nothingSent, type TilesProgress, takeOrder, tilesAt, tilesLimit } from './tiles.ts'

/** Progress of long work is announced at most this often; completed levels always. */
export const progressEveryMs: Milliseconds = 250

export interface WorkItem {
  readonly lease: LeaseId
  readonly round: RoundNumber
  readonly modelVersion: ModelVersion
  /** Where the parameters are to be had; opaque here. */
  readonly parameters: string
  /** The learning rate of local steps. */
  readonly rate: number
  readonly work: Work
}

interface Progress extends WorkItem {
  readonly finished: number
  readonly computeMs: Milliseconds
  readonly startedAt: Milliseconds | null
  readonly announcedAt: Milliseconds
  /** Asked for and not yet sent: at least so many partitions. */
  readonly requested: number | null
  /** Partitions covered by the last answer; 0: none yet. */
  readonly sent: number
  /** The last complete level, kept apart from the running sum. */
  readonly kept: number
  /** Of work in tiles; null of other work. */
  readonly tiles: TilesProgress | null
}

export interface WorkerMachine {
  readonly queue: readonly Progress[]
  /** What the device is doing. */
  readonly busy: 'idle' | 'loading' | 'computing'
  /** Of which lease a partition is under way; null: of none that is still wanted. */
  readonly computing: LeaseId | null
  readonly loadedVersion: ModelVersion | null
}

export type WorkerEvent = { readonly at: Milliseconds } & (
  | { readonly type: 'work-assigned'; readonly item: WorkItem }
  | { readonly type: 'result-requested'; readonly lease: LeaseId; readonly covers: number }
  | { readonly type: 'lease-released'; readonly lease: LeaseId }
  | { readonly type: 'order-given'; readonly lease: LeaseId; readonly order: TileOrder }
  /** `ms`: how long the uplink was busy with it. */
  | { readonly type: 'tile-sent'; readonly lease: LeaseId; readonly ms: Milliseconds }
  | { readonly type: 'tile-failed'; readonly lease: LeaseId }
  /** Time to say how far work in tiles is. */
  | { readonly type: 'beat' }
  | { readonly type: 'parameters-loaded'; readonly modelVersion: ModelVersion }
  | { readonly type: 'parameters-failed'; readonly modelVersion: ModelVersion }
  /** `ms`: computing and the pause of the duty cycle. */
  | { readonly type: 'partition-computed'; readonly lease: LeaseId; readonly ms: Milliseconds }
  | { readonly type: 'partition-failed'; readonly lease: LeaseId }
  /** Give everything back: the volunteer paused, or the connection is gone. */
  | { readonly type: 'work-abandoned'; readonly tell: boolean }
)

/** Where an answer is taken from: the sum as it runs, the last complete level kept apart, or a level's own sum. */
export type SumOf = 'running' | 'kept' | 'level'

export type WorkerEffect =
  | { readonly type: 'load-parameters'; readonly parameters: string; readonly modelVersion: ModelVersion }
  | {
      readonly type: 'compute-partition'
      readonly item: WorkItem
      readonly index: number
      readonly partition: PartitionIndex
    }
  /** Keep the running sum as it is now as the lease's last complete level. */
  | { readonly type: 'keep-level'; readonly lease: LeaseId; readonly covers: number }
  | {
      readonly type: 'announce-progress'
      readonly lease: LeaseId
      readonly finished: number
      readonly computeMs: Milliseconds
      readonly ended: boolean
      /** Of work in tiles. */
      readonly tiles?: TilesToTell
    }
  /** The segment of the running sum as it is now, which may go on at once. */
  | {
      readonly type: 'send-tile'
      readonly item: WorkItem
      readonly segment: number
      readonly segments: number
      readonly covers: number
      readonly computeMs: Milliseconds
    }
  | {
      readonly type: 'send-result'
      readonly item: WorkItem
      readonly covers: number
      readonly from: SumOf
      readonly computeMs: Milliseconds
    }
  | { readonly type: 'drop-sums'; readonly lease: LeaseId }

export interface TilesToTell {
  readonly orders: number
  readonly length: number
  readonly sent: number
  readonly uploadMs: Milliseconds
}

/** Whether each level is a sum of its own rather than a prefix of one running sum. */
export const hasOwnSums = (work: Work): boolean => work.levels.some(level => level.weights !== undefined)

export const idleWorker: WorkerMachine = { queue: [], busy: 'idle', computing: null, loadedVersion: null }

export function stepWorker(
  worker: WorkerMachine,
  event: WorkerEvent,
): readonly [WorkerMachine, readonly WorkerEffect[]] {
  const effects: WorkerEffect[] = []
  return [goOn(handle(worker, event, effects), event.at, effects), effects]
}

function handle(worker: WorkerMachine, event: WorkerEvent, effects: WorkerEffect[]): WorkerMachine {
  switch (event.type) {
    case 'work-assigned': {
      // Work on an older model is of no more use to anybody.
      const stale = worker.queue.filter(({ modelVersion }) => modelVersion < event.item.modelVersion)
      const kept = stale.reduce((rest, { lease }) => end(rest, lease, event.at, effects), worker)
      const added: Progress = {
        ...event.item,
        finished: 0,
        computeMs: 0,
        startedAt: null,
        announcedAt: event.at,
        requested: null,
        sent: 0,
        kept: 0,
        tiles: event.item.work.upload === 'in-tiles' ? nothingSent : null,
      }
      return { ...kept, queue: [...kept.queue, added] }
    }
    case 'result-requested':
      return changeItem(worker, event.lease, item =>
        answerIfReady({ ...item, requested: Math.max(item.requested ?? 0, event.covers) }, effects),
      )
    case 'lease-released':
    case 'tile-failed':
      return end(worker, event.lease, event.at, effects)
    case 'order-given':
      return heed(worker, event, effects)
    case 'tile-sent':
      return countTile(worker, event, effects)
    case 'beat':
      for (const item of worker.queue)
        if (item.tiles !== null) announce(withWorkUnderWay(worker, item, event.at), false, effects)
      return worker
    case 'parameters-loaded':
      return { ...worker, busy: 'idle', loadedVersion: event.modelVersion }
    case 'parameters-failed': {
      const lost = worker.queue.filter(({ modelVersion }) => modelVersion === event.modelVersion)
      const idle: WorkerMachine = { ...worker, busy: 'idle' }
      return lost.reduce((rest, { lease }) => end(rest, lease, event.at, effects), idle)
    }
    case 'partition-computed':
      return countPartition({ ...worker, busy: 'idle', computing: null }, event, effects)
    case 'partition-failed':
      return end({ ...worker, busy: 'idle', computing: null }, event.lease, event.at, effects)
    case 'work-abandoned': {
      const ended: WorkerEffect[] = []
      const empty = worker.queue.reduce((rest, { lease }) => end(rest, lease, event.at, ended), worker)
      effects.push(...ended.filter(effect => event.tell || effect.type === 'drop-sums'))
      return empty
    }
  }
}

function countPartition(
  worker: WorkerMachine,
  event: Extract<WorkerEvent, { type: 'partition-computed' }>,
  effects: WorkerEffect[],
): WorkerMachine {
  return changeItem(worker, event.lease, item => {
    const finished = item.finished + 1
    const counted = { ...item, finished, computeMs: item.computeMs + event.ms }
    if (item.tiles !== null) {
      sendTiles(counted, item.tiles, effects)
      // At the end of its list it has nothing to do, and says so at once.
      if (finished === tilesLimit(counted.work, item.tiles)) announce(counted, false, effects)
      return counted
    }
    const isLevel = item.work.levels.some(level => level.upTo === finished)
    if (item.work.upload === 'when-done') {
      if (finished === item.work.partitions.length) {
        // An upload may take long: that nothing is left to compute is said before.
        if (event.at - item.announcedAt >= progressEveryMs) announce(counted, false, effects)
        return send(counted, finished, hasOwnSums(item.work) ? 'level' : 'running', effects)
      }
    } else if (isLevel) {
      announce(counted, false, effects)
      return answerIfReady({ ...counted, announcedAt: event.at }, effects)
    }
    if (event.at - item.announcedAt < progressEveryMs) return counted
    announce(counted, false, effects)
    return { ...counted, announcedAt: event.at }
  })
}

/** The worker does as it is told, and says where its list ends now. What can no longer be done ends the lease. */
function heed(
  worker: WorkerMachine,
  { lease, order, at }: Extract<WorkerEvent, { type: 'order-given' }>,
  effects: WorkerEffect[],
): WorkerMachine {
  const item = worker.queue.find(other => other.lease === lease)
  if (!item || item.tiles === null) return worker
  // The partition under way is in the running sum already, or part of it is.
  const begun = item.finished + (isUnderWay(worker, item) ? 1 : 0)
  const taken = takeOrder(item.work, item.tiles, order, begun)
  if (taken === 'too-late') return end(worker, lease, at, effects)
  const ordered = { ...item, ...taken }
  // Of those of this length some may have gone out early; and what was asked for early may be there already.
  const isAsked = order.type === 'send' || order.type === 'send-early'
  if (isAsked && begun === item.finished) sendTiles(ordered, notSentYet(taken.tiles, item.tiles), effects)
  if (order.type !== 'extend') announce(withWorkUnderWay(worker, ordered, at), false, effects)
  return changeItem(worker, lease, () => ordered)
}

/** All tiles of the list as far as it is computed. */
function sendTiles(item: Progress, tiles: TilesProgress, effects: WorkerEffect[]): void {
  const segments = tiles.upTo.length
  for (const segment of tilesAt(tiles, item.finished)) {
    const { finished: covers, computeMs } = item
    effects.push({ type: 'send-tile', item: workOf(item), segment, segments, covers, computeMs })
  }
}

const notSentYet = (asked: TilesProgress, before: TilesProgress): TilesProgress => ({
  ...asked,
  upTo: asked.upTo.map((count, segment) => (before.upTo[segment] === count ? 0 : count)),
})

/** With the last of them the lease is done. */
function countTile(
  worker: WorkerMachine,
  { lease, ms }: Extract<WorkerEvent, { type: 'tile-sent' }>,
  effects: WorkerEffect[],
): WorkerMachine {
  const item = worker.queue.find(other => other.lease === lease)
  if (!item || item.tiles === null) return worker
  const tiles = { ...item.tiles, sent: item.tiles.sent + 1, uploadMs: item.tiles.uploadMs + ms }
  const asked = tiles.isFinal ? tiles.upTo.filter(upTo => upTo > 0).length : Infinity
  if (tiles.sent < asked) return changeItem(worker, lease, other => ({ ...other, tiles }))
  announce({ ...item, tiles }, false, effects)
  effects.push({ type: 'drop-sums', lease })
  return { ...worker, queue: worker.queue.filter(other => other !== item) }
}

/**
 * A level asked for is sent from its own sum where it has one; else from the running sum, or, where the worker has
 * gone on, from what was kept.
 */
function answerIfReady(item: Progress, effects: WorkerEffect[]): Progress {
  if (item.requested === null || item.requested <= item.sent) return item
  if (hasOwnSums(item.work))
    return item.finished >= item.requested ? send(item, item.requested, 'level', effects) : item
  if (item.kept > 0 && item.kept >= item.requested) return send(item, item.kept, 'kept', effects)
  const isAtLevel = item.work.levels.some(level => level.upTo === item.finished)
  if (isAtLevel && item.finished >= item.requested) return send(item, item.finished, 'running', effects)
  return item
}

function send(item: Progress, covers: number, from: SumOf, effects: WorkerEffect[]): Progress {
  effects.push({ type: 'send-result', item: workOf(item), covers, from, computeMs: item.computeMs })
  return { ...item, sent: covers }
}

function announce(item: Progress, ended: boolean, effects: WorkerEffect[]): void {
  effects.push({
    type: 'announce-progress',
    lease: item.lease,
    finished: item.finished,
    computeMs: item.computeMs,
    ended,
    ...(item.tiles !== null && { tiles: tilesToTell(item.work, item.tiles) }),
  })
}

const tilesToTell = ({ partitions }: Work, { orders, sent, uploadMs }: TilesProgress): TilesToTell => ({
  orders,
  length: partitions.length,
  sent,
  uploadMs,
})

const isUnderWay = ({ computing }: WorkerMachine, { lease }: Progress): boolean => computing === lease

const withWorkUnderWay = (worker: WorkerMachine, item: Progress, at: Milliseconds): Progress =>
  isUnderWay(worker, item) && item.startedAt !== null
    ? { ...item, computeMs: item.computeMs + Math.max(0, at - item.startedAt) }
    : item

/** Stops work on a lease and says how far it came, the partition under way included in the time. */
function end(worker: WorkerMachine, lease: LeaseId, at: Milliseconds, effects: WorkerEffect[]): WorkerMachine {
  const item = worker.queue.find(other => other.lease === lease)
  if (!item) return worker
  announce(withWorkUnderWay(worker, item, at), true, effects)
  effects.push({ type: 'drop-sums', lease })
  return { ...worker, queue: worker.queue.filter(other => other !== item) }
}

/** Starts the next piece of work, if the device is free. */
function goOn(worker: WorkerMachine, at: Milliseconds, effects: WorkerEffect[]): WorkerMachine {
  if (worker.busy !== 'idle') return worker
  // Who has answered goes on only if asked for more.
  const hasMoreToDo = ({ sent, requested, finished, work, tiles }: Progress) =>
    tiles === null
      ? finished < work.partitions.length && (sent === 0 || (requested ?? 0) > sent)
      : finished < tilesLimit(work, tiles)
  const item = worker.queue.find(hasMoreToDo)
  // What is complete and sent needs no release: whoever sends it drops the sums afterwards.
  const queue = worker.queue.filter(other => !(other.work.upload === 'when-done' && other.sent > 0))
  if (!item) return { ...worker, queue }
  if (item.modelVersion !== worker.loadedVersion) {
    effects.push({ type: 'load-parameters', parameters: item.parameters, modelVersion: item.modelVersion })
    return { ...worker, queue, busy: 'loading' }
  }
  const isAtLevel =
    item.work.upload === 'on-request' &&
    !hasOwnSums(item.work) &&
    item.work.levels.some(level => level.upTo === item.finished)
  if (isAtLevel && item.kept < item.finished)
    effects.push({ type: 'keep-level', lease: item.lease, covers: item.finished })
  effects.push({
    type: 'compute-partition',
    item: workOf(item),
    index: item.finished,
    partition: item.work.partitions[item.finished]!,
  })
  const started = { ...item, startedAt: at, kept: isAtLevel ? item.finished : item.kept }
  return {
    ...worker,
    busy: 'computing',
    computing: item.lease,
    queue: queue.map(other => (other === item ? started : other)),
  }
}

const workOf = ({ lease, round, modelVersion, parameters, rate, work }: Progress): WorkItem => ({
  lease,
  round,
  modelVersion,
  parameters,
  rate,
  work,
})

const changeItem = (worker: WorkerMachine, lease: LeaseId, change: (item: Progress) => Progress): WorkerMachine => ({
  ...worker,
  queue: worker.queue.map(item => (item.lease === lease ? change(item) : item)),
})
