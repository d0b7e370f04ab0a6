// A training run as a machine: fed with events, it answers with effects. It owns round, model version and leases;
// the strategy decides, the data plane computes, the edge talks. It never reads a clock, a socket or a disk.

import {
  type Combine,
  type StrategyEffect,
  type StrategyOccurrence,
  type TilesTold,
  writeChoice,
} from '@muster/strategies'
import { type Milliseconds, type ResultHandle, stepsOf, type WorkerId } from '@muster/vocabulary'
import { judgeResult } from './judge-result.ts'
import type { RunEffect, RunEvent } from './run-event.ts'
import {
  findEntry,
  findLease,
  type HeldResult,
  isOpenLease,
  leaseIndex,
  nothingPending,
  type Policy,
  type RosterEntry,
  type RunLease,
  startPolicy,
  type TilesAsked,
  type TrainingRun,
} from './training-run.ts'

/** Rounds whose leases are remembered, so that a late answer is told what became of it. */
const leaseRoundsKept = 3

export function stepRun<S>(run: TrainingRun<S>, event: RunEvent): readonly [TrainingRun<S>, readonly RunEffect[]] {
  const effects: RunEffect[] = []
  return [handle({ effects, at: event.at }, run, event), effects]
}

interface Context {
  readonly effects: RunEffect[]
  readonly at: Milliseconds
}

function handle<S>(context: Context, run: TrainingRun<S>, event: RunEvent): TrainingRun<S> {
  switch (event.type) {
    case 'worker-connected':
      return connect(context, run, event)
    case 'worker-departed': {
      const entry = findEntry(run.roster, event.worker)
      // An earlier connection's end says nothing of the present one.
      if (entry?.connection !== event.connection) return run
      return betweenRounds(context, depart(context, run, event.worker, event.reason))
    }
    case 'progress-announced':
      return announce(context, run, event)
    case 'peer-told':
      return hearPeer(context, run, event)
    case 'result-held':
      return hold(context, run, event)
    case 'result-rejected':
      return reject(context, run, event)
    case 'combination-applied':
      return advance(context, run, event)
    case 'model-evaluated':
      return evaluate(context, run, event)
    case 'timer-fired':
      return fire(context, run, event.timer)
    case 'pause-requested':
      return betweenRounds(context, { ...run, pending: { ...run.pending, pause: true } })
    case 'resume-requested':
      return resume(context, run)
    case 'stop-requested':
      return betweenRounds(context, { ...run, pending: { ...run.pending, stop: 'stopped by the operator' } })
    case 'learning-rate-requested':
      return betweenRounds(context, { ...run, pending: { ...run.pending, learningRate: event.learningRate } })
    case 'strategy-requested': {
      const { strategy, own } = event
      return betweenRounds(context, { ...run, pending: { ...run.pending, policy: { strategy, own } } })
    }
  }
}

