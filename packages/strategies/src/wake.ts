// The one timer of a policy: when it wants to be asked again, if nothing is heard before.

import type { Milliseconds } from '@muster/vocabulary'
import type { StrategyEffect } from './strategy.ts'

/** Sets, moves or clears it; says nothing where nothing changes. */
export function wake<State extends { readonly timerAt: Milliseconds | null }>(
  state: State,
  timerAt: Milliseconds | null,
  effects: StrategyEffect[],
): State {
  if (timerAt === state.timerAt) return state
  if (timerAt === null) effects.push({ type: 'clear-timer', timer: 'late' })
  else effects.push({ type: 'set-timer', timer: 'late', at: timerAt })
  return { ...state, timerAt }
}
