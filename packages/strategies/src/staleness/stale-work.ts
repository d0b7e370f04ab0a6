// Which partitions a worker takes, and how much: its own block or the next of one sequence, in as many local steps as
// the rules say; less of both for a worker that starves.

import { type PartitionIndex, stepsOf, type Work } from '@muster/vocabulary'
import { ownBlock, partitionsMax } from '../own-block.ts'
import type { Seat, StalenessRules, StaleState } from './stale-state.ts'

export interface StaleWork {
  readonly work: Work
  /** Where the worker's data go on, and the shared sequence. */
  readonly cursor: number
  readonly sharedCursor: number
}

export function stalenessWork(rules: StalenessRules, state: StaleState, seat: Seat): StaleWork {
  const { partitions: k } = state.settings
  const place = state.seats.findIndex(({ worker }) => worker === seat.worker)
  const isShared = rules.data === 'shared'
  const block = isShared ? { from: 0, length: k } : ownBlock(k, place, state.seats.length)
  const usual = rules.partitionsPerStep === 0 ? evenShare(isShared, block.length, k, state) : rules.partitionsPerStep
  const { perStep, steps } = shrink(Math.min(usual, block.length), rules.localSteps, seat.halvings)
  const cursor = isShared ? state.cursor : seat.cursor
  const count = perStep * steps
  const partitions = Array.from({ length: count }, (_, i): PartitionIndex => block.from + ((cursor + i) % block.length))
  const local = rules.localSteps === 1 ? undefined : { steps, momentum: rules.momentum }
  return {
    work: { partitions, levels: [{ upTo: count }], upload: 'when-done', ...(local ? { local } : {}) },
    cursor: isShared ? seat.cursor : (cursor + count) % k,
    sharedCursor: isShared ? (cursor + count) % k : state.cursor,
  }
}

/** Partitions of one step of it. */
export const perStepOf = (work: Work): number => work.partitions.length / stepsOf(work)

const evenShare = (isShared: boolean, length: number, k: number, { seats }: StaleState): number =>
  isShared ? Math.max(1, Math.round(k / seats.length)) : length

/** Fewer partitions a step first; when there is only one, fewer steps. */
function shrink(usual: number, localSteps: number, halvings: number): { perStep: number; steps: number } {
  const perStep = Math.max(1, Math.floor(usual / 2 ** halvings))
  const left = Math.max(0, halvings - Math.floor(Math.log2(usual)))
  const steps = Math.max(1, Math.floor(localSteps / 2 ** left))
  return { perStep, steps: Math.min(steps, Math.max(1, Math.floor(partitionsMax / perStep))) }
}

/** Whether its work can be made any smaller. */
export const canShrink = ({ partitions }: Work): boolean => partitions.length > 1
