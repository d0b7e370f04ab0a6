// A tab's part as a peer: the production peer machine, on a virtual device and a virtual network that neighbours share.
// Mixing is judged at every iteration: it must keep the mean of all estimates.

import {
  type EstimateLease,
  type PeerEffect,
  type PeerEvent,
  type ResultClaim,
  stepPeer,
  type WorkItem,
} from '@muster/engine'
import type { MixingOrder, PeerVectors } from '@muster/parameters'
import {
  type EstimateName,
  type IterationName,
  type LeaseId,
  type Milliseconds,
  type PeerWord,
  workerId,
} from '@muster/vocabulary'
import { noMischief, type PeerHappening, type Stage, type Tab, tellCoordinator, unitMs } from './stage.ts'
import type { MixWatch, VirtualPeer } from './virtual-peer.ts'
import type { VirtualSum } from './virtual-sum.ts'

const keyOf = ({ generation, iteration }: IterationName): string => `${generation}.${iteration}`

function takePeerWork(stage: Stage, tab: Tab, item: WorkItem): void {
  const { lease, work, rate } = item
  tab.peer.leases.set(lease, item)
  const asked: EstimateLease = { lease, ...work.estimate! }
  if (tab.peer.wantsModel) loadModel(stage, tab)
  stepTabPeer(stage, tab, { at: stage.now, type: 'estimate-asked', lease: asked, rate })
}

export function happenToPeer(stage: Stage, tab: Tab, happening: PeerHappening): void {
  const { peer } = tab
  switch (happening.type) {
    case 'event':
      return stepTabPeer(stage, tab, happening.event)
    case 'work':
      return takePeerWork(stage, tab, happening.item)
    case 'step': {
      if (happening.step !== peer.step) return
      finishStep(stage, peer)
      return stepTabPeer(stage, tab, { at: 0, type: 'step-computed', ms: happening.ms })
    }
    case 'estimate': {
      const { from, name: estimate, vector } = happening
      peer.vectors.receive(from, estimate, vector)
      return stepTabPeer(stage, tab, { at: 0, type: 'estimate-arrived', from, estimate })
    }
  }
}

export function stepTabPeer(stage: Stage, tab: Tab, event: PeerEvent): void {
  const { peer } = tab
  const [machine, effects] = stepPeer(peer.machine, { ...event, at: stage.now })
  peer.machine = machine
  for (const effect of effects) perform(stage, tab, effect)
}

function perform(stage: Stage, tab: Tab, effect: PeerEffect): void {
  const { peer } = tab
  switch (effect.type) {
    case 'compute-step':
      return compute(stage, tab, effect.draw, effect.rate)
    case 'abandon-step':
      peer.step = null
      return
    case 'say':
      for (const to of effect.to) toNeighbour(stage, to, stage.latencyMs, heard(tab.id, effect.word))
      return
    case 'report':
      return tellCoordinator(stage, {
        at: stage.now + stage.latencyMs,
        type: 'peer-told',
        worker: tab.id,
        connection: tab.connection,
        report: effect.report,
      })
    case 'send-estimate':
      return sendTo(stage, tab, effect.to, effect.estimate)
    case 'mix':
      return mix(stage, tab, effect)
    case 'load-model':
      peer.wantsModel = true
      return loadModel(stage, tab)
    case 'adopt-estimate':
      return peer.vectors.adopt(effect.from)
    case 'drop-estimate':
      return peer.vectors.drop(effect.from, effect.name)
    case 'answer-lease':
      return answer(stage, tab, effect.lease)
    case 'end-lease':
      return endLease(stage, tab, effect.lease)
    case 'set-timer':
      return later(stage, tab, Math.max(0, effect.at - stage.now), { at: 0, type: 'timer-fired' })
    case 'want-links':
      return
  }
}

const heard = (from: string, word: PeerWord): PeerHappening => ({
  type: 'event',
  event: { at: 0, type: 'heard', from, word },
})

const later = (stage: Stage, tab: Tab, after: Milliseconds, event: PeerEvent): void =>
  stage.queue.push(stage.now + after, { to: 'peer', tab, connection: null, happening: { type: 'event', event } })

/** As often as the network lets it arrive, which may be never. */
function toNeighbour(stage: Stage, to: string, afterMs: Milliseconds, happening: PeerHappening): void {
  const tab = stage.tabs.get(workerId(to))
  if (!tab) return
  for (const delay of stage.peerDelays())
    stage.queue.push(stage.now + afterMs + delay, { to: 'peer', tab, connection: null, happening })
}

const orderOf = ({ machine }: VirtualPeer): MixingOrder => machine.arrangement?.rules.order ?? 'ATC'

function sendTo(stage: Stage, tab: Tab, to: readonly string[], name: EstimateName): void {
  const vector = tab.peer.vectors.outgoing(name, orderOf(tab.peer))
  if (vector === null) return
  for (const neighbour of to) {
    tab.uplinkFreeAt = Math.max(stage.now, tab.uplinkFreeAt) + stage.uploadMs
    const afterMs = tab.uplinkFreeAt - stage.now + stage.latencyMs
    toNeighbour(stage, neighbour, afterMs, { type: 'estimate', from: tab.id, name, vector })
  }
}

/** An equal part of the batch, whatever it is made of; starting up belongs to each step. */
function compute(stage: Stage, tab: Tab, draw: number, rate: number): void {
  const { partitions } = tab.peer.machine.arrangement!
  const units = stage.world.computeTime(tab.occupant, draw, partitions.length / stage.partitions)
  if (units === Infinity) return stage.onStuck(tab)
  const ms = tab.slowness * units * unitMs
  const step = { endsAt: stage.now + ms, draw, rate }
  tab.peer.step = step
  stage.queue.push(step.endsAt, { to: 'peer', tab, connection: null, happening: { type: 'step', step, ms } })
}

