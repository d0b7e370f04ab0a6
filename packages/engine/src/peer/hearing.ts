// What a peer makes of its neighbours' words. They are as untrusted as any worker's: what comes from nobody's neighbour,
// of another arrangement or from the wrong end of an edge is of no effect.

import type { EstimateName, IterationName, PeerWord } from '@muster/vocabulary'
import { epochKnown, learnCovered } from './deciding.ts'
import { type Arrived, isKeeper, nameOf, type PeerEffect, type PeerMachine } from './peer-state.ts'

/** Words that are kept until their arrangement is known, for each peer. */
const earlyPerPeer = 8
const earlyMin = 64
/** That much further one neighbour is believed to be on its word alone; more needs another's, where there is one. */
const iterationsAheadMax = 8
/** Of one neighbour's asking in an iteration: an estimate is long. */
const saidAgainMax = 3

export function hear(peer: PeerMachine, from: string, word: PeerWord, effects: PeerEffect[]): PeerMachine {
  const generation = peer.arrangement?.generation ?? -1
  if (word.generation > generation) return keepEarly(peer, from, word)
  if (word.generation < generation || !peer.neighbours.includes(from)) return peer
  if (word.type === 'estimate-wanted') return giveEstimate(peer, from, effects)
  // Under an arbiter only estimates pass between peers, and what is asked about them.
  const isAmongPeers = peer.arrangement?.rules.decider === 'peers'
  if (word.type === 'epoch-known')
    return isAmongPeers ? learnCovered(peer, word.epoch, word.covered, from, effects) : peer
  const ahead = isAmongPeers ? hearOf(peer, from, word.iteration + (isOfTheEnd(word) ? 1 : 0)) : peer
  switch (word.type) {
    case 'step-finished':
      return isAmongPeers ? noteFinished(ahead, from, word.iteration) : ahead
    case 'iteration-over':
      return ahead
    case 'edge-decided':
      return isAmongPeers ? noteDecision(ahead, from, word) : ahead
    case 'asked-again':
      return tellAgain(
        word.isFinished && isAmongPeers ? noteFinished(ahead, from, word.iteration) : ahead,
        from,
        word,
        effects,
      )
    case 'estimate-gone':
      return word.iteration === ahead.iteration ? { ...ahead, lost: [...new Set([...ahead.lost, from])] } : ahead
  }
}

const isOfTheEnd = ({ type }: PeerWord): boolean => type === 'iteration-over' || type === 'edge-decided'

/** It is in that iteration: those before it are over. */
function hearOf(peer: PeerMachine, from: string, iteration: number): PeerMachine {
  if (iteration <= (peer.claims[from] ?? -1)) return peer
  const claims = { ...peer.claims, [from]: iteration }
  const [first = 0, second = 0] = Object.values(claims).sort((one, other) => other - one)
  const isNear = iteration <= peer.iteration + iterationsAheadMax
  const believed = Math.max(isNear ? iteration : 0, peer.neighbours.length === 1 ? first : second)
  return { ...peer, claims, heardOf: Math.max(peer.heardOf, believed) }
}

const noteFinished = (peer: PeerMachine, from: string, iteration: number): PeerMachine =>
  iteration > (peer.finishedIn[from] ?? -1) ? { ...peer, finishedIn: { ...peer.finishedIn, [from]: iteration } } : peer

function noteDecision(
  peer: PeerMachine,
  from: string,
  { iteration, isActive }: IterationName & { readonly isActive: boolean },
): PeerMachine {
  if (iteration !== peer.iteration || isKeeper(peer, from) || peer.decided[from] !== undefined) return peer
  // Active without a step of this end: its keeper cannot have heard of one.
  const decided = { ...peer.decided, [from]: isActive && peer.step === 'finished' }
  return { ...peer, decided }
}

