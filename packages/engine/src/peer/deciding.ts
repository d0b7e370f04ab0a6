// How peers among themselves end an iteration, and agree on the edges that are active in it (the threshold rule DTUR of
// arXiv 2102.06280, without a centre). The rule for messages that race is ours:
//   - The keeper of an edge ends the iteration when both ends of it have finished, if the edge is of the tree and the epoch
//     has not had it yet; who hears of the end passes it on. Several may end an iteration at once: to hear it twice is nothing.
//   - Whether an edge is active is decided by its keeper alone, once, when the iteration ends at the keeper: it is if both
//     ends have said by then that they had finished. So both ends always agree, whatever was under way.
//   - What the epoch has had is passed on whenever it grows; the later epoch is right, and of one epoch the union.

import { edgeKey, edgeOf } from '@muster/strategies'
import type { PeerWord } from '@muster/vocabulary'
import { isKeeper, isReachable, nameOf, type PeerEffect, type PeerMachine } from './peer-state.ts'

const treePlace = ({ tree, name }: PeerMachine, neighbour: string): number => {
  const key = edgeKey(edgeOf(name, neighbour))
  return tree.findIndex(edge => edgeKey(edge) === key)
}

const hasFinished = ({ finishedIn, iteration }: PeerMachine, neighbour: string): boolean =>
  finishedIn[neighbour] === iteration

/** Whether this peer is to end the iteration. */
export function endsIteration(peer: PeerMachine): boolean {
  if (peer.step !== 'finished' || peer.arrangement?.rules.decider !== 'peers') return false
  // Who is alone has no edge to wait for.
  if (peer.neighbours.length === 0) return true
  return peer.neighbours.some(neighbour => {
    if (!isKeeper(peer, neighbour) || !isReachable(peer, neighbour) || !hasFinished(peer, neighbour)) return false
    const place = treePlace(peer, neighbour)
    return place >= 0 && !peer.covered.includes(place)
  })
}

/** The iteration is over here: the edges that this peer keeps are decided, and all neighbours are told. */
export function decideEdges(peer: PeerMachine, effects: PeerEffect[]): PeerMachine {
  const isFinished = peer.step === 'finished'
  const decided: Record<string, boolean> = { ...peer.decided }
  for (const neighbour of peer.neighbours) {
    const isReached = isReachable(peer, neighbour)
    if (isKeeper(peer, neighbour)) decided[neighbour] = isFinished && isReached && hasFinished(peer, neighbour)
    // Its keeper cannot have heard that this peer had finished; or will not be heard.
    else if (!isFinished || !isReached) decided[neighbour] = false
  }
  const over: PeerMachine = { ...peer, isOver: true, decided }
  for (const neighbour of over.neighbours) tellEnd(over, neighbour, effects)
  // Each edge is counted at one place, and so in one epoch.
  const places = over.neighbours
    .filter(neighbour => isKeeper(over, neighbour) && decided[neighbour] === true)
    .map(neighbour => treePlace(over, neighbour))
  return learnCovered(over, over.epoch, places, null, effects)
}

function tellEnd(peer: PeerMachine, neighbour: string, effects: PeerEffect[]): void {
  const word: PeerWord = isKeeper(peer, neighbour)
    ? { type: 'edge-decided', ...nameOf(peer), isActive: peer.decided[neighbour] === true }
    : { type: 'iteration-over', ...nameOf(peer) }
  effects.push({ type: 'say', to: [neighbour], word })
}

/** An edge that nothing can pass is not waited for. */
export const coverUnreachable = (peer: PeerMachine, neighbour: string, effects: PeerEffect[]): PeerMachine =>
  learnCovered(peer, peer.epoch, [treePlace(peer, neighbour)], null, effects)

export function learnCovered(
  peer: PeerMachine,
  epoch: number,
  places: readonly number[],
  from: string | null,
  effects: PeerEffect[],
): PeerMachine {
  if (epoch < peer.epoch || peer.arrangement?.rules.decider !== 'peers') return peer
  const known = epoch === peer.epoch ? peer.covered : []
  const fresh = places.filter(place => place >= 0 && place < peer.tree.length && !known.includes(place))
  if (epoch === peer.epoch && fresh.length === 0) return peer
  const all = [...new Set([...known, ...fresh])].sort((one, other) => one - other)
  const isComplete = all.length >= peer.tree.length
  const next: PeerMachine = { ...peer, epoch: isComplete ? epoch + 1 : epoch, covered: isComplete ? [] : all }
  const others = peer.neighbours.filter(neighbour => neighbour !== from)
  if (others.length > 0) effects.push({ type: 'say', to: others, word: epochKnown(next) })
  return next
}

export const epochKnown = ({ arrangement, epoch, covered }: PeerMachine): PeerWord => ({
  type: 'epoch-known',
  generation: arrangement?.generation ?? 0,
  epoch,
  covered,
})
