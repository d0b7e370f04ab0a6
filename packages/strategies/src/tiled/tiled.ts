// Tiles: a round is a rectangle, partitions by coordinates, tiled exactly once. While tabs compute, each partition has one
// owner, and ownership moves by small messages so that all end together; then neighbours in speed meet in the middle
// (meeting.ts) and send; what is lost is pledged anew, in a grid (rescue.ts).

import { choiceSetting } from '../described-settings.ts'
import type { Strategy, StrategyEvent } from '../strategy.ts'
import { wake } from '../wake.ts'
import { absorbTiled } from './absorb.ts'
import { askForTiles, mayAsk } from './asking.ts'
import { closeTiled } from './closing.ts'
import { openTiled } from './opening.ts'
import { rescueOrphans, watchSending } from './rescuing.ts'
import { share } from './share.ts'
import { loseTheSilent } from './silence.ts'
import { tiledPanel } from './tiled-panel.ts'
import { changeRound, type Effects, isKept, startTiled, type TiledState } from './tiled-state.ts'

export const tiled: Strategy<TiledState> = {
  name: 'tiled',
  meaning:
    'Each partition has one owner and ownership moves while tabs compute; then pairs of tabs share their uploads by coordinates, and what is lost is done again in a grid.',
  promise: 'whole-gradient',
  settings: [
    choiceSetting(
      'together',
      'What two neighbours in speed have to do with each other.',
      [
        'meet',
        'Each computes the other’s partitions from the end, and one sends the coordinates upward, the other downward.',
      ],
      ['alone', 'Nothing: each sends the whole sum of its own partitions.'],
      ['both', 'Both compute the partitions of both, and each sends half of the coordinates.'],
    ),
    choiceSetting(
      'early',
      'Whether an uplink is used before everybody’s pace is known.',
      ['yes', 'Yes, where uploads are dear: the first tiles are sent while lists may still change behind them.'],
      ['no', 'No.'],
    ),
    choiceSetting(
      'moves',
      'Whether partitions change hands while they are waited for.',
      ['while-computing', 'Yes, so that all end together.'],
      ['never', 'No: what was planned at the opening stays.'],
    ),
    choiceSetting(
      'rescue',
      'How what was lost is done again.',
      ['grid', 'By columns of partitions and rows of coordinates.'],
      ['columns', 'By columns of partitions only.'],
    ),
  ],
  measures: [],
  start: startTiled,
  step(state, event) {
    const effects: Effects = []
    const absorbed = absorbTiled(state, event, effects)
    const next = goOn(absorbed, event, effects)
    // While nobody is here nothing can be done: whoever comes is heard of.
    const tickAt = next.fleet.length === 0 ? null : (next.open?.tickAt ?? null)
    return [wake(next, tickAt, effects), effects]
  },
  beliefs: ({ fleet, silent }) => {
    return fleet.map(({ worker, msPerPartition }) => ({ worker, msPerPartition, silent: silent.includes(worker) }))
  },
  panel: tiledPanel,
}

function goOn(given: TiledState, event: StrategyEvent, effects: Effects): TiledState {
  const { at } = event
  let state = given.open === null ? openTiled(given, event, effects) : given
  if (state.open === null) return state
  const isTick = at >= state.open.tickAt
  if (isTick) {
    state = changeRound(state, { tickAt: at + state.open.beatMs })
    state = loseTheSilent(state, at, effects)
  }
  // All were lost while lists could change: it is begun anew with what is nobody's, or, where that is nothing, orphans are
  // all that is left.
  const { phase, leases, pool } = state.open!
  if (phase !== 'sending' && leases.length === 0)
    state = changeRound(state, { phase: pool.length > 0 ? 'sharing' : 'sending' })
  if (state.open!.phase === 'sharing' && (isTick || bearsOnShares(event))) state = share(state, at, effects)
  if (state.open!.phase === 'asking' && mayAsk(state)) state = askForTiles(state, at, effects)
  if (state.open!.phase === 'sending') {
    if (isTick) state = watchSending(state, at, effects)
    state = rescueOrphans(state, at, effects)
    if (isComplete(state)) return closeTiled(state, event, effects)
  }
  return state
}

/** Who came, went, has answered a shortening or has nothing to do. */
function bearsOnShares(event: StrategyEvent): boolean {
  switch (event.type) {
    case 'worker-joined':
    case 'worker-left':
    case 'result-refused':
      return true
    case 'progress-announced':
      return event.ended || (event.tiles !== undefined && event.finished >= (event.tiles.length ?? Infinity))
    default:
      return false
  }
}

function isComplete({ open }: TiledState): boolean {
  return (
    open !== null &&
    open.pool.length === 0 &&
    open.orphans.length === 0 &&
    open.leases.every(({ pledge }) => pledge !== null && isKept(pledge))
  )
}
