// A fleet that follows a script: it plays the engine and the workers around one policy, in its own time, and judges
// each of the policy's answers by the laws of the interface. Test support; it knows no policy by name.

import {
  type DepartureReason,
  type LeaseId,
  type Milliseconds,
  type ResultHandle,
  resultHandle,
  stepsOf,
  type Work,
  type WorkerId,
  workerId,
} from '@muster/vocabulary'
import {
  areAllSent,
  type HeldTile,
  type HeldTiles,
  heedOrder,
  holdTiles,
  makeTiles,
  reachOfTiles,
  recordOrder,
  recordWord,
} from './scripted-tiles.ts'
import {
  type Combine,
  outlivesRounds,
  type RoundReport,
  type SettingValue,
  type Strategy,
  type StrategyEffect,
  type StrategyEvent,
  type StrategyOccurrence,
} from './strategy.ts'

export interface HeldWork {
  readonly lease: LeaseId
  readonly worker: WorkerId
  readonly work: Work
  readonly round: number
  readonly assignedAt: Milliseconds
  finished: number
  requested: number | null
  /** What its largest answer covers; 0: none yet. */
  answered: number
  isReleased: boolean
  /** The worker said that it stopped, or its answer was refused. */
  isEnded: boolean
  /** Of work in tiles; null of other work. Such work is answered when all tiles are sent. */
  readonly tiles: HeldTiles | null
}

interface HeldVector {
  readonly worker: WorkerId
  readonly lease: LeaseId
  readonly partitions: readonly number[]
  readonly weights: readonly number[]
  readonly round: number
  readonly steps: number
  readonly estimate: Work['estimate'] | null
  /** Of a tile; null: all coordinates. */
  readonly segment: number | null
}

export interface FleetSettings<State = unknown> {
  /**
   * Called after every event, with what has been accumulated: by segment, how often each partition. That steps are pure
   * is then not judged as well: it takes most of the time.
   */
  readonly watch?: (state: State, added: readonly Float64Array[]) => void
  readonly partitions: number
  readonly leaseMs?: Milliseconds
  readonly own: Readonly<Record<string, SettingValue>>
}

export const segments = 4
export const msPerPartition = 10
const stepsMax = 20_000

