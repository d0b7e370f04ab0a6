// The coordinator as arbiter of iterations: it hears everybody finish, and says which edges are active.

import type { IterationName, Milliseconds, WorkerId } from '@muster/vocabulary'
import type { StrategyEffect } from '../strategy.ts'
import type { ConvenerRules, PeersState } from './peers-state.ts'
import { type Advance, forceAdvance, peerFinished, type ThresholdState } from './threshold-rule.ts'

/** For peers that did not hear how an iteration ended. */
const decisionsKept = 8
/** Longer than so many usual iterations nobody is waited for. */
const patienceFactor = 12
const patienceAsks = 3

export function arbitrate(
  state: PeersState,
  worker: WorkerId,
  { generation, iteration }: IterationName,
  at: Milliseconds,
  effects: StrategyEffect[],
): PeersState {
  const { arbiter } = state
  if (arbiter === null || generation !== state.generation || iteration > arbiter.iteration) return state
  if (iteration < arbiter.iteration) return repeat(state, worker, iteration, effects)
  return decide(state, peerFinished(arbiter, worker), at, effects)
}

/** It did not hear how its iteration ended; of one long ago, what it would be told is that others went on. */
function repeat(state: PeersState, worker: WorkerId, iteration: number, effects: StrategyEffect[]): PeersState {
  const known = state.decisions.find(decision => decision.iteration === iteration)
  tell(state, [worker], { iteration, active: known?.active ?? [] }, effects)
  return state
}

function decide(
  state: PeersState,
  [arbiter, advance]: readonly [ThresholdState, Advance | null],
  at: Milliseconds,
  effects: StrategyEffect[],
): PeersState {
  if (advance === null) return { ...state, arbiter }
  tell(state, state.arranged!.peers, advance, effects)
  const decisions = [...state.decisions, advance].slice(-decisionsKept)
  return { ...state, arbiter, decisions, decidedAt: at, iteration: Math.max(state.iteration, advance.iteration + 1) }
}

function tell(
  { generation }: PeersState,
  peers: readonly WorkerId[],
  { iteration, active }: Pick<Advance, 'iteration' | 'active'>,
  effects: StrategyEffect[],
): void {
  for (const worker of peers)
    effects.push({ type: 'tell-peer', worker, word: { type: 'iteration-decided', generation, iteration, active } })
}

/** When the arbiter loses patience with whoever has not finished; null: nobody waits. */
export function arbiterDueAt({ patienceMs }: ConvenerRules, state: PeersState): Milliseconds | null {
  if (state.arbiter === null || state.arbiter.finished.length === 0) return null
  return state.decidedAt + Math.max(patienceAsks * patienceMs, patienceFactor * (state.usualMs ?? claimedMs(state)))
}

/** Before the first iteration: what the slowest says that a step will take it. */
const claimedMs = ({ fleet, settings, arranged }: PeersState): Milliseconds =>
  (Math.max(0, ...fleet.map(({ claimedMsPerPartition }) => claimedMsPerPartition)) * settings.partitions) /
  Math.max(1, arranged?.peers.length ?? 1)

export function losePatience(
  rules: ConvenerRules,
  state: PeersState,
  at: Milliseconds,
  effects: StrategyEffect[],
): PeersState {
  const dueAt = arbiterDueAt(rules, state)
  return dueAt === null || at < dueAt ? state : decide(state, forceAdvance(state.arbiter!), at, effects)
}
