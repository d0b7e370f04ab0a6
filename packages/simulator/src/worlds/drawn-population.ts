// Occupants whose hardship is drawn: persistent speeds, a jitter per round, and what the kind of world adds to them.

import { randomStream } from '@muster/numerics'
import type { Population } from './population.ts'
import type { Occupant } from './world.ts'
import type { Setting, WorldKind } from './world-kinds.ts'
import type { Values } from './world-parameters.ts'

export interface Devices {
  /** Units for the whole batch, before anything the world does to it. */
  readonly batchTime: (tab: Occupant) => number
  readonly stay: (tab: Occupant) => number
  /** What a newcomer is expected to take: units for the whole batch. */
  readonly usual: number
}

export function drawnPopulation(kind: WorldKind, values: Values, setting: Setting, devices: Devices): Population {
  const { seed } = setting
  const paceInRound = kind.prepare(values, setting)
  const persistentTime = (tab: Occupant): number => {
    const time = devices.batchTime(tab)
    if (!kind.persistentFactor) return time
    return time * kind.persistentFactor(values, randomStream(seed, 'persistent', tab.seat, tab.generation))
  }
  return {
    pace(tab, round) {
      const draw = randomStream(seed, 'round', tab.seat, tab.generation, round)
      // Drawn whether used or not, so that without jitter the same tabs meet the same hardship.
      const exponential = 1 + values.j! * draw.exponential()
      const uniform = 1 + values.u! * (2 * draw.uniform() - 1)
      return paceInRound({ tab, round, batchTime: persistentTime(tab) * exponential * uniform, draw })
    },
    claim: tab => (tab.generation === 0 ? persistentTime(tab) : devices.usual),
    stay: devices.stay,
  }
}
