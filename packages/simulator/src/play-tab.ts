// A tab's part: the production worker machine on a virtual device and a virtual network, and what faults do to it.

import {
  hasOwnSums,
  type ResultClaim,
  standingOf,
  stepWorker,
  type WorkerEffect,
  type WorkerEvent,
  type WorkItem,
} from '@muster/engine'
import {
  connectionEpoch,
  drawOf,
  leaseId,
  type Milliseconds,
  type ModelVersion,
  type PartitionIndex,
  type ReplicaSteps,
  type RoundNumber,
  workerId,
} from '@muster/vocabulary'
import type { Corruption, Fault } from './faults.ts'
import { stepTabPeer } from './play-peer.ts'
import { callBackTiles, keepBeating, sendTile } from './play-tiles.ts'
import {
  createTab,
  type LeaseSums,
  noMischief,
  noteAbility,
  type Stage,
  type Tab,
  tellCoordinator,
  unitMs,
} from './stage.ts'
import { newReplica, pullReplica, type ReplicaRun } from './virtual-replica.ts'
import { addToRun, addToSum, beginRun, copySum, emptySum, type VirtualSum } from './virtual-sum.ts'
import type { Occupant } from './worlds/world.ts'

type EffectOf<Type extends WorkerEffect['type']> = Extract<WorkerEffect, { type: Type }>

export function joinStage(stage: Stage, occupant: Occupant, after: Milliseconds): void {
  const tab = createTab(stage, occupant)
  stage.tabs.set(tab.id, tab)
  stage.seats.set(occupant.seat, tab)
  connect(stage, tab, after)
  noteAbility(stage)
  const stay = stage.world.stay(occupant)
  if (!Number.isFinite(stay)) return
  const fault: Fault = { kind: 'end-of-stay', worker: tab.id }
  stage.queue.push(stage.now + stay * unitMs, { to: 'fault', fault })
}

function connect(stage: Stage, tab: Tab, after: Milliseconds): void {
  const msPerPartition = (stage.world.claim(tab.occupant) * unitMs) / stage.partitions
  tellCoordinator(stage, {
    at: stage.now + after,
    type: 'worker-connected',
    worker: tab.id,
    connection: tab.connection,
    capabilities: { backend: 'cpu', msPerPartition, deviceShare: 1 },
  })
  const { id: worker, connection } = tab
  tellCoordinator(stage, {
    at: stage.now + after,
    type: 'peer-told',
    worker,
    connection,
    report: standingOf(tab.peer.machine),
  })
}

function depart(stage: Stage, { id, connection }: Tab, after: Milliseconds, reason: 'closed' | 'silent'): void {
  tellCoordinator(stage, { at: stage.now + after, type: 'worker-departed', worker: id, connection, reason })
}

export function strike(stage: Stage, fault: Fault): void {
  if (fault.kind === 'join') return joinStage(stage, { seat: fault.seat, generation: 0 }, stage.latencyMs)
  const tab = stage.tabs.get(workerId(fault.worker))
  if (!tab || tab.isGone) return
  switch (fault.kind) {
    case 'vanish':
      tab.isGone = true
      noteAbility(stage)
      return fault.isSilent
        ? depart(stage, tab, stage.silenceMs, 'silent')
        : depart(stage, tab, stage.latencyMs, 'closed')
    case 'end-of-stay': {
      tab.isGone = true
      depart(stage, tab, stage.silenceMs, 'silent')
      const { seat, generation } = tab.occupant
      stage.tabs.delete(tab.id)
      return joinStage(stage, { seat, generation: generation + 1 }, stage.latencyMs)
    }
    case 'freeze':
      tab.frozenUntil = Math.max(tab.frozenUntil, stage.now + fault.forMs)
      return noteAbility(stage)
    case 'slow-down':
      tab.slowness = fault.factor
      return
    case 'reconnect':
      depart(stage, tab, stage.latencyMs, 'closed')
      return reconnect(stage, tab, stage.latencyMs)
    case 'repeat-answer':
      tab.mischief = { ...tab.mischief, repeat: true }
      return
    case 'delay-answer':
      tab.mischief = { ...tab.mischief, delayMs: fault.byMs }
      return
    case 'corrupt-answer':
      tab.mischief = { ...tab.mischief, corruption: fault.how }
  }
}

