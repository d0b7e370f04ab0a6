// A peer as a machine: dynamic backup workers without a centre (arXiv 2102.06280), fed with events, answering with
// effects. Tabs, headless peers and the simulator drive this same machine. It never sees a vector, a channel or a clock:
// estimates have names, and whoever carries out the effects keeps them.
//
// From the paper: the update, Metropolis weights on the active edges, the threshold rule and its epochs. Reconstructions:
// the tree (of shortest ways), carrying over, and how peers agree when messages take time (deciding.ts).

import type { ConvenerWord, Milliseconds } from '@muster/vocabulary'
import { arrange, askForEstimate, sayFinished, standingOf } from './arranging.ts'
import { coverUnreachable } from './deciding.ts'
import { endIteration, goOn, isAtWork, moved } from './going-on.ts'
import { hear, takeEstimate } from './hearing.ts'
import { nameOf, type PeerEffect, type PeerEvent, type PeerMachine } from './peer-state.ts'

/** Nothing has happened for so many usual iterations: it is asked again. */
const patienceFactor = 4
/** Estimates that are asked for at a time: older requests are given up. */
const leasesMax = 4
/** Who was waited for in vain is not for so many iterations, and then for twice as many. */
const muteAtFirst = 16
const muteMax = 1024
/** Asked so often in vain: the iteration ends without what was waited for. */
const asksMax = 2

export function stepPeer(peer: PeerMachine, event: PeerEvent): readonly [PeerMachine, readonly PeerEffect[]] {
  const effects: PeerEffect[] = []
  const next = goOn(handle(peer, event, effects), event.at, effects)
  const hasReported = effects.some(effect => effect.type === 'report')
  return [watch(hasReported ? { ...next, reportedAt: event.at } : next, effects), effects]
}

function handle(peer: PeerMachine, event: PeerEvent, effects: PeerEffect[]): PeerMachine {
  const { at } = event
  switch (event.type) {
    case 'told':
      return beTold(peer, event.word, at, effects)
    case 'heard':
      return hear(noteHeard(peer, event.from), event.from, event.word, effects)
    case 'estimate-arrived': {
      const taken = takeEstimate(peer, event.from, event.estimate, effects)
      // What is repeated and dropped is no progress.
      return taken === peer ? peer : moved(taken, at)
    }
    case 'model-loaded':
      return { ...peer, hasEstimate: true }
    case 'step-computed': {
      if (peer.step !== 'computing') return peer
      const finished = moved({ ...peer, step: 'finished', stepMs: event.ms }, at)
      // In an iteration that is over it would come too late.
      if (!finished.isOver) sayFinished(finished, effects)
      return finished
    }
    case 'step-failed':
      return peer.step === 'computing' ? { ...peer, step: 'none' } : peer
    case 'estimate-broken': {
      const broken: PeerMachine = { ...peer, hasEstimate: false, step: 'none', stepMs: null, asked: 0 }
      askForEstimate(broken, effects)
      return moved(broken, at)
    }
    case 'estimate-asked': {
      const { lease, rate } = event
      const isPassed = lease.generation === peer.arrangement?.generation && lease.iteration < peer.iteration
      const all = isPassed ? [lease] : [...peer.leases, lease]
      const left = isPassed ? peer.leases : all.slice(-leasesMax)
      for (const other of all) if (!left.includes(other)) effects.push({ type: 'end-lease', lease: other.lease })
      return { ...peer, rate, leases: left }
    }
    case 'lease-released':
      return { ...peer, leases: peer.leases.filter(({ lease }) => lease !== event.lease) }
    case 'link-changed':
      return changeLink(peer, event.neighbour, event.isUp, effects)
    case 'timer-fired':
      return losePatience({ ...peer, timerAt: null }, at, effects)
  }
}

function beTold(peer: PeerMachine, word: ConvenerWord, at: Milliseconds, effects: PeerEffect[]): PeerMachine {
  switch (word.type) {
    case 'arranged':
      return arrange(peer, word, at, effects)
    case 'rest':
      if (peer.step === 'computing') effects.push({ type: 'abandon-step' })
      effects.push({ type: 'report', report: standingOf(peer) })
      return { ...peer, isResting: true, step: peer.step === 'computing' ? 'none' : peer.step }
    case 'iteration-decided': {
      const { generation, iteration, active } = word
      if (generation !== peer.arrangement?.generation || iteration < peer.iteration) return peer
      const ahead = { ...peer, heardOf: Math.max(peer.heardOf, iteration + 1) }
      if (iteration > peer.iteration || peer.isOver || peer.step !== 'finished') return ahead
      const mine = active.filter(edge => edge.includes(peer.name)).flat()
      const decided = Object.fromEntries(peer.neighbours.map(neighbour => [neighbour, mine.includes(neighbour)]))
      return moved({ ...ahead, decided, isOver: true }, at)
    }
  }
}

