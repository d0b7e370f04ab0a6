// A new arrangement: who the neighbours are now, and where everybody begins. An exchange under way is ended with what has
// come; a step that is computed or being computed is kept.

import { edgeKey, spanningTree } from '@muster/strategies'
import type { Arrangement, Milliseconds, PeerReport } from '@muster/vocabulary'
import { mix, moved } from './going-on.ts'
import { hear } from './hearing.ts'
import type { PeerEffect, PeerMachine } from './peer-state.ts'

export function arrange(
  given: PeerMachine,
  arrangement: Arrangement,
  at: Milliseconds,
  effects: PeerEffect[],
): PeerMachine {
  if (arrangement.generation <= (given.arrangement?.generation ?? -1)) {
    // Of another strategy, or of a coordinator that knows less: it is to be told.
    effects.push({ type: 'report', report: standingOf(given) })
    return given
  }
  const left = arrangement.keepsEstimate ? endExchange(given, at, effects) : giveUpEstimate(given, effects)
  const { generation, edges, peers } = arrangement
  const neighbours = edges
    .flatMap(([one, other]) => (one === left.name ? [other] : other === left.name ? [one] : []))
    .sort()
  const tree = [...spanningTree({ peers, edges })].sort((one, other) => (edgeKey(one) < edgeKey(other) ? -1 : 1))
  const isOfUse = (other: PeerMachine['arrived'][number]) =>
    other.generation > generation || (other.generation === generation && neighbours.includes(other.from))
  const arrived = left.arrived.filter(isOfUse)
  for (const other of left.arrived)
    if (!isOfUse(other)) effects.push({ type: 'drop-estimate', from: other.from, name: { ...other, purpose: 'mix' } })
  effects.push({ type: 'want-links', neighbours })
  const arranged: PeerMachine = {
    ...left,
    arrangement,
    neighbours,
    tree,
    isResting: !peers.includes(left.name),
    iteration: 0,
    iterationsSeen: Math.max(left.iterationsSeen, arrangement.iterationsBefore),
    isOver: false,
    decided: {},
    finishedIn: {},
    arrived,
    lost: [],
    isSent: false,
    heardOf: 0,
    claims: {},
    mute: {},
    saidAgain: {},
    epoch: 0,
    covered: [],
    past: [],
    unreachable: left.unreachable.filter(peer => neighbours.includes(peer)),
    early: [],
    beganAt: at,
  }
  if (arranged.step === 'finished') sayFinished(arranged, effects)
  if (!arranged.hasEstimate) askForEstimate({ ...arranged, asked: 0 }, effects)
  const early = left.early.filter(({ word }) => word.generation >= generation)
  return moved(
    early.reduce((peer, { from, word }) => hear(peer, from, word, effects), arranged),
    at,
  )
}

/** What a coordinator is told of a peer that comes, or comes back. */
export const standingOf = ({ hasEstimate, iterationsSeen, arrangement }: PeerMachine): PeerReport => ({
  type: 'standing',
  iterations: hasEstimate ? iterationsSeen : null,
  generation: arrangement?.generation ?? 0,
})

/** It begins as a newcomer. */
function giveUpEstimate(peer: PeerMachine, effects: PeerEffect[]): PeerMachine {
  if (peer.step === 'computing') effects.push({ type: 'abandon-step' })
  return { ...peer, hasEstimate: false, step: 'none', stepMs: null }
}

function endExchange(peer: PeerMachine, at: Milliseconds, effects: PeerEffect[]): PeerMachine {
  if (!peer.isOver || peer.step !== 'finished') return peer
  return peer.isSent ? mix(peer, at, effects) : mix({ ...peer, decided: {} }, at, effects)
}

export function sayFinished(peer: PeerMachine, effects: PeerEffect[]): void {
  const { arrangement, neighbours, iteration } = peer
  if (arrangement === null) return
  const said = { type: 'step-finished' as const, generation: arrangement.generation, iteration }
  if (arrangement.rules.decider === 'coordinator') effects.push({ type: 'report', report: said })
  else if (neighbours.length > 0) effects.push({ type: 'say', to: neighbours, word: said })
}

/** Of one source after the other, the more often it had to be asked; in the end, or without any, the model will do. */
export function askForEstimate({ arrangement, asked, neighbours }: PeerMachine, effects: PeerEffect[]): void {
  if (arrangement === null) return
  const { generation } = arrangement
  const source = arrangement.sources.filter(other => neighbours.includes(other))[asked]
  if (source === undefined) effects.push({ type: 'load-model' })
  else effects.push({ type: 'say', to: [source], word: { type: 'estimate-wanted', generation } })
}