function reconnect(stage: Stage, tab: Tab, after: Milliseconds): void {
  stepTab(stage, tab, { at: stage.now, type: 'work-abandoned', tell: false })
  tab.connection = connectionEpoch(tab.connection + 1)
  connect(stage, tab, after)
}

/** Its work will never end: nothing more is heard of it until the round is over. */
export function stick(stage: Stage, tab: Tab): void {
  tab.isStuck = true
  noteAbility(stage)
  depart(stage, tab, stage.silenceMs, 'silent')
}

export function wakeTab(stage: Stage, tab: Tab): void {
  tab.isStuck = false
  tab.isBeating = false
  tab.uploading = null
  noteAbility(stage)
  reconnect(stage, tab, 0)
  tab.peer.step = null
  stepTabPeer(stage, tab, { at: stage.now, type: 'step-failed' })
  // The partition it was stuck in is wanted by nobody any more.
  stepTab(stage, tab, { at: stage.now, type: 'partition-failed', lease: leaseId(0) })
}

export function stepTab(stage: Stage, tab: Tab, event: WorkerEvent): void {
  const [next, effects] = stepWorker(tab.machine, { ...event, at: stage.now })
  tab.machine = next
  for (const effect of effects) perform(stage, tab, effect)
  keepBeating(stage, tab)
}

function perform(stage: Stage, tab: Tab, effect: WorkerEffect): void {
  switch (effect.type) {
    case 'load-parameters': {
      const { modelVersion } = effect
      return later(stage, tab, downloadMs(stage), { at: 0, type: 'parameters-loaded', modelVersion })
    }
    case 'compute-partition':
      return compute(stage, tab, effect)
    case 'keep-level': {
      const sums = tab.sums.get(effect.lease)
      if (sums) sums.kept = copySum(sums.running)
      return
    }
    case 'announce-progress': {
      const { lease, finished, computeMs, ended, tiles } = effect
      const { id: worker, connection } = tab
      const at = stage.now + stage.latencyMs
      const type = 'progress-announced'
      stage.messagesUp++
      return tellCoordinator(stage, { at, type, worker, connection, lease, finished, computeMs, ended, tiles })
    }
    case 'send-tile':
      return sendTile(stage, tab, effect)
    case 'send-result':
      return sendResult(stage, tab, effect)
    case 'drop-sums':
      tab.sums.delete(effect.lease)
      callBackTiles(tab, effect.lease)
      if (tab.computing?.lease === effect.lease) interrupt(stage, tab, tab.computing)
  }
}

/** Nobody wants what it is computing: it stops after the piece under way. */
function interrupt(stage: Stage, tab: Tab, { lease, endsAt }: NonNullable<Tab['computing']>): void {
  if (stage.now + stage.pieceMs >= endsAt) return
  tab.computing = { lease, endsAt: stage.now + stage.pieceMs }
  endComputing(stage, tab, tab.computing, { at: 0, type: 'partition-failed', lease })
}

function endComputing(stage: Stage, tab: Tab, computing: NonNullable<Tab['computing']>, event: WorkerEvent): void {
  stage.queue.push(computing.endsAt, { to: 'tab', tab, connection: null, event, computing })
}

/** Through the tab's own network, and through the coordinator's, which serves one after the other. */
function downloadMs(stage: Stage): Milliseconds {
  const { serverCapacity } = stage.world.costs
  if (serverCapacity === Infinity) return stage.downloadMs
  stage.egressFreeAt = Math.max(stage.now, stage.egressFreeAt) + unitMs / serverCapacity
  return Math.max(stage.downloadMs, stage.egressFreeAt - stage.now)
}

