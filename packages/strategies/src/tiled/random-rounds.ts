// A random trace of tiled rounds on the scripted fleet, with the ledger asked after every event. Test support.

import type { RandomStream } from '@muster/numerics'
import type { WorkerId } from '@muster/vocabulary'
import { createScriptedFleet, mostOf, type ScriptedFleet } from '../scripted-fleet.ts'
import type { StrategySettings } from '../strategy.ts'
import { faultOf } from './ledger.ts'
import { tiled } from './tiled.ts'
import type { TiledState } from './tiled-state.ts'

export const choices = {
  together: ['meet', 'alone', 'both'],
  moves: ['while-computing', 'never'],
  rescue: ['grid', 'columns'],
} as const

const usual = { together: 'meet', moves: 'while-computing', rescue: 'grid' }

export interface Trace {
  /** The first thing that was wrong, and when; null: nothing was. */
  readonly fault: string | null
  readonly happened: ReadonlySet<string>
}

export function playTrace(draw: RandomStream, own: StrategySettings['own']): Trace {
  const happened = new Set<string>()
  const partitions = 1 + draw.integer(40)
  let fault: string | null = null
  const watch = (state: TiledState, added: readonly Float64Array[]) => {
    note(state, happened)
    fault ??= faultOf(state, added)
    if (fault !== null) throw new Error(fault)
  }
  const fleet = createScriptedFleet(tiled, { partitions, own: { ...usual, ...own }, watch })
  const workers = 1 + draw.integer(draw.uniform() < 0.8 ? 6 : 14)
  /** From them nothing is heard any more: they have lied, or lost what they were told. */
  const hung = new Set<WorkerId>()
  // Some runs are calm enough for lists to move and to meet, others are all hardship.
  const honest = [0.75, 0.95, 0.995][draw.integer(3)]!
  fleet.wordEvery = [1, 2, 3, 8][draw.integer(4)]!
  fleet.uploadMs = [0, 60, 400, 2000][draw.integer(4)]!
  try {
    for (let i = 0; i < workers; i++) fleet.join()
    for (let step = 0, steps = 100 + draw.integer(500); step < steps; step++) {
      if (fleet.isApplying) {
        happened.add('closed')
        fleet.advanceModel()
      } else if (draw.uniform() < honest) workHonestly(fleet, draw, hung)
      else disturb(fleet, draw, hung, happened)
    }
    // Whatever was done to it, the round can be ended.
    fleet.join()
    fleet.finishRounds(1, worker => !hung.has(worker))
  } catch (error) {
    fault ??= String(error)
  }
  return { fault, happened }
}

function workHonestly(fleet: ScriptedFleet, draw: RandomStream, hung: ReadonlySet<WorkerId>): void {
  const all = fleet.work().filter(({ worker }) => !hung.has(worker))
  const from = all.length === 0 ? 0 : draw.integer(all.length)
  // Tiles that come twice, most of all those that come while lists may still change.
  if (draw.uniform() < 0.1)
    for (const work of all)
      if (work.tiles && work.tiles.sent > 0 && !work.tiles.isAsked && !fleet.isApplying)
        fleet.repeat(work, work.tiles.sent - 1)
  if ([...all.slice(from), ...all.slice(0, from)].some(work => fleet.workOn(work))) return
  if (draw.uniform() < 0.9) fleet.beat(worker => !hung.has(worker))
  if (!fleet.isApplying) fleet.fireTimer()
}

const pick = <Item>(draw: RandomStream, items: readonly Item[]): Item | undefined =>
  items[draw.integer(items.length || 1)]

function disturb(fleet: ScriptedFleet, draw: RandomStream, hung: Set<WorkerId>, happened: Set<string>): void {
  const work = pick(draw, fleet.unanswered())
  const any = pick(draw, fleet.work())
  const worker = pick(draw, [...fleet.present])
  switch (draw.integer(11)) {
    case 0:
      if (fleet.present.size < 16) fleet.join()
      return
    case 1:
      if (worker === undefined) return
      hung.delete(worker)
      return fleet.leave(worker)
    case 2:
      if (worker === undefined) return
      // Back on a new connection at once.
      hung.delete(worker)
      fleet.leave(worker)
      return void fleet.join(worker)
    case 3:
      return fleet.wait(draw.integer(40) ** 2)
    case 4:
      return void fleet.fireTimer()
    case 5:
      return work && fleet.refuse(work)
    case 6:
      return work && fleet.announce(work, work.finished, true)
    case 7:
      return any && fleet.repeat(any, draw.integer(100))
    case 8:
      // An order is lost on its way.
      if (work?.tiles?.inbox.shift()) hung.add(work.worker)
      return
    case 9:
      if (!work?.tiles) return
      happened.add('lie')
      hung.add(work.worker)
      return fleet.announce(work, draw.integer(mostOf(work) + 2), false, {
        orders: work.tiles.orders + draw.integer(3) - 1,
        length: draw.integer(mostOf(work) + 3),
      })
    default:
      return fleet.beat(who => !hung.has(who))
  }
}

function note({ open }: TiledState, happened: Set<string>): void {
  if (open === null) return
  for (const { moves, shortenedTo, earlyGot, pledge, own, isRescue, race } of open.leases) {
    if (moves.some(({ length }, i) => i > 0 && length > moves[i - 1]!.length)) happened.add('extended')
    if (shortenedTo !== null) happened.add('shortened')
    if (earlyGot.some(Boolean)) happened.add('early tile')
    if (pledge !== null && !isRescue && pledge.list.length > own) happened.add('met')
    if (isRescue) happened.add('rescue')
    if (race !== null) happened.add('race')
  }
  if (open.orphans.length > 0) happened.add('orphan')
}
