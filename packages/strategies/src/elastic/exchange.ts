// One exchange: distance, score, weights; the worker is told how far it is pulled, and the model is moved.

import { median } from '@muster/numerics'
import { leaseId, type Milliseconds } from '@muster/vocabulary'
import { beginLease, changeSeat, findSeat } from '../standing.ts'
import type { StrategyEffect } from '../strategy.ts'
import { driftScore, exchangeWeights, logDistance } from './dynamic-weights.ts'
import { partitionsOf, takePartitions } from './elastic-data.ts'
import { reportExchange } from './elastic-report.ts'
import {
  type ArrivedReplica,
  type ElasticRules,
  type ElasticSeat,
  type ElasticState,
  type Exchange,
  newSeat,
} from './elastic-state.ts'

/** The first that came. The worker may have left since: the model heeds it all the same. */
export function exchangeFirst(
  rules: ElasticRules,
  state: ElasticState,
  at: Milliseconds,
  effects: StrategyEffect[],
): ElasticState {
  const result = state.arrived[0]!
  const known = findSeat(state, result.worker) ?? state.departed.find(({ seat }) => seat.worker === result.worker)?.seat
  const exchanged = weigh(rules, state, result, known)
  // Given in the same breath, and so on the model before the exchange: x and x̃ both move by their old difference.
  const told = assignAfterExchange(rules, state, result, exchanged, at, effects)
  effects.push({ type: 'combine', target: 'mix', terms: [{ handle: result.handle, weight: exchanged.last.push }] })
  const isReset = exchanged.last.pull === 1
  const counted: ElasticState = {
    ...told,
    exchanges: state.exchanges + 1,
    resets: state.resets + (isReset ? 1 : 0),
    departed: told.departed.map(other =>
      other.seat.worker === result.worker ? { ...other, seat: { ...exchanged, lease: null } } : other,
    ),
    isApplying: true,
  }
  effects.push({ type: 'report', report: reportExchange(state, counted, result, exchanged.last, at) })
  return { ...counted, arrived: state.arrived.slice(1) }
}

/** What is known of a worker after an exchange. */
function weigh(
  rules: ElasticRules,
  state: ElasticState,
  { worker, distance }: ArrivedReplica,
  known: ElasticSeat | undefined,
): ElasticSeat & { readonly last: Exchange } {
  // So long gone that nothing is known of it, it is a stranger.
  const seat = known ?? newSeat(worker)
  const history = [...seat.history, logDistance(distance)].slice(-(rules.memory + 1))
  const drift = driftScore(history, rules.memory)
  const others = state.seats.flatMap(other => (other.worker === worker || other.drift === null ? [] : [other.drift]))
  const usual = rules.comparison === 'median' ? median(others) : 0
  const score = drift === null ? null : drift - usual
  const isWarm = seat.exchanges >= rules.warmUp
  const { pull, push } = exchangeWeights(isWarm ? score : null, rules)
  const isForgotten = pull === 1 && rules.afterReset === 'forget'
  return {
    ...seat,
    history: isForgotten ? [] : history,
    // A leap is no measure for the others.
    drift: isForgotten ? null : drift,
    last: { distance, score, pull, push },
    exchanges: seat.exchanges + 1,
    resets: seat.resets + (pull === 1 ? 1 : 0),
  }
}

function assignAfterExchange(
  rules: ElasticRules,
  state: ElasticState,
  { worker }: ArrivedReplica,
  exchanged: ElasticSeat & { readonly last: Exchange },
  at: Milliseconds,
  effects: StrategyEffect[],
): ElasticState {
  if (findSeat(state, worker) === undefined) return state
  const noted = changeSeat(state, worker, () => exchanged)
  return giveWork(rules, noted, exchanged, exchanged.last.pull, at, effects)
}

/** τ steps, after a pull toward the model as it is now. */
export function giveWork(
  rules: ElasticRules,
  state: ElasticState,
  { worker, replica, cursor }: ElasticSeat,
  pull: Exchange['pull'],
  at: Milliseconds,
  effects: StrategyEffect[],
): ElasticState {
  const leasesIssued = state.leasesIssued + 1
  const id = leaseId(leasesIssued)
  const place = state.seats.findIndex(seat => seat.worker === worker)
  const held = partitionsOf(state.settings.partitions, rules.overlap, place, state.seats.length)
  const { localSteps: steps, partitionsPerStep: perStep, optimiser } = rules
  const taken = takePartitions(held, { steps, perStep, place, cursor })
  // Named by its first lease, so that a worker that keeps others' or older ones begins anew.
  const name = replica ?? leasesIssued
  const work = {
    partitions: taken.partitions,
    levels: [{ upTo: taken.partitions.length }],
    upload: 'when-done' as const,
    replica: { id: name, steps, optimiser, pull },
  }
  effects.push({ type: 'assign-work', worker, lease: id, work })
  const { lease, fleet } = beginLease(state, worker, { id, work, at })
  return changeSeat({ ...state, fleet, leasesIssued }, worker, seat => ({
    ...seat,
    lease,
    replica: name,
    cursor: taken.cursor,
  }))
}