function fire<S>(context: Context, run: TrainingRun<S>, timer: string): TrainingRun<S> {
  if (run.phase === 'ended') return run
  const timers = run.timers.filter(other => other !== timer)
  return tell(context, { ...run, timers }, { type: 'timer-fired', timer })
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

function connect<S>(context: Context, run: TrainingRun<S>, event: EventOf<'worker-connected'>): TrainingRun<S> {
  const { worker, connection, capabilities } = event
  const former = findEntry(run.roster, worker)
  // Said twice on one connection: nothing changes, least of all the work under way.
  if (former?.connection === connection) return run
  const cleared = former ? depart(context, run, worker, 'replaced') : run
  const entry: RosterEntry = {
    worker,
    connection,
    capabilities,
    joinedAtRound: run.round,
    heardAt: event.at,
    results: former?.results ?? 0,
    partitions: former?.partitions ?? 0,
    straggled: former?.straggled ?? 0,
    refused: former?.refused ?? 0,
  }
  const joined = { ...cleared, roster: [...cleared.roster, entry] }
  return run.phase === 'ended' ? joined : tell(context, joined, { type: 'worker-joined', worker, capabilities })
}

function depart<S>(
  context: Context,
  run: TrainingRun<S>,
  worker: WorkerId,
  reason: EventOf<'worker-departed'>['reason'],
): TrainingRun<S> {
  const roster = run.roster.filter(entry => entry.worker !== worker)
  const leases = run.leases.map(lease => (lease.worker === worker ? { ...lease, isEnded: true } : lease))
  return tell(context, { ...run, roster, leases }, { type: 'worker-left', worker, reason })
}

function announce<S>(context: Context, run: TrainingRun<S>, event: EventOf<'progress-announced'>): TrainingRun<S> {
  const lease = findLease(run.leases, event.lease)
  const heard = changeEntry(run, event.worker, entry => ({ ...entry, heardAt: event.at }))
  if (!lease) return announceForgotten(context, heard, event)
  if (lease.worker !== event.worker || lease.connection !== event.connection || lease.isEnded) return heard
  const finished = Math.min(event.finished, lease.work.partitions.length)
  const next = changeLease(heard, lease, {
    finished: Math.max(lease.finished, finished),
    isEnded: event.ended,
    // No shorter than what a tile that was taken covers, whatever is said.
    ...heedOrders(lease, Math.max(lease.finished, finished), event.tiles),
  })
  const counted = { ...next, computed: next.computed + Math.max(0, finished - lease.finished) }
  const { worker, computeMs, ended } = event
  const told = {
    worker,
    lease: lease.lease,
    finished,
    computeMs,
    ended,
    ...tilesTold(findLease(next.leases, lease.lease), event.tiles),
  }
  return tell(context, counted, { type: 'progress-announced', ...told })
}

/** A shortening has been answered when all orders have been heeded: the list ends where the worker says, within reason. */
function heedOrders(
  { tiles, work }: RunLease,
  finished: number,
  claim: EventOf<'progress-announced'>['tiles'],
): Partial<RunLease> {
  if (tiles === null || tiles.shortenedTo === null || claim === undefined || claim.orders < tiles.orders) return {}
  const length = Math.min(work.partitions.length, Math.max(claim.length, tiles.shortenedTo, finished))
  return {
    work: { ...work, partitions: work.partitions.slice(0, length) },
    tiles: { ...tiles, shortenedTo: null, upTo: tiles.upTo.map(count => (count > length ? 0 : count)) },
  }
}

function tilesTold(
  lease: RunLease | undefined,
  claim: EventOf<'progress-announced'>['tiles'],
): { readonly tiles?: TilesTold } {
  if (!lease || lease.tiles === null) return {}
  const length = claim !== undefined && claim.orders >= lease.tiles.orders ? lease.work.partitions.length : null
  return { tiles: { length, sent: claim?.sent ?? 0, uploadMs: claim?.uploadMs ?? 0 } }
}

/** A lease of rounds ago: the policy may still wait for its end, and is to know that its worker is here. */
function announceForgotten<S>(
  context: Context,
  run: TrainingRun<S>,
  { worker, connection, lease, finished, computeMs, ended }: EventOf<'progress-announced'>,
): TrainingRun<S> {
  if (lease < 1 || lease > run.leasesIssued || findEntry(run.roster, worker)?.connection !== connection) return run
  return tell(context, run, { type: 'progress-announced', worker, lease, finished, computeMs, ended })
}

function hold<S>(context: Context, run: TrainingRun<S>, event: EventOf<'result-held'>): TrainingRun<S> {
  const { claim, handle, at, distance = null } = event
  const { worker, covers, segment, samples, lossSum, computeMs } = claim
  const code = judgeResult(run, claim) ?? (event.isFinite ? null : 'value-not-finite')
  if (code !== null) {
    context.effects.push({ type: 'drop-result', handle })
    context.effects.push({ type: 'refuse-result', worker, lease: claim.lease, code })
    const late = code === 'round-closed' ? { late: claim } : {}
    return reject(context, run, { type: 'result-rejected', at, worker, lease: claim.lease, code, ...late })
  }
  // It is there: an unknown lease has been refused.
  const lease = findLease(run.leases, claim.lease)!
  const steps = stepsOf(lease.work)
  const held: HeldResult = {
    lease: lease.lease,
    worker,
    covers,
    segment,
    samples: samples / steps,
    lossSum: lossSum / steps,
  }
  const heard = changeEntry(run, worker, entry => ({ ...entry, heardAt: at }))
  const answered = changeLease(heard, lease, {
    answered: Math.max(lease.answered, covers),
    finished: Math.max(lease.finished, covers),
    tiles: lease.tiles && segment !== null ? takeTile(lease.tiles, segment) : lease.tiles,
  })
  const next = {
    ...answered,
    held: new Map(run.held).set(handle, held),
    computed: run.computed + Math.max(0, covers - lease.finished),
  }
  const loss = lossSum / samples
  const arrived = { worker, lease: lease.lease, handle, covers, segment, computeMs, loss, distance }
  return tell(context, next, { type: 'result-arrived', ...arrived })
}

const takeTile = (tiles: TilesAsked, segment: number): TilesAsked => ({
  ...tiles,
  taken: tiles.taken.map((was, s) => was || s === segment),
})

function reject<S>(context: Context, run: TrainingRun<S>, event: EventOf<'result-rejected'>): TrainingRun<S> {
  const { at, worker, lease, code, late } = event
  // To be late is no fault: the refusal is told and counted by its code, not held against the worker.
  const fault = code === 'round-closed' ? 0 : 1
  const counted = changeEntry(run, worker, entry => ({ ...entry, heardAt: at, refused: entry.refused + fault }))
  if (lease === null || !findEntry(run.roster, worker) || run.phase === 'ended') return counted
  const known = findLease(run.leases, lease)
  if (known && known.worker !== worker) return counted
  // Who has answered owes nothing, unless it was asked for more; and to repeat oneself is no answer to that.
  const isOwed =
    !known ||
    (known.answered === 0 && known.tiles === null) ||
    (code !== 'answer-repeated' && (known.tiles !== null || known.answered < (known.requested ?? 0)))
  if (!isOwed) return counted
  // An answer to a closed round, even to a forgotten lease, is a sign of life: without it a worker that froze over its
  // last partition would be silent for ever.
  if (!known && !(lease >= 1 && lease <= run.leasesIssued)) return counted
  if (!late) return tell(context, counted, { type: 'result-refused', worker, lease, code })
  // What it says of the work is true all the same: whoever always comes second is to have a known speed, too.
  const { connection, covers: finished, computeMs } = late
  const type = 'progress-announced'
  const ended = announce(context, counted, { type, at, worker, connection, lease, finished, computeMs, ended: true })
  return tell(context, ended, { type: 'result-refused', worker, lease, code })
}

/** The data plane has applied the round's combination: the model is one version on. */
function advance<S>(context: Context, run: TrainingRun<S>, event: EventOf<'combination-applied'>): TrainingRun<S> {
  const { applying } = run
  if (applying === null || event.modelVersion !== run.modelVersion + 1) return run
  recordRound(context, run, applying, event)
  const stragglers = new Set(
    applying.report?.workers
      .filter(({ fate }) => fate === 'straggled' || fate === 'gone' || fate === 'restarted')
      .map(({ worker }) => worker),
  )
  let next: TrainingRun<S> = {
    ...run,
    round: run.round + 1,
    modelVersion: event.modelVersion,
    applying: null,
    openedAt: null,
    computed: 0,
  }
  for (const { worker, partitions } of applying.contributions) {
    next = changeEntry(next, worker, entry => ({
      ...entry,
      results: entry.results + 1,
      partitions: entry.partitions + partitions,
    }))
  }
  for (const worker of stragglers)
    next = changeEntry(next, worker, entry => ({ ...entry, straggled: entry.straggled + 1 }))
  next = {
    ...next,
    leases: next.leases.filter(
      lease => lease.round > next.round - leaseRoundsKept || (lease.answered === 0 && isOpenLease(next, lease)),
    ),
  }
  const isLast = run.settings.roundsEnd !== null && next.round >= run.settings.roundsEnd
  if (isLast) next = { ...next, pending: { ...next.pending, stop: next.pending.stop ?? 'all rounds are done' } }
  if (isLast || next.round % run.settings.evaluateEvery === 0)
    context.effects.push({ type: 'evaluate-model', modelVersion: next.modelVersion })
  next = betweenRounds(context, next)
  if (next.phase === 'ended') return next
  const told = tell(context, next, { type: 'model-advanced', distances: event.distances ?? {} })
  // Work that goes on from the round before makes this one an open round, too.
  const goesOn = told.phase === 'running' && told.leases.some(lease => lease.answered === 0 && isOpenLease(told, lease))
  return told.openedAt === null && goesOn ? { ...told, openedAt: context.at } : told
}

function recordRound<S>(
  { effects }: Context,
  run: TrainingRun<S>,
  applying: NonNullable<TrainingRun<S>['applying']>,
  { gradientNorm, consensusDistance }: EventOf<'combination-applied'>,
): void {
  const openedAt = run.openedAt ?? applying.closedAt
  const { workers: lanes, ...report } = applying.report ?? {
    stragglers: 0,
    redundancy: 1,
    reissued: 0,
    exceeded: 0,
    residual: 0,
    amplification: 1,
    workers: [],
    figures: {},
  }
  effects.push({
    type: 'record-round',
    facts: {
      ...report,
      figures: consensusDistance === undefined ? report.figures : { ...report.figures, consensusDistance },
      lanes,
      round: run.round,
      openedAt,
      ms: applying.closedAt - openedAt,
      workers: run.roster.length,
      loss: applying.lossSum / applying.samples,
      learningRate: run.learningRate,
      gradientNorm,
      load: run.computed / run.settings.partitions,
      results: applying.contributions.length,
    },
  })
}

function evaluate<S>(context: Context, run: TrainingRun<S>, event: EventOf<'model-evaluated'>): TrainingRun<S> {
  const { testAccuracyEnd } = run.settings
  if (run.phase === 'ended' || testAccuracyEnd === null || !(event.accuracy >= testAccuracyEnd)) return run
  const stop = `test accuracy ${event.accuracy} reached ${testAccuracyEnd}`
  return betweenRounds(context, { ...run, pending: { ...run.pending, stop } })
}

/** Applies what was asked for, if no round is open; else it waits for the next one. */
function betweenRounds<S>(context: Context, run: TrainingRun<S>): TrainingRun<S> {
  const { pending, round } = run
  // A stop does not wait for a round that nobody is here to end.
  const isForsaken = pending.stop !== null && run.roster.length === 0
  if ((run.openedAt !== null && !isForsaken) || run.applying !== null || run.phase === 'ended') return run
  let next: TrainingRun<S> = { ...run, pending: nothingPending }
  if (pending.learningRate !== null) {
    context.effects.push({ type: 'record-event', round, kind: 'learning-rate', detail: `${pending.learningRate}` })
    next = { ...next, learningRate: pending.learningRate }
  }
  if (pending.stop !== null) {
    context.effects.push({ type: 'record-event', round, kind: 'ended', detail: pending.stop })
    context.effects.push({ type: 'end-run', reason: pending.stop })
    const ended = tell(context, next, { type: 'run-paused' })
    for (const handle of ended.held.keys()) context.effects.push({ type: 'drop-result', handle })
    return { ...ended, held: new Map(), phase: 'ended' }
  }
  if (pending.policy !== null) next = changePolicy(context, next, pending.policy as Policy<S>)
  if (pending.pause && run.phase === 'running') {
    context.effects.push({ type: 'record-event', round, kind: 'paused', detail: '' })
    return { ...tell(context, next, { type: 'run-paused' }), phase: 'paused' }
  }
  return next
}

/** The policy in force calls its work back; the next one meets the same workers as if they had just come. */
function changePolicy<S>(context: Context, run: TrainingRun<S>, policy: Policy<S>): TrainingRun<S> {
  const { strategy, own } = policy
  const detail = writeChoice({ ...own, name: strategy.name })
  context.effects.push({ type: 'record-event', round: run.round, kind: 'strategy', detail })
  const { effects } = context
  const calledBack = tell(context, run, { type: 'run-paused' })
  for (const timer of calledBack.timers) effects.push({ type: 'clear-timer', timer })
  const strategyState = startPolicy(policy, run.settings, calledBack.leasesIssued)
  const begun: TrainingRun<S> = { ...calledBack, timers: [], policy, strategyState }
  // Nothing is handed out before the round it is for.
  const waiting = tell(context, begun, { type: 'run-paused' })
  const met = waiting.roster.reduce(
    (next, { worker, capabilities }) => tell(context, next, { type: 'worker-joined', worker, capabilities }),
    waiting,
  )
  return run.phase === 'paused' ? met : tell(context, met, { type: 'run-resumed' })
}

function resume<S>(context: Context, run: TrainingRun<S>): TrainingRun<S> {
  if (run.phase === 'running') return { ...run, pending: { ...run.pending, pause: false } }
  if (run.phase !== 'paused') return run
  context.effects.push({ type: 'record-event', round: run.round, kind: 'resumed', detail: '' })
  return tell(context, { ...run, phase: 'running' }, { type: 'run-resumed' })
}

/** Tells the strategy and carries out what it decides. */
function tell<S>(context: Context, run: TrainingRun<S>, occurrence: StrategyOccurrence): TrainingRun<S> {
  return decide(context, run, run.policy.strategy.step(run.strategyState, { ...occurrence, ...momentOf(context, run) }))
}

const momentOf = ({ at }: Context, { round, modelVersion }: TrainingRun<unknown>) => ({ at, round, modelVersion })

const decide = <S>(
  context: Context,
  run: TrainingRun<S>,
  [strategyState, decided]: readonly [S, readonly StrategyEffect[]],
): TrainingRun<S> => decided.reduce((next, effect) => carryOut(context, next, effect), { ...run, strategyState })

/** Only of use where workers are peers; of nobody who is not here. */
function hearPeer<S>(
  context: Context,
  run: TrainingRun<S>,
  { worker, connection, report }: EventOf<'peer-told'>,
): TrainingRun<S> {
  const { strategy } = run.policy
  if (run.phase === 'ended' || findEntry(run.roster, worker)?.connection !== connection || !strategy.hearPeer)
    return run
  const heard = changeEntry(run, worker, entry => ({ ...entry, heardAt: context.at }))
  const told = { ...momentOf(context, heard), worker, report }
  return decide(context, heard, strategy.hearPeer(heard.strategyState, told))
}

function carryOut<S>({ effects, at }: Context, run: TrainingRun<S>, effect: StrategyEffect): TrainingRun<S> {
  switch (effect.type) {
    case 'assign-work': {
      const entry = findEntry(run.roster, effect.worker)
      if (!entry) return run
      const { round, modelVersion, learningRate } = run
      const { lease, worker, work } = effect
      effects.push({ type: 'send-work', worker, lease, round, modelVersion, learningRate, work })
      const record: RunLease = {
        lease,
        worker,
        connection: entry.connection,
        round,
        modelVersion,
        work,
        requested: null,
        finished: 0,
        answered: 0,
        isReleased: false,
        isEnded: false,
        tiles:
          work.upload === 'in-tiles' ? { orders: 0, shortenedTo: null, upTo: [], isFinal: false, taken: [] } : null,
      }
      return {
        ...run,
        leases: [...run.leases, record],
        leasesIssued: Math.max(run.leasesIssued, lease),
        openedAt: run.openedAt ?? at,
      }
    }
    case 'request-result': {
      const lease = findLease(run.leases, effect.lease)
      if (!lease) return run
      effects.push({ type: 'send-request', worker: lease.worker, lease: effect.lease, covers: effect.covers })
      return changeLease(run, lease, { requested: effect.covers })
    }
    case 'order-tiles':
      return orderTiles({ effects }, run, effect)
    case 'accumulate':
      return accumulate({ effects }, run, effect.handle)
    case 'release-worker': {
      const lease = findLease(run.leases, effect.lease)
      if (lease && !lease.isEnded)
        effects.push({ type: 'send-release', worker: lease.worker, lease: effect.lease, reason: effect.reason })
      return lease ? changeLease(run, lease, { isReleased: true }) : run
    }
    case 'combine':
      return combine({ effects, at }, run, effect)
    case 'tell-peer':
      effects.push({ type: 'send-word', worker: effect.worker, word: effect.word })
      return run
    case 'discard-result': {
      effects.push({ type: 'drop-result', handle: effect.handle })
      const held = new Map(run.held)
      held.delete(effect.handle)
      return { ...run, held }
    }
    case 'report':
      return run.applying === null ? run : { ...run, applying: { ...run.applying, report: effect.report } }
    case 'set-timer':
      effects.push(effect)
      return run.timers.includes(effect.timer) ? run : { ...run, timers: [...run.timers, effect.timer] }
    case 'clear-timer':
      effects.push(effect)
      return { ...run, timers: run.timers.filter(timer => timer !== effect.timer) }
  }
}

/** @throws Error where the policy gives an order that its lease cannot take: a broken belief, not bad input. */
function orderTiles<S>(
  { effects }: Pick<Context, 'effects'>,
  run: TrainingRun<S>,
  { lease: id, order }: Extract<StrategyEffect, { type: 'order-tiles' }>,
): TrainingRun<S> {
  const lease = findLease(run.leases, id)
  // Whose worker has gone in the meantime is heard of by the policy at once.
  if (!lease || lease.tiles === null || lease.isEnded || lease.isReleased) return run
  const { tiles, work, worker } = lease
  if (tiles.isFinal || (order.type !== 'shorten' && tiles.shortenedTo !== null))
    throw new Error(`round ${run.round}: lease ${id} is ordered to ${order.type} while it cannot`)
  effects.push({ type: 'send-order', worker, lease: id, order })
  const orders = tiles.orders + 1
  switch (order.type) {
    case 'extend': {
      const partitions = [...work.partitions, ...order.partitions]
      return changeLease(run, lease, { work: { ...work, partitions }, tiles: { ...tiles, orders } })
    }
    case 'shorten': {
      // Of two shortenings on their way the harder one decides.
      const shortenedTo = Math.min(order.to, tiles.shortenedTo ?? Number.POSITIVE_INFINITY)
      return changeLease(run, lease, { tiles: { ...tiles, orders, shortenedTo } })
    }
    case 'send-early':
      return changeLease(run, lease, {
        tiles: { ...tiles, orders, upTo: order.upTo, taken: order.upTo.map(() => false) },
      })
    case 'send': {
      const taken = order.upTo.map((_, segment) => tiles.taken[segment] ?? false)
      return changeLease(run, lease, {
        work: { ...work, partitions: [...work.partitions.slice(0, order.keep ?? Infinity), ...order.partitions] },
        tiles: { ...tiles, orders, upTo: order.upTo, isFinal: true, taken },
      })
    }
  }
}

function accumulate<S>(
  { effects }: Pick<Context, 'effects'>,
  run: TrainingRun<S>,
  handle: ResultHandle,
): TrainingRun<S> {
  const tile = run.held.get(handle)
  if (!tile || tile.segment === null)
    throw new Error(`round ${run.round}: the strategy accumulates ${handle}, which is no tile that is held`)
  const { round } = run
  const { worker, segment, covers, lossSum } = tile
  effects.push({ type: 'accumulate-tile', round, handle, segment })
  const held = new Map(run.held)
  held.delete(handle)
  const sum = run.accumulated?.round === round ? run.accumulated : { tiles: 0, lossSum: 0, partitions: new Map() }
  const partitions = new Map(sum.partitions).set(worker, Math.max(covers, sum.partitions.get(worker) ?? 0))
  const accumulated = {
    round,
    tiles: sum.tiles + 1,
    lossSum: sum.lossSum + (segment === 0 ? lossSum : 0),
    partitions,
  }
  return { ...run, held, accumulated }
}

function combine<S>(
  { effects, at }: Pick<Context, 'effects' | 'at'>,
  run: TrainingRun<S>,
  effect: Combine,
): TrainingRun<S> {
  const { terms, target } = effect
  const used = terms.map(({ handle }) => {
    const held = run.held.get(handle)
    // A broken belief, not bad input: the policy combined what was never taken.
    if (!held) throw new Error(`round ${run.round}: the strategy combines ${handle}, which is not held`)
    return held
  })
  const { round, modelVersion, learningRate, settings } = run
  const counted = effect.target === 'gradient' ? effect.counted : null
  const isMix = target === 'mix'
  const samples = isMix
    ? used.reduce((sum, held) => sum + held.samples, 0)
    : (counted ?? settings.partitions) * settings.batchPerPartition
  const tiles = !isMix && run.accumulated?.round === round ? run.accumulated : null
  const includesTiles = tiles !== null
  const sum = { target, terms, includesTiles, counted, samples, learningRate }
  effects.push({ type: 'apply-combination', round, modelVersion, ...sum })
  const applying = {
    report: null,
    samples,
    // Losses are encoded like gradients, and so decoded like them; those of a mix have been met as they are.
    lossSum: used.reduce((sum, held, i) => sum + (isMix ? 1 : terms[i]!.weight) * held.lossSum, tiles?.lossSum ?? 0),
    closedAt: at,
    contributions: [
      ...used.map(({ worker, covers }) => ({ worker, partitions: covers })),
      ...[...(tiles?.partitions ?? [])].map(([worker, partitions]) => ({ worker, partitions })),
    ],
  }
  const held = new Map(run.held)
  for (const { handle } of terms) held.delete(handle)
  return { ...run, held, accumulated: null, applying }
}

function changeEntry<S>(
  run: TrainingRun<S>,
  worker: WorkerId,
  change: (entry: RosterEntry) => RosterEntry,
): TrainingRun<S> {
  const index = run.roster.findIndex(entry => entry.worker === worker)
  if (index < 0) return run
  const roster = run.roster.slice()
  roster[index] = change(roster[index]!)
  return { ...run, roster }
}

function changeLease<S>(run: TrainingRun<S>, lease: RunLease, change: Partial<RunLease>): TrainingRun<S> {
  const leases = run.leases.slice()
  leases[leaseIndex(leases, lease.lease)] = { ...lease, ...change }
  return { ...run, leases }
}
