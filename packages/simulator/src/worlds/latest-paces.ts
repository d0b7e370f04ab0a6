// Remembers the paces drawn last, a few rounds back and for two occupants of a seat at a time: a tab's pace is asked
// for at every partition, and drawing it anew each time would cost more than the whole rest of a simulated round.

import type { RoundNumber } from '@muster/vocabulary'
import type { Occupant } from './world.ts'
import type { Pace } from './world-kinds.ts'

interface Drawn {
  readonly generation: number
  readonly round: RoundNumber
  readonly pace: Pace
}

/** Four rounds of two occupants each. */
const slotsPerSeat = 8

/** Answers as `draw` does, as long as that is a pure function of the tab and the round. */
export function latestPaces(
  seats: number,
  draw: (tab: Occupant, round: RoundNumber) => Pace,
): (tab: Occupant, round: RoundNumber) => Pace {
  const slots: (Drawn | undefined)[] = new Array(seats * slotsPerSeat).fill(undefined)
  return (tab, round) => {
    const { seat, generation } = tab
    const slot = seat * slotsPerSeat + ((2 * round + generation) % slotsPerSeat)
    const known = slots[slot]
    if (known !== undefined && known.round === round && known.generation === generation) return known.pace
    const pace = draw(tab, round)
    slots[slot] = { generation, round, pace }
    return pace
  }
}
