// A round of a run without a centre: every peer's estimate as it is after the same iteration, and their mean. Nobody waits
// for it: peers send and go on.

import { leaseId, type Milliseconds } from '@muster/vocabulary'
import { beginLease, changeSeat, cutShort, findSeat, reportStanding } from '../standing.ts'
import type { RoundReport, StrategyEffect } from '../strategy.ts'
import { presentPeers, shardOf } from './convening.ts'
import { type ConvenerRules, emptyTally, iterationsOf, type PeersState } from './peers-state.ts'

/** Peers tell of their iterations a few times a second; what they have done since is not known. */
const toldLateMs: Milliseconds = 300
const unheardMax = 100
const marginMax = 4096

/** The others' estimates are waited for so long after the first has come. */
export const gatherWaitMs = ({ settings }: PeersState): Milliseconds => Math.min(5000, settings.leaseMs / 4)

export function gather(
  rules: ConvenerRules,
  state: PeersState,
  at: Milliseconds,
  effects: StrategyEffect[],
): PeersState {
  if (state.arranged === null || state.arrangeAt !== null) return state
  const isOfTarget = state.target !== null && state.target.generation === state.generation
  // Whoever came or went in between has delayed the round enough.
  const isOverdue = state.target !== null
  if (!isOfTarget) return askForEstimates(rules, giveUp(state, at, effects), at, effects, isOverdue)
  const present = presentPeers(state, at)
  const isOwing = state.seats.some(seat => seat.lease !== null && present.includes(seat.worker))
  const isTired = state.firstAnswerAt !== null && at >= state.firstAnswerAt + gatherWaitMs(state)
  if (isOwing && !isTired) return state
  if (state.arrived.length === 0 || state.isMissed) {
    const isResting = state.seats.every(({ restsUntil }) => restsUntil > at)
    return isResting ? state : askForEstimates(rules, giveUp(state, at, effects), at, effects)
  }
  return takeMean(state, at, effects)
}

/** Nothing of what was asked for is wanted any more. */
function giveUp(state: PeersState, at: Milliseconds, effects: StrategyEffect[]): PeersState {
  for (const { handle } of state.arrived) effects.push({ type: 'discard-result', handle })
  return { ...release(state, at, effects), arrived: [], target: null }
}

function release(state: PeersState, at: Milliseconds, effects: StrategyEffect[]): PeersState {
  let next = state
  for (const { worker, lease } of state.seats) {
    if (lease === null) continue
    effects.push({ type: 'release-worker', lease: lease.id, reason: 'round-closed' })
    const cut = cutShort(next, worker, lease, 'restarted', at)
    next = changeSeat({ ...next, cutShort: cut }, worker, seat => ({ ...seat, lease: null }))
  }
  return next
}

function askForEstimates(
  rules: ConvenerRules,
  state: PeersState,
  at: Milliseconds,
  effects: StrategyEffect[],
  isOverdue = false,
): PeersState {
  const { generation, arranged, settings } = state
  const margin = state.isMissed ? Math.min(marginMax, 2 * state.margin) : Math.max(1, Math.floor(state.margin / 2))
  const unheard = Math.min(unheardMax, Math.ceil(toldLateMs / (state.usualMs ?? toldLateMs)))
  const ahead = margin + unheard
  const before = arranged!.iterationsBefore
  // Of the run's iterations every q-th, whoever came and went.
  const soon = before + state.iteration + ahead
  const due = isOverdue ? soon : Math.ceil(soon / rules.every) * rules.every
  const target = { generation, iteration: due - before }
  const present = presentPeers(state, at)
  let next: PeersState = { ...state, target, margin, isMissed: false, firstAnswerAt: null }
  arranged!.peers.forEach((worker, place) => {
    const seat = findSeat(next, worker)
    if (!seat || seat.restsUntil > at || !present.includes(worker)) return
    const partitions = shardOf(rules, settings.partitions, place, arranged!.peers.length)
    const work = {
      partitions,
      levels: [{ upTo: partitions.length }],
      upload: 'when-done' as const,
      estimate: target,
    }
    const id = leaseId(next.leasesIssued + 1)
    effects.push({ type: 'assign-work', worker, lease: id, work })
    const { lease, fleet } = beginLease(next, worker, { id, work, at })
    next = changeSeat({ ...next, fleet, leasesIssued: id }, worker, other => ({ ...other, lease }))
  })
  return next
}

/** w̄ = (1/n) Σ w_j over the estimates that have come. */
function takeMean(state: PeersState, at: Milliseconds, effects: StrategyEffect[]): PeersState {
  const left = release(state, at, effects)
  const results = [...left.arrived].sort(
    (one, other) =>
      one.lease.work.partitions[0]! - other.lease.work.partitions[0]! || (one.worker < other.worker ? -1 : 1),
  )
  const terms = results.map(({ handle }) => ({ handle, weight: 1 / results.length }))
  effects.push({ type: 'combine', target: 'mix', terms })
  effects.push({ type: 'report', report: reportMean(left, at) })
  return { ...left, arrived: [], isApplying: true, target: null, firstAnswerAt: null, tally: emptyTally }
}

function reportMean(state: PeersState, at: Milliseconds): RoundReport {
  const { tally, arranged, links } = state
  const { iterations, ms, edges, active, torn, unbalanced, backups } = tally
  const known = Object.values(links)
  const count = (kind: 'direct' | 'relayed') => known.reduce((sum, of) => sum + of[kind].length, 0) / 2
  const perIteration = (sum: number) => sum / iterations
  return {
    ...reportStanding(state, state.arrived, at),
    figures: {
      iterations: iterationsOf(state),
      counted: iterations,
      ...(iterations > 0
        ? {
            iterationMs: perIteration(ms),
            backups: perIteration((2 * (edges - active)) / Math.max(1, arranged!.peers.length)),
          }
        : {}),
      ...(edges > 0 ? { linksSkipped: 1 - active / edges } : {}),
      torn,
      unbalanced,
      directEdges: Math.floor(count('direct')),
      relayedEdges: Math.floor(count('relayed')),
    },
    workerFigures: Object.fromEntries(
      Object.entries(backups).map(([peer, of]) => [peer, { backups: of.backups / of.iterations }]),
    ),
  }
}