function finishStep(stage: Stage, peer: VirtualPeer): void {
  const { step, vectors, machine } = peer
  const w = vectors.current()
  if (step === null || w === null) return
  const { problem } = stage.data
  const sum = new Float64Array(problem.dimension)
  const { partitions } = machine.arrangement!
  peer.lossSum = 0
  for (const partition of partitions) {
    const { gradient, lossSum } = problem.gradient(w, step.draw, partition)
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + gradient[i]!
    peer.lossSum += lossSum / partitions.length
  }
  const mean = sum.map(value => value / (partitions.length * problem.samplesPerPartition))
  vectors.step(mean, step.rate)
  peer.step = null
}

function mix(stage: Stage, tab: Tab, { name, own, terms, keepFrom }: Extract<PeerEffect, { type: 'mix' }>): void {
  const order = orderOf(tab.peer)
  const mixing = tab.peer.vectors.mix(name, order, own, terms, keepFrom)
  if (mixing !== null && order === 'ATC') watchMean(stage, tab, name, mixing)
}

type Mixing = NonNullable<ReturnType<PeerVectors['mix']>>

/** [D2] Over everybody who mixed in an iteration the sum is what it was, if both ends of every edge were part of it. */
function watchMean(stage: Stage, tab: Tab, name: IterationName, mixing: Mixing): void {
  const key = keyOf(name)
  const watch: MixWatch = stage.mixes.get(key) ?? { before: new Map(), after: new Map() }
  stage.mixes.set(key, watch)
  watch.before.set(tab.id, mixing.own)
  watch.after.set(tab.id, mixing.mixed)
  const others = tab.peer.machine.arrangement!.peers.filter(peer => peer !== tab.id)
  const isComplete = others.every(peer => {
    const other = stage.tabs.get(peer as Tab['id'])?.peer.machine
    const isOfThis = other?.arrangement?.generation === name.generation
    return watch.after.has(peer) || (isOfThis && other.iteration > name.iteration)
  })
  if (!isComplete) return
  stage.mixes.delete(key)
  if (stage.isPeerNetworkPerfect) checkMean(stage, key, watch)
}

function checkMean(stage: Stage, key: string, { before, after }: MixWatch): void {
  let worst = 0
  for (let i = 0; i < stage.data.problem.dimension; i++) {
    let difference = 0
    let size = 1
    for (const [peer, of] of before) {
      difference += after.get(peer)![i]! - of[i]!
      size += Math.abs(of[i]!)
    }
    worst = Math.max(worst, Math.abs(difference) / size)
  }
  if (worst > 1e-5) stage.violations.push(`D2: mixing in iteration ${key} moved the mean by ${worst}`)
}

function loadModel(stage: Stage, tab: Tab): void {
  const { peer } = tab
  const item = [...peer.leases.values()].at(-1)
  const parameters = item && stage.data.parametersOf(item.modelVersion)
  if (!parameters) return
  peer.wantsModel = false
  peer.vectors.begin(parameters.slice())
  later(stage, tab, stage.downloadMs, { at: 0, type: 'model-loaded' })
}

function answer(stage: Stage, tab: Tab, lease: LeaseId): void {
  const { peer, mischief, id: worker, connection } = tab
  const item = peer.leases.get(lease)
  const w = peer.vectors.current()
  if (!item || w === null) return
  peer.leases.delete(lease)
  if (tab.losesAnswer()) return endLease(stage, tab, lease, item.work.partitions.length)
  tab.mischief = noMischief
  const covers = item.work.partitions.length
  const wrong = (how: typeof mischief.corruption) => (mischief.corruption === how ? 1 : 0)
  const claim: ResultClaim = {
    worker,
    connection,
    lease: (lease + 1000 * wrong('wrong-lease')) as LeaseId,
    round: item.round + wrong('wrong-round'),
    modelVersion: item.modelVersion + wrong('wrong-version'),
    covers: covers + stage.partitions * wrong('wrong-cover'),
    segment: null,
    samples: covers * stage.data.problem.samplesPerPartition + wrong('wrong-samples'),
    lossSum: peer.lossSum * covers,
    computeMs: peer.machine.stepMs ?? 0,
  }
  stage.uploads++
  const sum: VirtualSum = {
    modelVersion: item.modelVersion,
    sum: w.slice(),
    terms: item.work.partitions.map(partition => ({ partition, draw: 0, weight: 1 })),
    lossSum: claim.lossSum,
    parameters: w,
    walk: null,
    replica: null,
    estimate: item.work.estimate!,
  }
  tab.uplinkFreeAt = Math.max(stage.now, tab.uplinkFreeAt) + stage.uploadMs
  const arrival = tab.uplinkFreeAt + stage.latencyMs + mischief.delayMs
  const isSound = mischief.corruption !== 'not-finite'
  const send = (at: Milliseconds) =>
    tellCoordinator(stage, { at, type: 'result-held', claim, handle: stage.data.hold(sum), isFinite: isSound })
  send(arrival)
  if (mischief.repeat) send(arrival + 1)
  if (mischief.corruption === 'wrong-lease')
    tellCoordinator(stage, { at: arrival, type: 'result-rejected', worker, lease, code: 'lease-unknown' })
}

function endLease(stage: Stage, tab: Tab, lease: LeaseId, finished = 0): void {
  tab.peer.leases.delete(lease)
  tellCoordinator(stage, {
    at: stage.now + stage.latencyMs,
    type: 'progress-announced',
    worker: tab.id,
    connection: tab.connection,
    lease,
    finished,
    computeMs: 0,
    ended: true,
  })
}