export function createScriptedFleet<State>(strategy: Strategy<State>, settings: FleetSettings<State>) {
  const { partitions, own, leaseMs = 5000, watch } = settings
  let state = strategy.start({ partitions, segments, leaseMs, own })
  let at = 0
  let round = 0
  let joined = 0
  let handles = 0
  let leases = 0
  let isPaused = false
  let isApplying = false
  let isCombined = false
  let stalenessUsed = 0
  /** By segment, how often each partition is in what was accumulated in the open round. */
  let added = noneAdded(partitions)
  /** What a tile takes an uplink. */
  let tileMs = 3
  /** Whoever works in tiles speaks after so many partitions, or tiles. */
  let wordEvery = 2
  /** Work that is out goes on from round to round, one lease a worker. */
  const goesOn = outlivesRounds(strategy.promise)
  const isElastic = strategy.promise === 'elastic-exchange'
  const isOfPeers = strategy.promise === 'mean-of-peers'
  /** By worker: the last lease whose answer was applied. */
  const exchanged = new Map<WorkerId, LeaseId>()
  const present = new Set<WorkerId>()
  const held = new Map<LeaseId, HeldWork>()
  const vectors = new Map<ResultHandle, HeldVector>()
  const timers = new Map<string, Milliseconds>()
  const reports: RoundReport[] = []
  /** Per round, the first partition of each term. */
  const termOrders: number[][] = []
  /** Per round that applies stale results, how many. */
  const combined: number[] = []
  let latest: readonly StrategyEffect[] = []

  const demand = (isSo: boolean, law: string) => {
    if (!isSo) throw new Error(`${strategy.name}, round ${round}, ${at} ms: ${law}`)
  }

  function tell(occurrence: StrategyOccurrence): readonly StrategyEffect[] {
    const event = deepFreeze({ ...occurrence, at, round, modelVersion: round } as StrategyEvent)
    deepFreeze(state)
    const before = watch ? null : JSON.stringify(state)
    const [next, effects] = strategy.step(state, event)
    if (before !== null) {
      demand(JSON.stringify(state) === before, 'a step wrote to its state')
      const restored = JSON.parse(before) as State
      demand(
        JSON.stringify(strategy.step(restored, event)) === JSON.stringify([next, effects]),
        'the same state, saved and restored, and the same event gave another answer',
      )
    }
    state = next
    latest = effects
    for (const effect of effects) judge(effect)
    if (isElastic) judgePulls(effects)
    demand(!isCombined || isApplying, 'a combination without a report')
    watch?.(state, added)
    return effects
  }

  function judge(effect: StrategyEffect): void {
    switch (effect.type) {
      case 'assign-work':
        return judgeWork(effect)
      case 'request-result': {
        const work = held.get(effect.lease)
        demand(work !== undefined && !work.isEnded, 'asks for what nobody has')
        demand(effect.covers > work!.answered, 'asks for what has been sent')
        demand(
          work!.work.levels.some(level => level.upTo === effect.covers),
          'asks for what is no level',
        )
        work!.requested = effect.covers
        return
      }
      case 'order-tiles':
        return judgeOrder(effect)
      case 'accumulate':
        return judgeTile(effect.handle)
      case 'release-worker': {
        const work = held.get(effect.lease)
        demand(work !== undefined && !work.isReleased, 'releases nobody, or twice')
        work!.isReleased = true
        return
      }
      case 'combine':
        return judgeSum(effect)
      case 'report':
        return judgeReport(effect.report)
      case 'discard-result':
        demand(vectors.delete(effect.handle), `discards ${effect.handle}, which is not held`)
        return
      case 'tell-peer':
        demand(present.has(effect.worker), `tells ${effect.worker}, who is not here`)
        return
      case 'set-timer':
        demand(Number.isFinite(effect.at) && effect.at >= at, `sets a timer at ${effect.at}`)
        timers.set(effect.timer, effect.at)
        return
      case 'clear-timer':
        timers.delete(effect.timer)
    }
  }

  function judgeWork({ worker, lease, work }: Extract<StrategyEffect, { type: 'assign-work' }>): void {
    demand(!isPaused, 'assigns work while paused')
    demand(!isApplying, 'assigns work while a combination is being applied')
    demand(present.has(worker), `assigns work to ${worker}, who is not here`)
    demand(lease > leases, 'issues a lease twice')
    leases = lease
    const { length } = work.partitions
    const steps = stepsOf(work)
    demand(length > 0 && Number.isInteger(length / steps), 'assigns no work, or steps of different lengths')
    for (let step = 0, run = length / steps; step < steps; step++) {
      const taken = work.partitions.slice(step * run, (step + 1) * run)
      demand(new Set(taken).size === run, 'assigns a partition twice in a step')
    }
    if (goesOn)
      demand(
        ![...held.values()].some(other => other.worker === worker && isOpen(other)),
        'assigns work to somebody who has some',
      )
    demand(
      work.partitions.every(j => Number.isInteger(j) && j >= 0 && j < partitions),
      'assigns partitions that are none',
    )
    const ends = work.levels.map(level => level.upTo)
    demand(
      ends.length > 0 !== (work.upload === 'in-tiles') &&
        ends.every((upTo, i) => upTo > (ends[i - 1] ?? 0) && upTo <= length),
      `assigns levels ${ends} of ${length} partitions`,
    )
    held.set(lease, {
      lease,
      worker,
      work,
      round,
      assignedAt: at,
      finished: 0,
      requested: null,
      answered: 0,
      isReleased: false,
      isEnded: false,
      tiles: holdTiles(work),
    })
  }

  function judgeOrder({ lease, order }: Extract<StrategyEffect, { type: 'order-tiles' }>): void {
    const work = held.get(lease)
    demand(work?.tiles != null && work.round === round && !isApplying, 'orders tiles of what is no open work in tiles')
    const tiles = work!.tiles!
    demand(!tiles.isFinal, 'orders something after all was asked for')
    demand(order.type === 'shorten' || tiles.shortenedTo === null, `orders to ${order.type} what is being shortened`)
    demand(order.type !== 'send-early' || tiles.orders === 0, 'asks for early tiles late')
    // Whose worker has gone or was released hears nothing any more.
    if (work!.isEnded || work!.isReleased) return
    recordOrder(tiles, order)
    const { list, asked } = tiles
    demand(list.length > 0 && new Set(list).size === list.length, `makes a list of ${list}`)
    demand(
      list.every(j => Number.isInteger(j) && j >= 0 && j < partitions),
      'lists partitions that are none',
    )
    if (order.type === 'extend' || order.type === 'shorten') return
    demand(asked.length === segments && asked.every(count => count >= 0 && count <= list.length), `asks for ${asked}`)
    const isTwice = (count: number, u: number) =>
      !tiles.made.some(tile => tile.segment === u) && list.slice(0, count).some(j => added[u]![j]! > 0)
    demand(!asked.some(isTwice), 'asks for what has arrived')
  }

  function judgeTile(handle: ResultHandle): void {
    const vector = vectors.get(handle)
    demand(vector !== undefined && vector.segment !== null, `accumulates ${handle}, which is no tile that is held`)
    demand(vector!.round === round && !isApplying && !isCombined, 'accumulates a tile of another round')
    const counts = added[vector!.segment!]!
    for (const j of vector!.partitions) {
      counts[j] = counts[j]! + 1
      demand(counts[j] === 1, `counts partition ${j} twice in segment ${vector!.segment}`)
    }
    vectors.delete(handle)
  }

  function judgeSum(combination: Combine): void {
    demand(!isApplying && !isCombined, 'combines twice in a round')
    isCombined = true
    const isMix = combination.target === 'mix'
    demand(isMix === (isElastic || isOfPeers), `has the target ${combination.target}`)
    if (isOfPeers) judgeMean(combination.terms)
    else if (combination.target === 'mix') judgeExchange(combination.terms)
    else if (goesOn) judgeStaleSum(combination)
    else judgeCountedSum(combination)
  }

  /** Each peer's estimate once and with an equal share, all as they were after one iteration. */
  function judgeMean(terms: Combine['terms']): void {
    const asked = new Set<string>()
    const order: number[] = []
    for (const { handle, weight } of terms) {
      const vector = vectors.get(handle)
      demand(vector !== undefined, `combines ${handle}, which is not held`)
      demand(Math.abs(weight * terms.length - 1) < 1e-9, `weighs one of ${terms.length} estimates ${weight}`)
      asked.add(JSON.stringify(vector!.estimate))
      order.push(Math.min(...vector!.partitions))
      vectors.delete(handle)
    }
    demand(asked.size === 1 && !asked.has('null'), `takes the mean of estimates after ${[...asked].join(', ')}`)
    combined.push(terms.length)
    termOrders.push(order)
  }

  /** One worker's parameters, of a lease after all of which it was taken before. */
  function judgeExchange(terms: Combine['terms']): void {
    demand(terms.length === 1, `exchanges with ${terms.length} at once`)
    const { handle, weight } = terms[0]!
    const vector = vectors.get(handle)
    demand(vector !== undefined, `combines ${handle}, which is not held`)
    demand(weight >= 0 && weight <= 1, `moves the model by ${weight} of the way`)
    demand(vector!.lease > (exchanged.get(vector!.worker) ?? 0), 'exchanges twice, or out of order')
    exchanged.set(vector!.worker, vector!.lease)
    vectors.delete(handle)
    combined.push(1)
  }

  /** Whoever was exchanged with is told in the same breath how far it is pulled: the lease is of the model before. */
  function judgePulls(effects: readonly StrategyEffect[]): void {
    const report = effects.find(effect => effect.type === 'report')?.report
    for (const effect of effects) {
      if (effect.type !== 'assign-work') continue
      const { worker } = effect
      const pull = effect.work.replica?.pull
      demand(pull !== undefined && pull >= 0 && pull <= 1, `pulls ${worker} by ${pull}`)
      const told = report?.workerFigures?.[worker]?.pull
      demand(pull === (told ?? 0), `pulls ${worker} by ${pull} and says ${told}`)
    }
  }

  /** As many results as it says, each at most once and at most as much as the mean over its samples. */
  function judgeStaleSum({ terms, counted }: Extract<Combine, { target: 'gradient' }>): void {
    demand(counted === terms.length && counted > 0, `combines ${terms.length} results and counts ${counted}`)
    stalenessUsed = 0
    const order: number[] = []
    for (const { handle, weight } of terms) {
      const vector = vectors.get(handle)
      demand(vector !== undefined, `combines ${handle}, which is not held`)
      const { partitions: summed, steps, round: of } = vector!
      const share = (weight * summed.length) / steps
      demand(share > 0 && share <= 1 + 1e-9, `counts a result ${share} times`)
      stalenessUsed = Math.max(stalenessUsed, round - of)
      order.push(Math.min(...summed))
      vectors.delete(handle)
    }
    combined.push(terms.length)
    termOrders.push(order)
  }

  function judgeCountedSum({ terms, counted }: Extract<Combine, { target: 'gradient' }>): void {
    const sum = new Float64Array(partitions)
    const order: number[] = []
    for (const { handle, weight } of terms) {
      const vector = vectors.get(handle)
      demand(vector !== undefined && vector.segment === null, `combines ${handle}, which is not held`)
      demand(vector!.round === round, 'combines an answer of another round')
      vector!.partitions.forEach((j, m) => {
        sum[j] = sum[j]! + weight * vector!.weights[m]!
      })
      order.push(vector!.partitions.reduce((first, j) => Math.min(first, j), Infinity))
      vectors.delete(handle)
    }
    const isExact = strategy.promise === 'whole-gradient'
    demand((counted === null) === isExact, `is ${isExact ? '' : 'not '}exact and counts ${counted}`)
    if (counted === null) {
      // What was accumulated is part of it: at every coordinate each partition once.
      for (const counts of added) {
        const wrong = sum.findIndex((count, j) => Math.abs(count + counts[j]! - 1) > 1e-6)
        demand(wrong < 0, `counts partition ${wrong} ${sum[wrong]! + counts[wrong]!} times`)
      }
    } else {
      demand(sum.every(Number.isInteger), 'counts parts of a partition gradient')
      demand(counted > 0 && sum.reduce((all, count) => all + count, 0) === counted, `says that it counts ${counted}`)
    }
    termOrders.push(order)
  }

  function judgeReport(report: RoundReport): void {
    demand(isCombined && !isApplying, 'reports before it combines, or twice')
    if (strategy.promise === 'whole-gradient')
      demand(report.residual <= 1e-8, `reports a residual of ${report.residual}`)
    for (const key of ['stragglers', 'redundancy', 'reissued', 'exceeded', 'amplification'] as const)
      demand(Number.isFinite(report[key]) && report[key] >= 0, `reports ${key} ${report[key]}`)
    if (strategy.promise === 'bounded-staleness') judgeStaleness(report)
    else if (!goesOn) demand(vectors.size === 0, 'keeps answers of a closed round')
    reports.push(report)
    isApplying = true
  }

  function judgeStaleness({ figures }: RoundReport): void {
    const { stalenessMax, bound } = figures
    demand(stalenessMax === stalenessUsed, `says ${stalenessMax} and applied a result ${stalenessUsed} behind`)
    demand(bound === undefined || stalenessUsed <= bound, `applied a result ${stalenessUsed} behind, bound ${bound}`)
    for (const [key, value] of Object.entries(figures)) demand(Number.isFinite(value), `reports ${key} ${value}`)
  }

  /** Still to be answered. */
  const isOpen = (work: HeldWork): boolean =>
    work.answered === 0 && !work.isEnded && (goesOn ? !work.isReleased : work.round === round)

  function join(worker = workerId(`w${joined++}`)): WorkerId {
    present.add(worker)
    tell({ type: 'worker-joined', worker, capabilities: { backend: 'cpu', msPerPartition, deviceShare: 1 } })
    return worker
  }

  function leave(worker: WorkerId, reason: DepartureReason = 'closed'): void {
    present.delete(worker)
    for (const work of held.values()) if (work.worker === worker) work.isEnded = true
    tell({ type: 'worker-left', worker, reason })
  }

  /** @param claim of work in tiles: what it says of its list; else the truth */
  function announce(work: HeldWork, finished: number, ended = false, claim?: { orders: number; length: number }): void {
    const { worker, lease, tiles } = work
    const computeMs = at - work.assignedAt
    if (!tiles) work.finished = finished
    else tiles.heard = Math.max(tiles.heard, Math.min(finished, tiles.list.length))
    const told = tiles && {
      finished: Math.min(finished, tiles.list.length),
      tiles: {
        ...recordWord(tiles, claim ?? { orders: tiles.heeded, length: tiles.own.length }),
        uploadMs: tileMs * tiles.sent,
      },
    }
    // Of an ended lease nothing is believed, whatever is said.
    if (tiles && work.isEnded) return
    work.isEnded ||= ended
    tell({ type: 'progress-announced', worker, lease, finished, computeMs, ended, ...told })
  }

  /** Also late, repeated, or of a worker that left: whether it is of use is the policy's to say. */
  function answer(work: HeldWork, covers: number, tile: HeldTile | null = null): ResultHandle {
    const handle = resultHandle(`h${handles++}`)
    const { worker, lease, tiles } = work
    const { weights } = work.work.levels.find(level => level.upTo === covers) ?? {}
    const summed = tile?.partitions ?? work.work.partitions.slice(0, covers)
    const segment = tiles === null ? null : (tile?.segment ?? 0)
    vectors.set(handle, {
      worker,
      lease,
      partitions: summed,
      weights: weights ?? summed.map(() => 1),
      round: work.round,
      steps: stepsOf(work.work),
      estimate: work.work.estimate ?? null,
      segment,
    })
    if (tiles) tiles.heard = Math.max(tiles.heard, covers)
    if (!tiles || areAllSent(tiles)) work.answered = Math.max(work.answered, covers)
    tell({
      type: 'result-arrived',
      worker,
      lease,
      handle,
      covers,
      segment,
      computeMs: at - work.assignedAt,
      loss: 1 / (1 + round),
      distance: distanceOf(handle),
    })
    return handle
  }

  /** The next of the tiles that it has made; what is no more asked for is refused by the engine, silently. */
  function sendTile(work: HeldWork, tiles: HeldTiles): void {
    const tile = tiles.made[tiles.sent++]!
    if (tiles.asked[tile.segment] === tile.covers) answer(work, tile.covers, tile)
    else if (areAllSent(tiles)) work.answered = tile.covers
    if ((tiles.sent + work.lease) % wordEvery === 0 && !isApplying) announce(work, work.finished)
  }

  /** Of all that was ever made for a lease, something again; of other work one of its levels. */
  function repeat(work: HeldWork, which: number): void {
    const { tiles } = work
    const { levels } = work.work
    if (tiles === null) return void answer(work, levels[which % levels.length]!.upTo)
    const tile = tiles.made.slice(0, tiles.sent)[which % Math.max(1, tiles.sent)]
    if (tile && tiles.asked[tile.segment] === tile.covers) answer(work, tile.covers, tile)
  }

  /** Any number will do that differs from result to result and moves with the model. */
  const measuresDistance = strategy.measures.includes('distance-to-model')
  const distanceOf = (handle: ResultHandle): number | null =>
    !measuresDistance ? null : 0.1 + (Number(handle.slice(1)) % 7) + round / 100

  function refuse(work: HeldWork): void {
    work.isEnded = true
    tell({ type: 'result-refused', worker: work.worker, lease: work.lease, code: 'value-not-finite' })
  }

  function fireTimer(): boolean {
    const [first] = [...timers].sort(([, one], [, other]) => one - other)
    if (!first) return false
    timers.delete(first[0])
    at = Math.max(at, first[1])
    tell({ type: 'timer-fired', timer: first[0] })
    return true
  }

  function advanceModel(): void {
    round++
    added = noneAdded(partitions)
    isApplying = false
    isCombined = false
    for (const work of held.values()) if (work.round < round - 3 && !(goesOn && isOpen(work))) held.delete(work.lease)
    const distances = [...vectors.keys()].map(handle => [handle, distanceOf(handle)])
    tell({ type: 'model-advanced', distances: measuresDistance ? Object.fromEntries(distances) : {} })
  }

  /** What an honest worker does next for a lease; false: nothing. */
  function workOn(work: HeldWork): boolean {
    if (work.isEnded || !present.has(work.worker)) return false
    if (work.isReleased) {
      announce(work, work.finished, true)
      return true
    }
    if (work.tiles) return work.answered === 0 && workOnTiles(work, work.tiles)
    if (work.answered > 0 && (work.requested ?? 0) <= work.answered) return false
    const isAsked = work.requested !== null && work.finished >= work.requested
    if (isAsked || (work.work.upload === 'when-done' && work.finished === work.work.partitions.length)) {
      answer(work, isAsked ? work.requested! : work.finished)
      return true
    }
    const next = work.work.levels.find(level => level.upTo > work.finished)
    if (!next) return false
    at += msPerPartition * (next.upTo - work.finished)
    announce(work, next.upTo)
    return true
  }

  /** Orders, uplink and device go on side by side: which of them is first changes with every turn. */
  function workOnTiles(work: HeldWork, tiles: HeldTiles): boolean {
    const heed = () => {
      if (tiles.inbox.length === 0) return false
      const isAnswered = tiles.inbox[0]!.type !== 'extend'
      if (!heedOrder(tiles, work.finished)) announce(work, work.finished, true)
      else if (isAnswered) announce(work, work.finished)
      return true
    }
    const send = () => {
      if (tiles.sent >= tiles.made.length) return false
      sendTile(work, tiles)
      return true
    }
    const compute = () => {
      if (tiles.begun === work.finished) {
        if (work.finished >= reachOfTiles(tiles)) return false
        tiles.begun++
        return true
      }
      at += msPerPartition
      work.finished++
      makeTiles(tiles, work.finished)
      // At the end of its list it says so at once; else it speaks now and then.
      if (work.finished === reachOfTiles(tiles) || (work.finished + work.lease) % wordEvery === 0)
        announce(work, work.finished)
      return true
    }
    const turns = [
      [heed, send, compute],
      [compute, heed, send],
      [send, compute, heed],
    ]
    return turns[tiles.turn++ % turns.length]!.some(act => act())
  }

  /** Who works in tiles says so at every beat. */
  function beat(isActive: (worker: WorkerId) => boolean = () => true): void {
    for (const work of [...held.values()])
      if (work.tiles && isActive(work.worker) && present.has(work.worker) && isOpen(work) && !work.isReleased)
        announce(work, work.finished)
  }

  /** Lets those who are active work honestly, and time pass, until so many more rounds are closed. */
  function finishRounds(count: number, isActive: (worker: WorkerId) => boolean = () => true): void {
    const until = reports.length + count
    for (let steps = 0; reports.length < until; steps++) {
      demand(steps < stepsMax, 'works for ever')
      if (isApplying) {
        advanceModel()
        continue
      }
      // In turn, so that nobody is a whole block behind.
      const turns = [...held.values()].sort((one, other) => one.finished - other.finished)
      if (turns.some(work => isActive(work.worker) && workOn(work))) continue
      beat(isActive)
      if (isApplying || turns.length < held.size) continue
      demand(fireTimer(), 'stands still')
    }
    if (isApplying) advanceModel()
  }

  return {
    join,
    leave,
    announce,
    answer,
    repeat,
    refuse,
    beat,
    fireTimer,
    advanceModel,
    workOn,
    finishRounds,
    wait(ms: Milliseconds) {
      at += ms
    },
    pause() {
      isPaused = true
      tell({ type: 'run-paused' })
    },
    resume() {
      isPaused = false
      tell({ type: 'run-resumed' })
    },
    present,
    reports,
    termOrders,
    combined,
    timers,
    work: () => [...held.values()],
    owed: () =>
      [...held.values()].filter(
        work =>
          !work.isEnded &&
          !work.isReleased &&
          (goesOn || work.round === round) &&
          (work.answered === 0 || (work.requested ?? 0) > work.answered),
      ),
    unanswered: () => [...held.values()].filter(isOpen),
    get isApplying() {
      return isApplying
    },
    get at() {
      return at
    },
    set wordEvery(count: number) {
      wordEvery = count
    },
    set uploadMs(ms: Milliseconds) {
      tileMs = ms / segments
    },
    get latest() {
      return latest
    },
    get stateBytes() {
      return JSON.stringify(state).length
    },
    beliefs: () => strategy.beliefs(state, at),
  }
}

const noneAdded = (partitions: number): Float64Array[] =>
  Array.from({ length: segments }, () => new Float64Array(partitions))

/** As many partitions as it may be answered with. */
export const mostOf = ({ work, tiles }: HeldWork): number => tiles?.list.length ?? work.levels.at(-1)!.upTo

export type ScriptedFleet = ReturnType<typeof createScriptedFleet>

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
  return value
}
