// Carries out what the peer machine asks for: steps on the estimate, words and estimates to neighbours, mixing, answers to
// the coordinator. The estimate and all that neighbours sent live here.

import {
  type PeerEffect,
  type PeerEvent,
  type PeerMachine,
  standingOf,
  startPeer,
  stepPeer,
  type WorkItem,
} from '@muster/engine'
import { createOptimiser, createPeerVectors, type MixingOrder, type OptimiserSpec } from '@muster/parameters'
import { encodeResultFrame, type Heard } from '@muster/protocol'
import type { ConvenerWord, EstimateName, LeaseId, Milliseconds, PeerReport } from '@muster/vocabulary'
import type { GradientComputer } from '@muster/workloads'
import { createPacedBatches, type PaceSettings } from '../paced-batches.ts'
import { createNeighbourChannels, type NeighbourPorts, type Reach } from './neighbour-channels.ts'
import { createReports } from './reports.ts'

export interface PeerLoopPorts
  extends PaceSettings,
    Omit<NeighbourPorts, 'coordinates' | 'onWord' | 'onEstimate' | 'onReach'> {
  readonly computer: GradientComputer
  fetchParameters(hash: string): Promise<Float32Array>
  /** Posts a frame; false where the coordinator refused it. Throws where it could not be reached. */
  postResult(frame: Uint8Array<ArrayBuffer>): Promise<boolean>
  announce(message: { lease: LeaseId; finished: number; computeMs: Milliseconds; ended: boolean }): void
  report(report: PeerReport): void
  /** Rehearsals lose answers: whether this one is, to a lease of that round. */
  losesAnswer?(round: number): boolean
  /** The device's parameters are others now. */
  onParametersReplaced(): void
  onChange(change: PeerLoopChange): void
}

export type PeerLoopChange =
  | { readonly type: 'step-computed'; readonly ms: Milliseconds; readonly partitions: number; readonly samples: number }
  | { readonly type: 'step-given-up'; readonly ms: Milliseconds }
  | { readonly type: 'answered'; readonly accepted: boolean }
  | { readonly type: 'neighbours'; readonly reach: Reach }
  | { readonly type: 'failed'; readonly message: string }

export interface PeerLoop {
  told(word: ConvenerWord): void
  heard(from: string, item: Heard['item']): void
  work(item: WorkItem): void
  release(lease: LeaseId): void
  /** The connection to the coordinator came or went; neighbours may be reached all the same. */
  online(isOnline: boolean): void
  /** What it has, for a coordinator that it comes to. */
  standing(): PeerReport
  /** It goes on, with or without the coordinator. */
  isAtWork(): boolean
  /** Whether neighbours may be reached directly, and so learn this device's address, where the run wishes it. */
  allowDirectLinks(isAllowed: boolean): void
  /** Stops, and keeps what it has learnt. */
  rest(): void
  dispose(): void
}

type BarePeerEvent = PeerEvent extends infer E ? (E extends { at: number } ? Omit<E, 'at'> : never) : never

interface LastStep {
  readonly meanLoss: number
  readonly ms: Milliseconds
}

/** After a step that failed, before it is tried again. */
const retryMs = 1000