const later = (stage: Stage, tab: Tab, after: Milliseconds, event: WorkerEvent): void =>
  stage.queue.push(stage.now + after, { to: 'tab', tab, connection: null, event })

function compute(stage: Stage, tab: Tab, { item, index, partition }: EffectOf<'compute-partition'>): void {
  const { lease, round, modelVersion, work } = item
  const { problem } = stage.data
  const sums = tab.sums.get(lease) ?? newSums(stage, tab, item, stage.data.parametersOf(modelVersion))
  if (!sums) return later(stage, tab, 0, { at: 0, type: 'partition-failed', lease })
  tab.sums.set(lease, sums)
  const draw = drawOf(round, work, index)
  const { replica } = sums.running
  if (replica === null) addGradient(stage, sums, item, { index, draw, partition })
  else addToRun(sums.running, replica, problem, { partition, draw, weight: 1 })
  const ms = computeMs(stage, tab, round) + besidesMs(stage, tab, partition)
  if (ms === Infinity) return stick(stage, tab)
  tab.computing = { lease, endsAt: stage.now + ms }
  return endComputing(stage, tab, tab.computing, { at: 0, type: 'partition-computed', lease, ms })
}

function addGradient(
  { data: { problem } }: Stage,
  sums: LeaseSums,
  { work }: WorkItem,
  { index, draw, partition }: { index: number; draw: number; partition: PartitionIndex },
): void {
  const gradient = problem.gradient(sums.running.parameters, draw, partition)
  const add = (sum: VirtualSum, weight: number) =>
    addToSum(sum, gradient, { partition, draw, weight }, problem.samplesPerPartition)
  if (sums.levels.size === 0) add(sums.running, 1)
  else for (const { upTo, weights } of work.levels) if (upTo > index) add(sums.levels.get(upTo)!, weights?.[index] ?? 1)
}

/** Undefined where the model that the work is for is no longer to be had. */
function newSums(
  stage: Stage,
  tab: Tab,
  { work, rate, modelVersion, lease }: WorkItem,
  parameters: Float32Array | undefined,
): LeaseSums | undefined {
  if (parameters === undefined) return undefined
  if (work.replica) {
    const perStep = work.partitions.length / work.replica.steps
    const run = beginReplicaRun(
      stage,
      tab,
      work.replica,
      { version: modelVersion, parameters },
      { lease, perStep, rate },
    )
    return { running: beginRun(modelVersion, run), kept: null, levels: new Map() }
  }
  // What others were to be exchanged with is of no more use.
  tab.replica = null
  const { local, partitions, levels } = work
  const walk = local ? { ...local, perStep: partitions.length / local.steps, rate } : null
  return {
    running: emptySum(modelVersion, parameters, walk),
    kept: null,
    levels: new Map(hasOwnSums(work) ? levels.map(({ upTo }) => [upTo, emptySum(modelVersion, parameters)]) : []),
  }
}

/** On the parameters that it keeps by that name, after the pull; else from the model. */
function beginReplicaRun(
  stage: Stage,
  tab: Tab,
  settings: ReplicaSteps,
  model: { readonly version: ModelVersion; readonly parameters: Float32Array },
  of: Pick<ReplicaRun, 'lease' | 'perStep' | 'rate'>,
): ReplicaRun {
  const zeros = () => new Float64Array(model.parameters.length)
  if (tab.replica?.id === settings.id) pullReplica(tab.replica, settings, model)
  else tab.replica = newReplica(settings, ++stage.replicas, model, stage.data.hasReference)
  return { ...of, settings, replica: tab.replica, gradient: zeros(), product: zeros(), terms: [] }
}

/** What a partition costs beside computing it: its dispatch and, the first time, its data. */
function besidesMs({ world, partitions }: Stage, tab: Tab, partition: PartitionIndex): Milliseconds {
  const { perPartition = 0, perShareFetched = 0 } = world.costs
  if (perShareFetched === 0 || tab.partitionsHeld.has(partition)) return perPartition * unitMs
  tab.partitionsHeld.add(partition)
  return (perPartition + (perShareFetched * world.workers) / partitions) * unitMs
}

