// A tab's part: the production worker machine on a virtual device and a virtual network, and what faults do to it.

import { type ResultClaim, stepWorker, type WorkerEffect, type WorkerEvent } from '@muster/engine'
import { connectionEpoch, leaseId, type Milliseconds, workerId } from '@muster/vocabulary'
import type { Corruption, Fault } from './faults.ts'
import { unitMs } from './population.ts'
import { batchPerPartition, createTab, noMischief, type Stage, type Tab, tellCoordinator } from './stage.ts'

type EffectOf<Type extends WorkerEffect['type']> = Extract<WorkerEffect, { type: Type }>

export function joinStage(stage: Stage, name: string, batchTime: number): void {
  const tab = createTab(name, batchTime)
  stage.tabs.set(tab.id, tab)
  connect(stage, tab)
}

function connect(stage: Stage, tab: Tab): void {
  const msPerPartition = (tab.batchTime * unitMs) / stage.world.partitions
  tellCoordinator(stage, {
    at: stage.now + stage.latencyMs,
    type: 'worker-connected',
    worker: tab.id,
    connection: tab.connection,
    capabilities: { backend: 'cpu', msPerPartition, deviceShare: 1 },
  })
}

function depart(stage: Stage, { id, connection }: Tab, after: Milliseconds, reason: 'closed' | 'silent'): void {
  tellCoordinator(stage, { at: stage.now + after, type: 'worker-departed', worker: id, connection, reason })
}

export function strike(stage: Stage, fault: Fault): void {
  if (fault.kind === 'join') return joinStage(stage, fault.worker, fault.batchTime)
  const tab = stage.tabs.get(workerId(fault.worker))
  if (!tab || tab.isGone) return
  switch (fault.kind) {
    case 'vanish':
      tab.isGone = true
      return fault.isSilent
        ? depart(stage, tab, stage.silenceMs, 'silent')
        : depart(stage, tab, stage.latencyMs, 'closed')
    case 'freeze':
      tab.frozenUntil = Math.max(tab.frozenUntil, stage.now + fault.forMs)
      return
    case 'slow-down':
      tab.slowness = fault.factor
      return
    case 'reconnect':
      depart(stage, tab, stage.latencyMs, 'closed')
      stepTab(stage, tab, { at: stage.now, type: 'work-abandoned', tell: false })
      tab.connection = connectionEpoch(tab.connection + 1)
      return connect(stage, tab)
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

export function stepTab(stage: Stage, tab: Tab, event: WorkerEvent): void {
  const [next, effects] = stepWorker(tab.machine, { ...event, at: stage.now })
  tab.machine = next
  for (const effect of effects) perform(stage, tab, effect)
}

function perform(stage: Stage, tab: Tab, effect: WorkerEffect): void {
  switch (effect.type) {
    case 'load-parameters':
      return later(stage, tab, stage.transferMs, {
        at: 0,
        type: 'parameters-loaded',
        modelVersion: effect.modelVersion,
      })
    case 'compute-partition':
      return compute(stage, tab, effect)
    case 'keep-level': {
      const sum = tab.running.get(effect.lease)
      if (sum) tab.kept.set(effect.lease, sum)
      return
    }
    case 'announce-progress': {
      const { lease, finished, computeMs, ended } = effect
      const { id: worker, connection } = tab
      const at = stage.now + stage.latencyMs
      return tellCoordinator(stage, {
        at,
        type: 'progress-announced',
        worker,
        connection,
        lease,
        finished,
        computeMs,
        ended,
      })
    }
    case 'send-result':
      return sendResult(stage, tab, effect)
    case 'drop-sums':
      tab.running.delete(effect.lease)
      tab.kept.delete(effect.lease)
  }
}

const later = (stage: Stage, tab: Tab, after: Milliseconds, event: WorkerEvent): void =>
  stage.queue.push(stage.now + after, { to: 'tab', tab, connection: null, event })

function compute(stage: Stage, tab: Tab, { item, partition }: EffectOf<'compute-partition'>): void {
  const { world } = stage
  const { lease, round, modelVersion } = item
  const gradient = stage.data.partialGradient(modelVersion, round, partition)
  if (!gradient) return later(stage, tab, 0, { at: 0, type: 'partition-failed', lease })
  const before = tab.running.get(lease)
  const sum = before ? before.sum.map((value, i) => value + gradient[i]!) : gradient
  tab.running.set(lease, { sum, partitions: [...(before?.partitions ?? []), partition], modelVersion })
  const ms = ((tab.slowness * tab.batchTime * unitMs) / world.partitions) * world.jitter(tab.id, round)
  return later(stage, tab, ms, { at: 0, type: 'partition-computed', lease, ms })
}

function sendResult(stage: Stage, tab: Tab, { item, covers, from, computeMs }: EffectOf<'send-result'>): void {
  const sum = (from === 'kept' ? tab.kept : tab.running).get(item.lease)
  if (!sum) return
  const { mischief, id: worker, connection } = tab
  tab.mischief = noMischief
  const wrong = (how: Corruption) => (mischief.corruption === how ? 1 : 0)
  const claim: ResultClaim = {
    worker,
    connection,
    lease: leaseId(item.lease + 1000 * wrong('wrong-lease')),
    round: item.round + wrong('wrong-round'),
    modelVersion: item.modelVersion + wrong('wrong-version'),
    covers: covers + stage.world.partitions * wrong('wrong-cover'),
    samples: covers * batchPerPartition + wrong('wrong-samples'),
    lossSum: 1,
    computeMs,
  }
  tab.uplinkFreeAt = Math.max(stage.now, tab.uplinkFreeAt) + stage.transferMs
  const arrival = tab.uplinkFreeAt + stage.latencyMs
  const answer = (at: Milliseconds) =>
    tellCoordinator(stage, {
      at,
      type: 'result-held',
      claim,
      handle: stage.data.hold(sum),
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
