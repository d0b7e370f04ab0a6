// How many results a round waits for, and how stale a result may be.

import type { Milliseconds } from '@muster/vocabulary'
import { isMissing } from '../presence.ts'
import type { StalenessRules, StaleState } from './stale-state.ts'

/** M: workers that are here and have not fallen silent. */
export const liveWorkers = ({ fleet, settings }: StaleState, at: Milliseconds): number =>
  fleet.filter(member => !isMissing(member, at, settings.leaseMs)).length

/** K in force: the target, or everybody where fewer are here. What has come is applied even if all have gone. */
export const kInForce = (state: StaleState, at: Milliseconds): number =>
  Math.max(1, Math.min(state.growth.target, liveWorkers(state, at)))

/**
 * τmax = max(1, ⌈c·M/K⌉); null: none. The mean staleness of K-asynchronous rounds is about M/K − 1, so the bound
 * tightens as K grows and ends at K-synchronous rounds. (A reconstruction: the paper's closed form is not known.)
 */
export function boundOf({ boundFactor }: StalenessRules, state: StaleState, at: Milliseconds): number | null {
  if (boundFactor === Infinity) return null
  return Math.max(1, Math.ceil((boundFactor * liveWorkers(state, at)) / kInForce(state, at)))
}