function changeLink(peer: PeerMachine, neighbour: string, isUp: boolean, effects: PeerEffect[]): PeerMachine {
  const others = peer.unreachable.filter(other => other !== neighbour)
  if (isUp) return { ...peer, unreachable: others }
  const down: PeerMachine = { ...peer, unreachable: [...others, neighbour] }
  if (!down.neighbours.includes(neighbour)) return peer
  const left = coverUnreachable(down, neighbour, effects)
  if (!left.isOver) return left
  const isUndecided = left.decided[neighbour] === undefined
  if (isUndecided) return { ...left, decided: { ...left.decided, [neighbour]: false } }
  return { ...left, lost: [...new Set([...left.lost, neighbour])] }
}

/** What a peer waits for that others owe it. */
const isWaiting = (peer: PeerMachine): boolean =>
  !peer.isResting && peer.arrangement !== null && (!peer.hasEstimate || (isAtWork(peer) && peer.step === 'finished'))

const patienceOf = ({ arrangement, usualMs, stepMs }: PeerMachine): Milliseconds =>
  Math.max(arrangement?.rules.patienceMs ?? 0, patienceFactor * Math.max(usualMs ?? 0, stepMs ?? 0))

const patienceEndsAt = (peer: PeerMachine): Milliseconds => peer.waitsSince + (peer.asked + 1) * patienceOf(peer)

const heartBeatAt = ({ reportedAt, arrangement }: PeerMachine): Milliseconds =>
  reportedAt + (arrangement?.rules.heartBeatMs ?? Infinity)

/** One timer: when patience with the present wait is over, or the coordinator is to hear that the peer is there. */
function watch(peer: PeerMachine, effects: PeerEffect[]): PeerMachine {
  if (peer.arrangement === null || peer.isResting) return peer
  const dueAt = Math.min(heartBeatAt(peer), isWaiting(peer) ? patienceEndsAt(peer) : Infinity)
  // A timer that fires too early looks again.
  if (peer.timerAt !== null && peer.timerAt <= dueAt) return peer
  effects.push({ type: 'set-timer', at: dueAt })
  return { ...peer, timerAt: dueAt }
}

function losePatience(peer: PeerMachine, at: Milliseconds, effects: PeerEffect[]): PeerMachine {
  if (at >= heartBeatAt(peer) && !peer.isResting)
    effects.push({ type: 'report', report: { type: 'iterations-told', told: [] } })
  if (!isWaiting(peer) || at < patienceEndsAt(peer)) return peer
  const asked: PeerMachine = { ...peer, asked: peer.asked + 1, isDelayed: true }
  if (!peer.hasEstimate) {
    askForEstimate(asked, effects)
    return asked
  }
  if (peer.asked >= asksMax) return giveUp(asked, at, effects)
  if (!peer.isOver && peer.arrangement!.rules.decider === 'coordinator') sayFinished(peer, effects)
  else if (peer.neighbours.length > 0) {
    const word = { type: 'asked-again' as const, ...nameOf(peer), isFinished: true }
    effects.push({ type: 'say', to: peer.neighbours, word })
  }
  return asked
}

/** Nobody is waited for for ever: the iteration ends without the edge that the epoch needs, or without who is silent. */
function giveUp(peer: PeerMachine, at: Milliseconds, effects: PeerEffect[]): PeerMachine {
  const isSilent = (neighbour: string) => !peer.heardSince.includes(neighbour)
  // An arbiter that is away cannot be replaced.
  if (!peer.isOver && peer.arrangement!.rules.decider === 'coordinator') return peer
  // Whoever speaks may be slow; whoever is silent is not there.
  if (!peer.isOver) return moved(endIteration(passOver(peer, peer.neighbours.filter(isSilent), effects), effects), at)
  const undecided = peer.neighbours.filter(neighbour => peer.decided[neighbour] === undefined)
  const unsent = peer.neighbours.filter(
    neighbour => peer.isSent && peer.decided[neighbour] && !peer.arrived.some(({ from }) => from === neighbour),
  )
  const decided = { ...peer.decided, ...Object.fromEntries(undecided.map(neighbour => [neighbour, false])) }
  const lost = peer.isSent ? peer.neighbours : peer.lost
  return moved({ ...passOver(peer, [...undecided, ...unsent], effects), decided, lost }, at)
}

/** Not waited for in the next iterations, each time for twice as many; the epoch does not wait for their edges. */
function passOver(peer: PeerMachine, neighbours: readonly string[], effects: PeerEffect[]): PeerMachine {
  if (peer.arrangement!.rules.decider !== 'peers') return peer
  const mute = { ...peer.mute }
  for (const neighbour of neighbours) {
    const iterations = Math.min(muteMax, 2 * (mute[neighbour]?.iterations ?? muteAtFirst / 2))
    const isSilent = !peer.heardSince.includes(neighbour)
    mute[neighbour] = { until: peer.iteration + 1 + iterations, iterations, isSilent }
  }
  return neighbours.reduce((next, neighbour) => coverUnreachable(next, neighbour, effects), { ...peer, mute })
}

/** Whoever was silent and speaks is waited for again. */
function noteHeard(peer: PeerMachine, from: string): PeerMachine {
  const heardSince = peer.heardSince.includes(from) ? peer.heardSince : [...peer.heardSince, from]
  if (!peer.neighbours.includes(from)) return peer
  if (peer.mute[from]?.isSilent !== true) return { ...peer, heardSince }
  const { [from]: _spoken, ...mute } = peer.mute
  return { ...peer, heardSince, mute }
}