/** The next partition of this round, whatever the tab has computed for it so far; starting up belongs to the first. */
function computeMs({ world, partitions }: Stage, tab: Tab, round: RoundNumber): Milliseconds {
  if (tab.round !== round) {
    tab.round = round
    tab.computed = 0
  }
  const done = tab.computed++
  const from = done === 0 ? 0 : world.computeTime(tab.occupant, round, done / partitions)
  const to = world.computeTime(tab.occupant, round, (done + 1) / partitions)
  return to === Infinity ? Infinity : tab.slowness * (to - from) * unitMs
}

function sendResult(stage: Stage, tab: Tab, { item, covers, from, computeMs }: EffectOf<'send-result'>): void {
  const sums = tab.sums.get(item.lease)
  const sum = from === 'level' ? sums?.levels.get(covers) : from === 'kept' ? sums?.kept : sums?.running
  if (!sum) return
  if (tab.losesAnswer()) return loseAnswer(stage, tab, item, covers, computeMs)
  const { mischief, id: worker, connection } = tab
  tab.mischief = noMischief
  const wrong = (how: Corruption) => (mischief.corruption === how ? 1 : 0)
  const claim: ResultClaim = {
    worker,
    connection,
    lease: leaseId(item.lease + 1000 * wrong('wrong-lease')),
    round: item.round + wrong('wrong-round'),
    modelVersion: item.modelVersion + wrong('wrong-version'),
    covers: covers + stage.partitions * wrong('wrong-cover'),
    segment: null,
    samples: covers * stage.data.problem.samplesPerPartition + wrong('wrong-samples'),
    lossSum: sum.lossSum,
    computeMs,
  }
  stage.uploads++
  const sent = copySum(sum)
  const arrival = uploadedAt(stage, tab) + stage.latencyMs
  const answer = (at: Milliseconds) =>
    tellCoordinator(stage, {
      at,
      type: 'result-held',
      claim,
      handle: stage.data.hold(sent),
      isFinite: mischief.corruption !== 'not-finite',
    })
  answer(arrival + mischief.delayMs)
  if (mischief.repeat) answer(arrival + mischief.delayMs + 1)
  if (mischief.corruption !== 'wrong-lease') return
  // Refused by its header: the edge knows the true sender, and that its lease will not be answered.
  tellCoordinator(stage, { at: arrival, type: 'result-rejected', worker, lease: item.lease, code: 'lease-unknown' })
  const released = { at: 0, type: 'lease-released', lease: item.lease } as const
  stage.queue.push(arrival + stage.latencyMs, { to: 'tab', tab, connection, event: released })
}

/** The tab has tried, notices that it failed, and says so when it can. */
function loseAnswer(stage: Stage, tab: Tab, { lease }: WorkItem, finished: number, computeMs: Milliseconds): void {
  stage.uploads++
  const { id: worker, connection } = tab
  const at = uploadedAt(stage, tab) + stage.latencyMs
  tellCoordinator(stage, {
    at,
    type: 'progress-announced',
    worker,
    connection,
    lease,
    finished,
    computeMs,
    ended: true,
  })
}

function uploadedAt(stage: Stage, tab: Tab): Milliseconds {
  tab.uplinkFreeAt = Math.max(stage.now, tab.uplinkFreeAt) + stage.uploadMs
  const { serverCapacity } = stage.world.costs
  if (serverCapacity === Infinity) return tab.uplinkFreeAt
  // Taken in while it is being sent, one after the other.
  stage.ingressFreeAt =
    Math.max(tab.uplinkFreeAt - unitMs / serverCapacity, stage.ingressFreeAt) + unitMs / serverCapacity
  return Math.max(tab.uplinkFreeAt, stage.ingressFreeAt)
}
