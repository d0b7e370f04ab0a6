// A round is over when every pledge has been kept: its sum is what the tiles have made of it.

import type { StrategyEvent } from '../strategy.ts'
import { learnPaces } from './absorb.ts'
import { reportTiled } from './tiled-report.ts'
import type { Effects, TiledState } from './tiled-state.ts'

export function closeTiled(state: TiledState, { at }: StrategyEvent, effects: Effects): TiledState {
  const open = state.open!
  effects.push({ type: 'combine', terms: [], target: 'gradient', counted: null })
  effects.push({ type: 'report', report: reportTiled(state, open, at) })
  return { ...learnPaces(state, at), open: null, isApplying: true }
}
