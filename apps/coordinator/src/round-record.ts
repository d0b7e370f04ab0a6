// What is kept and shown of a closed round.

import type { RoundFacts } from '@muster/engine'
import type { RoundRecord } from '@muster/protocol'

export interface RoundLanes {
  readonly round: number
  readonly ms: number
  readonly workers: RoundFacts['lanes']
}

export function recordOf(facts: RoundFacts, bytesIn: number): RoundRecord {
  const { lanes: _lanes, openedAt: _openedAt, ...rest } = facts
  return { ...rest, testLoss: null, testAccuracy: null, bytesIn }
}
