// The life of a round that applies results of earlier models (the parameter server of Adaptive Bounded Staleness, arXiv
// 2301.08895, with its family): work is out all the time; K results close a round, whatever model they began with; then
// whoever answered goes on from the new model, and whoever is too far behind is told to start anew from it.

import { leaseId, type Milliseconds } from '@muster/vocabulary'
import { absorbStanding } from '../absorb-standing.ts'
import { speedsOf } from '../fleet.ts'
import { isMissing } from '../presence.ts'
import {
  type ArrivedResult,
  beginLease,
  changeSeat,
  cutShort,
  nextWakeAt,
  standingBeliefs,
  startStanding,
} from '../standing.ts'
import type { Strategy, StrategyEffect, StrategyEvent, Term } from '../strategy.ts'
import { wake } from '../wake.ts'
import { boundOf, kInForce, liveWorkers } from './bounds.ts'
import { grow, startGrowth } from './growth-rules.ts'
import { binsMax, panelOf, reportStaleRound, seatFigures } from './stale-report.ts'
import type { RulesOf, Seat, StalenessRules, StaleState } from './stale-state.ts'
import { slowestClock, staleWays } from './stale-ways.ts'
import { canShrink, perStepOf, type StaleWork, stalenessWork } from './stale-work.ts'

export interface StalenessLogic {
  readonly name: string
  readonly meaning: string
  readonly settings: Strategy['settings']
  readonly rulesOf: RulesOf
  /** Whether K can grow, and workers be restarted: else there is nothing of that to show. */
  readonly shows: { readonly growth: boolean; readonly bound: boolean }
}

/** Weight of the past in the usual time of a round. */
const roundMemory = 0.9
/** Work is doubled again when twice as much would take at most this share of the time the bound allows. */
const easeShare = 0.5

export function stalenessStrategy({ name, meaning, settings, rulesOf, shows }: StalenessLogic): Strategy<StaleState> {
  return {
    name,
    meaning,
    promise: 'bounded-staleness',
    settings,
    measures: [],
    start: given => ({
      ...startStanding(given),
      roundMs: null,
      growth: startGrowth(rulesOf(given.own).k0, given.resumed),
      bound: null,
      histogram: [],
      applied: 0,
      cursor: 0,
    }),
    step(state, event) {
      const effects: StrategyEffect[] = []
      const rules = rulesOf(state.settings.own)
      let next = absorbStanding(staleWays, state, event, effects)
      if (event.type === 'model-advanced') next = restartTheStale(rules, next, event.at, effects)
      if (!next.isPaused && !next.isApplying) {
        next = loosenBound(rules, next, event.at)
        // Whoever is free while a round closes begins with the model that comes of it.
        const isComplete = next.arrived.length >= kInForce(next, event.at)
        next = isComplete ? closeRound(rules, next, event, effects) : assignIdle(rules, next, event.at, effects)
      }
      return [wake(next, nextWakeAt(next, event.at), effects), effects]
    },
    beliefs: (state, at) => standingBeliefs(state, at, seat => seatFigures(state, seat)),
    panel: panelOf(shows),
    histogram: state => state.histogram,
  }
}

/** After an update: what can no longer be applied within the new bound is called back, or given up if it has come. */
function restartTheStale(
  rules: StalenessRules,
  state: StaleState,
  at: Milliseconds,
  effects: StrategyEffect[],
): StaleState {
  const bound = boundOf(rules, state, at)
  const bounded: StaleState = { ...state, bound }
  if (bound === null || state.isPaused) return bounded
  const isStale = (version: number) => state.version - version >= bound
  const tooLate = state.arrived.filter(({ lease }) => isStale(lease.version))
  for (const { handle } of tooLate) effects.push({ type: 'discard-result', handle })
  let next: StaleState = { ...bounded, arrived: state.arrived.filter(result => !tooLate.includes(result)) }
  for (const { worker, lease } of tooLate) next = restart(rules, next, worker, lease, at)
  for (const { worker, lease } of state.seats) {
    if (lease === null || !isStale(lease.version)) continue
    effects.push({ type: 'release-worker', lease: lease.id, reason: 'restarted' })
    next = restart(rules, next, worker, lease, at)
  }
  return next
}

function restart(
  { starvedAfter }: StalenessRules,
  state: StaleState,
  worker: Seat['worker'],
  lease: NonNullable<Seat['lease']>,
  at: Milliseconds,
): StaleState {
  const restarted = changeSeat(state, worker, seat => {
    const restartsInRow = seat.restartsInRow + 1
    // Who never finishes gets less to do, so that its data count at all; never more time.
    const isStarved = starvedAfter > 0 && restartsInRow % starvedAfter === 0 && canShrink(lease.work)
    const halvings = seat.halvings + (isStarved ? 1 : 0)
    return { ...seat, lease: null, restarts: seat.restarts + 1, restartsInRow, halvings }
  })
  return { ...restarted, cutShort: cutShort(restarted, worker, lease, 'restarted', at) }
}

