// The life of an iteration at a peer. After every event it is asked again what can be done now.

import { metropolisWeight } from '@muster/strategies'
import type { IterationTold, Milliseconds } from '@muster/vocabulary'
import { decideEdges, endsIteration } from './deciding.ts'
import { type Arrived, activeNeighbours, nameOf, type PeerEffect, type PeerMachine } from './peer-state.ts'

/** Iterations whose words and estimates are kept for those who ask again. */
export const iterationsKept = 2
const usualWeight = 0.2

export function goOn(given: PeerMachine, at: Milliseconds, effects: PeerEffect[]): PeerMachine {
  let peer = given
  for (;;) {
    const next = advance(peer, at, effects)
    if (next === peer) return answerLeases(peer, effects)
    peer = answerLeases(next, effects)
  }
}

export const isAtWork = ({ arrangement, isResting, hasEstimate, rate }: PeerMachine): boolean =>
  arrangement !== null && !isResting && hasEstimate && rate !== null

/** One move, or the same peer where there is none to make. */
function advance(peer: PeerMachine, at: Milliseconds, effects: PeerEffect[]): PeerMachine {
  if (!isAtWork(peer)) return peer
  if (peer.step === 'none') return beginStep(peer, effects)
  if (!peer.isOver) {
    const isEnded = peer.heardOf > peer.iteration || endsIteration(peer)
    return isEnded ? moved(endIteration(peer, effects), at) : peer
  }
  if (peer.step === 'computing') return skipAhead(peer, at, effects)
  if (!peer.neighbours.every(neighbour => peer.decided[neighbour] !== undefined)) return peer
  if (!peer.isSent) return moved(sendEstimate(peer, effects), at)
  const isComplete = activeNeighbours(peer).every(
    neighbour => peer.lost.includes(neighbour) || arrivedFrom(peer, neighbour) !== undefined,
  )
  return isComplete ? mix(peer, at, effects) : peer
}

/** Something has happened: patience begins anew. */
export const moved = (peer: PeerMachine, at: Milliseconds): PeerMachine => ({
  ...peer,
  waitsSince: at,
  asked: 0,
  heardSince: [],
})

function beginStep(peer: PeerMachine, effects: PeerEffect[]): PeerMachine {
  const draw = peer.arrangement!.iterationsBefore + peer.iteration
  effects.push({ type: 'compute-step', draw, rate: peer.rate! })
  return { ...peer, step: 'computing' }
}

/** Among peers the edges are decided; under an arbiter, who was not told is not part of it. */
export function endIteration(peer: PeerMachine, effects: PeerEffect[]): PeerMachine {
  if (peer.arrangement!.rules.decider === 'peers') return decideEdges(peer, effects)
  const none = Object.fromEntries(peer.neighbours.map(neighbour => [neighbour, false]))
  return { ...peer, isOver: true, decided: { ...none, ...peer.decided } }
}

function sendEstimate(peer: PeerMachine, effects: PeerEffect[]): PeerMachine {
  const active = activeNeighbours(peer)
  if (active.length > 0) {
    const estimate = { ...nameOf(peer), purpose: 'mix' as const, degree: active.length }
    effects.push({ type: 'send-estimate', to: active, estimate })
  }
  return { ...peer, isSent: true }
}

const arrivedFrom = ({ arrived, arrangement, iteration }: PeerMachine, neighbour: string): Arrived | undefined =>
  arrived.find(
    other => other.from === neighbour && other.iteration === iteration && other.generation === arrangement?.generation,
  )

/** w ← P_ii w̃ + Σ P_ij w̃_j with Metropolis weights on the active edges; what did not come is left to the own share. */
export function mix(peer: PeerMachine, at: Milliseconds, effects: PeerEffect[]): PeerMachine {
  const active = activeNeighbours(peer)
  const terms = active.flatMap(from => {
    const estimate = arrivedFrom(peer, from)
    return estimate ? [{ from, weight: metropolisWeight(active.length, estimate.degree) }] : []
  })
  const own = 1 - terms.reduce((sum, { weight }) => sum + weight, 0)
  const keepFrom = peer.iteration + 1 - iterationsKept
  effects.push({ type: 'mix', name: nameOf(peer), own, terms, keepFrom })
  const weights = Object.fromEntries([[peer.name, own], ...terms.map(({ from, weight }) => [from, weight])])
  const isTorn = terms.length < active.length
  const past = [...peer.past, { iteration: peer.iteration, active, degree: active.length }]
  const arrived = peer.arrived.filter(
    other => other.iteration !== peer.iteration || other.generation !== peer.arrangement!.generation,
  )
  return nextIteration({ ...peer, past: past.slice(-iterationsKept), arrived, step: 'none' }, at, effects, {
    isFinished: true,
    weights,
    isTorn,
  })
}

/** Its step is carried over or begun anew; its estimate stays, however many iterations have passed. */
function skipAhead(peer: PeerMachine, at: Milliseconds, effects: PeerEffect[]): PeerMachine {
  const past = [...peer.past, { iteration: peer.iteration, active: [], degree: 0 }].slice(-iterationsKept)
  const told = { isFinished: false, weights: { [peer.name]: 1 }, isTorn: false }
  const next = nextIteration({ ...peer, past }, at, effects, told)
  // To those far behind nobody listens any more: what they missed they missed.
  const iteration = Math.max(next.iteration, peer.heardOf)
  const ahead = { ...next, iteration, iterationsSeen: next.iterationsSeen + iteration - next.iteration }
  if (peer.arrangement!.rules.unfinished === 'carry-over') return ahead
  effects.push({ type: 'abandon-step' })
  return { ...ahead, step: 'none' }
}

function nextIteration(
  peer: PeerMachine,
  at: Milliseconds,
  effects: PeerEffect[],
  told: Pick<IterationTold, 'isFinished' | 'weights' | 'isTorn'>,
): PeerMachine {
  const ms = at - peer.beganAt
  effects.push({ type: 'report', report: { type: 'iterations-told', told: [{ ...nameOf(peer), ms, ...told }] } })
  const next: PeerMachine = {
    ...peer,
    iteration: peer.iteration + 1,
    iterationsSeen: peer.iterationsSeen + 1,
    isOver: false,
    decided: {},
    lost: [],
    isSent: false,
    saidAgain: {},
    beganAt: at,
    usualMs: peer.isDelayed ? peer.usualMs : learnt(peer.usualMs, ms),
    isDelayed: false,
  }
  return moved(next, at)
}

const learnt = (usual: Milliseconds | null, ms: Milliseconds): Milliseconds =>
  usual === null ? ms : usual + usualWeight * (ms - usual)

/** An estimate is asked for as it is after so many iterations; it changes only when a finished step is mixed. */
function answerLeases(peer: PeerMachine, effects: PeerEffect[]): PeerMachine {
  const { leases, arrangement, iteration } = peer
  if (leases.length === 0 || arrangement === null) return peer
  const isDue = (lease: PeerMachine['leases'][number]) =>
    lease.generation < arrangement.generation ||
    (lease.generation === arrangement.generation && lease.iteration <= iteration)
  const due = leases.filter(isDue)
  if (due.length === 0) return peer
  for (const lease of due) {
    const isAnswerable = lease.generation === arrangement.generation && peer.stepMs !== null && peer.hasEstimate
    effects.push({ type: isAnswerable ? 'answer-lease' : 'end-lease', lease: lease.lease })
  }
  return { ...peer, leases: leases.filter(lease => !isDue(lease)) }
}