export function createPeerLoop(ports: PeerLoopPorts): PeerLoop {
  const { run, computer } = ports
  const paced = createPacedBatches(ports)
  const optimiser = createOptimiser({ ...(run.optimiser as OptimiserSpec), schedule: undefined })
  const reports = createReports(report => ports.report(report))
  const vectors = createPeerVectors(optimiser)
  const leases = new Map<LeaseId, WorkItem>()
  let machine: PeerMachine = startPeer(ports.self)
  let last: LastStep | null = null
  let newest: WorkItem | null = null
  let wantsModel = false
  let isDirectAllowed = true
  /** Counts steps begun: what is left of an earlier one is of no effect. */
  let steps = 0
  let computing: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | null = null
  let isDisposed = false
  const waiting: BarePeerEvent[] = []
  let isStepping = false

  const channels = createNeighbourChannels({
    ...ports,
    coordinates: run.parameterCount,
    onWord: (from, word) => tell({ type: 'heard', from, word }),
    onEstimate(from, name, vector) {
      vectors.receive(from, name, vector)
      tell({ type: 'estimate-arrived', from, estimate: name })
    },
    onReach(reach) {
      const { direct, relayed, none } = reach
      ports.onChange({ type: 'neighbours', reach })
      reports.add({ type: 'links-told', direct: [...direct], relayed: [...relayed] })
      for (const neighbour of [...direct, ...relayed, ...none]) {
        const isUp = !none.includes(neighbour)
        if (isUp === machine.unreachable.includes(neighbour)) tell({ type: 'link-changed', neighbour, isUp })
      }
    },
  })

  /** One event at a time: what an effect brings about waits until all effects of the event before it are carried out. */
  function tell(event: BarePeerEvent): void {
    waiting.push(event)
    if (isStepping) return
    isStepping = true
    for (let next = waiting.shift(); next !== undefined && !isDisposed; next = waiting.shift()) {
      const [stepped, effects] = stepPeer(machine, { ...next, at: performance.now() } as PeerEvent)
      machine = stepped
      for (const effect of effects) perform(effect)
    }
    isStepping = false
  }

  function perform(effect: PeerEffect): void {
    switch (effect.type) {
      case 'compute-step':
        return beginStep(effect.draw, effect.rate)
      case 'abandon-step':
        steps++
        return
      case 'say':
        return channels.say(effect.to, effect.word)
      case 'report':
        return reports.add(effect.report)
      case 'send-estimate':
        return send(effect.to, effect.estimate)
      case 'mix': {
        const { name, own, terms, keepFrom } = effect
        return void vectors.mix(name, order(), own, terms, keepFrom)
      }
      case 'load-model':
        wantsModel = true
        return loadModel()
      case 'adopt-estimate':
        return vectors.adopt(effect.from)
      case 'drop-estimate':
        return vectors.drop(effect.from, effect.name)
      case 'want-links':
        return wantLinks(effect.neighbours)
      case 'answer-lease':
        return answer(effect.lease)
      case 'end-lease':
        return endLease(effect.lease, 0)
      case 'set-timer':
        return setTimer(effect.at)
    }
  }

  function wantLinks(neighbours: readonly string[]): void {
    const wished = machine.arrangement?.rules.links ?? 'relayed'
    channels.want(neighbours, isDirectAllowed ? wished : 'relayed')
  }

  const order = (): MixingOrder => machine.arrangement?.rules.order ?? 'ATC'

  function setTimer(at: Milliseconds): void {
    if (timer !== null) clearTimeout(timer)
    // A moment later rather than earlier: the machine compares with the same clock.
    timer = setTimeout(
      () => {
        timer = null
        tell({ type: 'timer-fired' })
      },
      Math.max(0, at - performance.now()) + 1,
    )
  }

  /** One step at a time on the device; one that was given up ends within a piece. */
  function beginStep(draw: number, rate: number): void {
    const step = ++steps
    const isStopped = () => step !== steps || isDisposed
    computing = computing
      .then(() => (isStopped() ? undefined : compute(draw, rate, isStopped)))
      .catch(async error => {
        if (isStopped()) return
        ports.onChange({ type: 'failed', message: String(error) })
        await new Promise(resolve => setTimeout(resolve, retryMs))
        if (!isStopped()) tell({ type: 'step-failed' })
      })
  }

  async function compute(draw: number, rate: number, isStopped: () => boolean): Promise<void> {
    const w = vectors.current()
    const partitions = machine.arrangement?.partitions ?? []
    if (w === null) return
    if (partitions.length === 0) throw new Error('this peer was given no data')
    const startedAt = performance.now()
    computer.loadParameters(w)
    ports.onParametersReplaced()
    const sum = computer.newSum()
    try {
      for (const partition of partitions) {
        const round = newest?.round ?? 0
        await paced.compute({ partition, draw, round, isStopped, add: piece => sum.add(piece) })
        if (isStopped()) return ports.onChange({ type: 'step-given-up', ms: performance.now() - startedAt })
      }
      const { gradient, lossSum, samples } = await sum.read()
      if (isStopped() || vectors.current() === null) return
      const mean = Float64Array.from(gradient, value => value / samples)
      const ms = performance.now() - startedAt
      if (!Number.isFinite(lossSum) || !vectors.step(mean, rate)) return breakOff()
      last = { meanLoss: lossSum / samples, ms }
      ports.onChange({ type: 'step-computed', ms, partitions: partitions.length, samples })
      tell({ type: 'step-computed', ms })
    } finally {
      sum.dispose()
    }
  }

  /** Its numbers are none any more: neighbours would not take them. */
  function breakOff(): void {
    ports.onChange({ type: 'failed', message: 'What this tab had learnt was no number any more; it begins again.' })
    vectors.giveUp()
    tell({ type: 'estimate-broken' })
  }

  function send(to: readonly string[], name: EstimateName): void {
    const vector = vectors.outgoing(name, order())
    if (vector !== null) channels.sendEstimate(to, name, vector)
  }

  function loadModel(): void {
    if (newest === null || !wantsModel) return
    wantsModel = false
    ports.fetchParameters(newest.parameters).then(
      parameters => {
        if (vectors.current() === null) vectors.begin(parameters)
        tell({ type: 'model-loaded' })
      },
      error => {
        ports.onChange({ type: 'failed', message: String(error) })
        wantsModel = true
      },
    )
  }

  function answer(lease: LeaseId): void {
    const item = leases.get(lease)
    leases.delete(lease)
    const vector = vectors.current()
    if (!item || vector === null || last === null) return
    const { round, modelVersion, work } = item
    const covers = work.partitions.length
    if (ports.losesAnswer?.(round)) return endLease(lease, covers)
    const samples = covers * run.batchPerPartition
    const { meanLoss, ms: computeMs } = last
    const header = {
      lease,
      round,
      modelVersion,
      covers,
      samples,
      firstCoordinate: 0,
      coordinates: vector.length,
      computeMs,
      lossSum: meanLoss * samples,
    }
    // What it tells of iterations comes before what it made of them.
    reports.flush()
    ports.postResult(encodeResultFrame({ header, vector })).then(
      accepted => ports.onChange({ type: 'answered', accepted }),
      error => {
        ports.onChange({ type: 'failed', message: String(error) })
        endLease(lease, covers)
      },
    )
  }

  function endLease(lease: LeaseId, finished: number): void {
    leases.delete(lease)
    reports.flush()
    ports.announce({ lease, finished, computeMs: last?.ms ?? 0, ended: true })
  }

  return {
    told: word => tell({ type: 'told', word }),
    heard: (from, item) => channels.heard(from, item),
    work(item) {
      newest = item
      leases.set(item.lease, item)
      loadModel()
      tell({ type: 'estimate-asked', lease: { lease: item.lease, ...item.work.estimate! }, rate: item.rate })
    },
    release(lease) {
      leases.delete(lease)
      tell({ type: 'lease-released', lease })
    },
    online(isOnline) {
      if (!isOnline) {
        // Leases are bound to the connection.
        for (const lease of [...leases.keys()]) tell({ type: 'lease-released', lease })
        leases.clear()
      }
      reports.online(isOnline)
      channels.online(isOnline)
    },
    standing: () => standingOf(machine),
    isAtWork: () => machine.arrangement !== null && !machine.isResting,
    allowDirectLinks(isAllowed) {
      if (isAllowed === isDirectAllowed) return
      isDirectAllowed = isAllowed
      if (machine.arrangement !== null && !machine.isResting) wantLinks(machine.neighbours)
    },
    rest() {
      tell({ type: 'told', word: { type: 'rest' } })
      channels.want([], 'relayed')
    },
    dispose() {
      isDisposed = true
      steps++
      if (timer !== null) clearTimeout(timer)
      reports.close()
      channels.close()
    },
  }
}