/** Everything that was said of the iteration in which the other still waits. */
function tellAgain(peer: PeerMachine, from: string, asked: IterationName, effects: PeerEffect[]): PeerMachine {
  const { iteration } = asked
  const say = (word: PeerWord) => effects.push({ type: 'say', to: [from], word })
  const name = { generation: asked.generation, iteration }
  if (peer.arrangement?.rules.decider === 'peers') say(epochKnown(peer))
  if (iteration > peer.iteration) return peer
  const isPresent = iteration === peer.iteration
  const past = peer.past.find(other => other.iteration === iteration)
  const isActive = isPresent ? peer.decided[from] === true : (past?.active.includes(from) ?? false)
  if (isPresent && !peer.isOver) {
    if (peer.step === 'finished') say({ type: 'step-finished', ...name })
    return peer
  }
  if (peer.arrangement?.rules.decider === 'peers')
    say(isKeeper(peer, from) ? { type: 'edge-decided', ...name, isActive } : { type: 'iteration-over', ...name })
  if (!isPresent && !past) say({ type: 'estimate-gone', ...name })
  if (!isActive || (isPresent && !peer.isSent) || !maySayAgain(peer, from)) return peer
  const degree = isPresent ? Object.values(peer.decided).filter(Boolean).length : past!.degree
  effects.push({ type: 'send-estimate', to: [from], estimate: { ...name, purpose: 'mix', degree } })
  return noteSaidAgain(peer, from)
}

const maySayAgain = ({ saidAgain }: PeerMachine, to: string): boolean => (saidAgain[to] ?? 0) < saidAgainMax

const noteSaidAgain = (peer: PeerMachine, to: string): PeerMachine => ({
  ...peer,
  saidAgain: { ...peer.saidAgain, [to]: (peer.saidAgain[to] ?? 0) + 1 },
})

function giveEstimate(peer: PeerMachine, from: string, effects: PeerEffect[]): PeerMachine {
  if (!peer.hasEstimate || !maySayAgain(peer, from)) return peer
  const estimate = { ...nameOf(peer), purpose: 'start' as const, degree: 0 }
  effects.push({ type: 'send-estimate', to: [from], estimate })
  return noteSaidAgain(peer, from)
}

function keepEarly(peer: PeerMachine, from: string, word: PeerWord): PeerMachine {
  const ofOne = peer.early.filter(other => other.from === from).length
  const room = Math.max(earlyMin, earlyPerPeer * (peer.arrangement?.peers.length ?? 0))
  if (ofOne >= earlyPerPeer * 2 || peer.early.length >= room) return peer
  return { ...peer, early: [...peer.early, { from, word }] }
}

/** A vector has come: it is kept if it may be mixed now or soon. */
export function takeEstimate(
  peer: PeerMachine,
  from: string,
  estimate: EstimateName,
  effects: PeerEffect[],
): PeerMachine {
  const { generation, iteration, purpose, degree } = estimate
  const drop = (): PeerMachine => {
    effects.push({ type: 'drop-estimate', from, name: { generation, iteration, purpose } })
    return peer
  }
  if (purpose === 'start') {
    if (peer.hasEstimate || !peer.neighbours.includes(from)) return drop()
    effects.push({ type: 'adopt-estimate', from })
    return { ...peer, hasEstimate: true }
  }
  const now = nameOf(peer)
  const isNext = generation > now.generation
  const isOfUse = isNext || (generation === now.generation && iteration >= now.iteration)
  // Sent again because it was asked for again: it is here, under the same name.
  if (peer.arrived.some(other => other.from === from && isSameName(other, estimate))) return peer
  // Under a later arrangement it may be a neighbour; here it must be, and can have no more edges than it has.
  const isPlausible = isNext || (peer.neighbours.includes(from) && degree >= 1 && degree <= degreeOf(peer, from))
  const ofOne = peer.arrived.filter(other => other.from === from).length
  if (!isOfUse || !isPlausible || ofOne >= 2) return drop()
  const arrived: Arrived = { from, generation, iteration, degree }
  return { ...peer, arrived: [...peer.arrived, arrived] }
}

const isSameName = (one: IterationName, other: IterationName): boolean =>
  one.generation === other.generation && one.iteration === other.iteration

const degreeOf = ({ arrangement }: PeerMachine, peer: string): number =>
  arrangement?.edges.filter(edge => edge.includes(peer)).length ?? 0
