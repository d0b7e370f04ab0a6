// What peers tell of their iterations: when all have told of one, its mixing matrix is checked and counted.

import type { IterationTold, Milliseconds, WorkerId } from '@muster/vocabulary'
import { edgeKey, edgeOf } from './graph.ts'
import type { Arranged, PeersState, Tally, ToldIteration } from './peers-state.ts'

/** Iterations that some have told of and others not: older ones are given up. */
const toldMax = 64
/** Nobody is further than that beyond what is believed: they tell of iterations several times a second. */
const aheadMax = 10_000
const pictureMax = 40
const usualWeight = 0.2
/** Weights travel as text and come back bit for bit; sums of them round. */
const balanceMax = 1e-9

export function takeTold(state: PeersState, worker: WorkerId, told: readonly IterationTold[]): PeersState {
  return told.reduce((next, iteration) => takeIteration(next, worker, iteration), state)
}

function takeIteration(state: PeersState, worker: WorkerId, told: IterationTold): PeersState {
  const { arranged, generation } = state
  if (arranged === null || told.generation !== generation || !arranged.peers.includes(worker)) return state
  const { iteration, ms, isFinished, weights, isTorn } = told
  const known = state.told.find(other => other.iteration === iteration)
  // Older than what is kept, or told twice.
  const isOld = state.told.length >= toldMax && iteration < state.told[0]!.iteration
  if (
    isOld ||
    iteration > state.iteration + aheadMax ||
    known?.by[worker] !== undefined ||
    isImpossible(told, arranged, worker)
  )
    return state
  const entry: ToldIteration = {
    iteration,
    by: { ...known?.by, [worker]: { ms, isFinished, weights, isTorn } },
  }
  const others = state.told.filter(other => other.iteration !== iteration)
  // On one peer's word alone nobody is believed to be anywhere, unless it is by itself.
  const isBelieved = Object.keys(entry.by).length >= Math.min(2, arranged.peers.length)
  const next: PeersState = {
    ...state,
    iteration: isBelieved ? Math.max(state.iteration, iteration + 1) : state.iteration,
  }
  if (Object.keys(entry.by).length === arranged.peers.length) return countIteration({ ...next, told: others }, entry)
  const all = [...others, entry].sort((one, other) => one.iteration - other.iteration)
  return { ...next, told: all.slice(-toldMax) }
}

/** Of neighbours only, and a share each. */
function isImpossible({ weights }: IterationTold, { edges }: Arranged, worker: WorkerId): boolean {
  return Object.entries(weights).some(
    ([other, weight]) =>
      !(weight >= 0 && weight <= 1) ||
      (other !== worker && !edges.some(edge => edge.includes(worker) && edge.includes(other as WorkerId))),
  )
}

function countIteration(state: PeersState, { iteration, by }: ToldIteration): PeersState {
  const arranged = state.arranged!
  const isTorn = Object.values(by).some(told => told.isTorn)
  const used = new Set(
    Object.entries(by).flatMap(([peer, { weights }]) =>
      Object.keys(weights).flatMap(other => (other === peer ? [] : [edgeKey(edgeOf(peer, other))])),
    ),
  )
  const active = arranged.edges.flatMap((edge, place) => (used.has(edgeKey(edge)) ? [place] : []))
  const ms = Object.values(by).reduce((sum, told) => sum + told.ms, 0) / arranged.peers.length
  const { tally } = state
  const next: Tally = {
    iterations: tally.iterations + 1,
    ms: tally.ms + ms,
    edges: tally.edges + arranged.edges.length,
    active: tally.active + active.length,
    torn: tally.torn + (isTorn ? 1 : 0),
    unbalanced: tally.unbalanced + (!isTorn && !isBalanced(by) ? 1 : 0),
    backups: countBackups(tally.backups, arranged, by),
  }
  const shown = [...state.picture, { iteration: arranged.iterationsBefore + iteration, active }]
  // The first of an arrangement may have begun long before it.
  const usualMs = iteration === 0 ? state.usualMs : learnt(state.usualMs, ms)
  return { ...state, tally: next, usualMs, picture: shown.slice(-pictureMax) }
}

const learnt = (usual: Milliseconds | null, ms: Milliseconds): Milliseconds =>
  usual === null ? ms : usual + usualWeight * (ms - usual)

/** Rows and columns of P sum to one, and P is symmetric: checked on what the peers really used. */
function isBalanced(by: ToldIteration['by']): boolean {
  const columns = new Map<string, number>()
  for (const [peer, { weights }] of Object.entries(by)) {
    let row = 0
    for (const [other, weight] of Object.entries(weights)) {
      row += weight
      columns.set(other, (columns.get(other) ?? 0) + weight)
      if (Math.abs((by[other]?.weights[peer] ?? 0) - weight) > balanceMax) return false
    }
    if (Math.abs(row - 1) > balanceMax) return false
  }
  return [...columns.values()].every(sum => Math.abs(sum - 1) <= balanceMax)
}

function countBackups(
  counted: Tally['backups'],
  { edges, peers }: Arranged,
  by: ToldIteration['by'],
): Tally['backups'] {
  const next = { ...counted }
  for (const peer of peers) {
    const degree = edges.filter(edge => edge.includes(peer)).length
    const waitedFor = Object.keys(by[peer]?.weights ?? {}).filter(other => other !== peer).length
    const { iterations, backups } = next[peer] ?? { iterations: 0, backups: 0 }
    next[peer] = { iterations: iterations + 1, backups: backups + degree - waitedFor }
  }
  return next
}