/** Whoever joins within a round allows others to be further behind; whoever leaves tightens nothing before its end. */
function loosenBound(rules: StalenessRules, state: StaleState, at: Milliseconds): StaleState {
  const bound = boundOf(rules, state, at)
  return bound === null ? state : { ...state, bound: Math.max(bound, state.bound ?? 0) }
}

/** Work for all who have none and may have some. */
function assignIdle(rules: StalenessRules, state: StaleState, at: Milliseconds, effects: StrategyEffect[]): StaleState {
  const waiting = new Set(state.arrived.map(({ worker }) => worker))
  return state.seats.reduce((next, { worker, lease }, i) => {
    if (lease !== null || waiting.has(worker) || isMissing(state.fleet[i]!, at, state.settings.leaseMs)) return next
    const seat = next.seats[i]!
    const mustWait = seat.restsUntil > at || seat.clock - slowestClock(next, at) > rules.lead
    return mustWait ? next : assign(rules, next, seat, at, effects)
  }, state)
}

function assign(
  rules: StalenessRules,
  state: StaleState,
  given: Seat,
  at: Milliseconds,
  effects: StrategyEffect[],
): StaleState {
  const { seat, chosen } = chooseWork(rules, state, given)
  const { work, cursor, sharedCursor } = chosen
  const leasesIssued = state.leasesIssued + 1
  const id = leaseId(leasesIssued)
  effects.push({ type: 'assign-work', worker: seat.worker, lease: id, work })
  const { lease, fleet } = beginLease(state, seat.worker, { id, work, at })
  return changeSeat({ ...state, fleet, leasesIssued, cursor: sharedCursor }, seat.worker, () => ({
    ...seat,
    cursor,
    lease,
  }))
}

/** A worker whose work was halved gets twice as much again when it is quick enough for that. */
function chooseWork(rules: StalenessRules, state: StaleState, seat: Seat): { seat: Seat; chosen: StaleWork } {
  const usual = { seat, chosen: stalenessWork(rules, state, seat) }
  if (seat.halvings === 0 || seat.restartsInRow > 0 || state.roundMs === null || state.bound === null) return usual
  const member = state.fleet.find(({ worker }) => worker === seat.worker)!
  const { msPerPartition, overheadMs } = speedsOf(state.fleet)(member)
  const eased = { ...seat, halvings: seat.halvings - 1 }
  const chosen = stalenessWork(rules, state, eased)
  const ms = overheadMs + chosen.work.partitions.length * msPerPartition
  return ms <= easeShare * state.bound * state.roundMs ? { seat: eased, chosen } : usual
}

/** The first K results that came, each the mean over its own samples; the rest wait for the next round. */
function closeRound(
  rules: StalenessRules,
  state: StaleState,
  { at }: StrategyEvent,
  effects: StrategyEffect[],
): StaleState {
  const k = kInForce(state, at)
  const used = state.arrived.slice(0, k)
  const staleness = ({ lease }: ArrivedResult) => state.version - lease.version
  const weight = (result: ArrivedResult) =>
    (rules.damping === 'inverse' ? 1 / (1 + staleness(result)) : 1) / perStepOf(result.lease.work)
  // In a fixed order: the sum must not depend on who answered first.
  const terms = [...used]
    .sort((one, other) => firstPartition(one) - firstPartition(other) || one.lease.id - other.lease.id)
    .map((result): Term => ({ handle: result.handle, weight: weight(result) }))
  effects.push({ type: 'combine', terms, target: 'gradient', counted: used.length })
  const restarted = state.cutShort.filter(({ fate }) => fate === 'restarted').length
  const stalenessMax = Math.max(...used.map(staleness))
  effects.push({ type: 'report', report: reportStaleRound(state, used, { k, stalenessMax, restarted }, at) })
  // What was computed on the oldest models says least of the present one.
  const freshest = Math.min(...used.map(staleness))
  const fresh = used.filter(result => staleness(result) === freshest)
  const loss = fresh.reduce((sum, result) => sum + result.loss, 0) / fresh.length
  const ms = at - state.openedAt
  const counted: StaleState = {
    ...state,
    arrived: state.arrived.slice(k),
    growth: grow(rules.growth, rules.k0, state.growth, loss, liveWorkers(state, at)),
    roundMs: state.roundMs === null ? ms : roundMemory * state.roundMs + (1 - roundMemory) * ms,
    histogram: count(state.histogram, used.map(staleness)),
    applied: state.applied + used.length,
    isApplying: true,
  }
  return used.reduce(
    (next, { worker }) => changeSeat(next, worker, seat => ({ ...seat, applied: seat.applied + 1 })),
    counted,
  )
}

const firstPartition = ({ lease }: ArrivedResult): number => Math.min(...lease.work.partitions)

function count(histogram: readonly number[], seen: readonly number[]): number[] {
  const counts = [...histogram]
  for (const value of seen) {
    const bin = Math.min(value, binsMax - 1)
    while (counts.length <= bin) counts.push(0)
    counts[bin] = counts[bin]! + 1
  }
  return counts
}
