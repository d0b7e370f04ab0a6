// Who sits in the seats of a world: the next occupant comes when a round is over, who is due to vanish in a round
// vanishes in it, and who fell silent wakes when the round has gone on without it.

import type { RoundNumber } from '@muster/vocabulary'
import { joinStage, wakeTab } from './play-tab.ts'
import { type Stage, unitMs } from './stage.ts'
import { fluidBound } from './worlds/limits.ts'

/** At the start, and between an update and the round after it. */
export function fillSeats(stage: Stage, round: RoundNumber): void {
  for (const tab of [...stage.seats.values()]) {
    if (!tab.isGone) {
      if (tab.isStuck) wakeTab(stage, tab)
      continue
    }
    const { seat, generation } = tab.occupant
    stage.tabs.delete(tab.id)
    stage.seats.delete(seat)
    // Seats beyond the world's own are those of a storm, which brings its own newcomers.
    if (seat < stage.world.workers && stage.isRefilled) joinStage(stage, { seat, generation: generation + 1 }, 0)
  }
  stage.present = [...stage.seats.values()].filter(tab => !tab.isGone)
  drawVanishing(stage, round)
}

function drawVanishing(stage: Stage, round: RoundNumber): void {
  const { world, now, present } = stage
  const due = present.flatMap(tab => {
    const share = tab.occupant.seat < world.workers ? world.vanishes(tab.occupant.seat, round) : null
    return share === null ? [] : [{ tab, share }]
  })
  if (due.length === 0) return
  const staying = present.filter(tab => !due.some(leaver => leaver.tab === tab))
  const bound = fluidBound(
    world,
    round,
    (staying.length > 0 ? staying : present).map(tab => tab.occupant),
  )
  for (const { tab, share } of due) {
    const at = now + share * (Number.isFinite(bound) ? bound : 1) * unitMs
    stage.queue.push(at, { to: 'fault', fault: { kind: 'vanish', worker: tab.id, isSilent: true } })
  }
}
