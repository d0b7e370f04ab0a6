// Failures in bursts: spells in which a worker stands still, its parameters kept as they are, and nobody is told.

import { randomStream } from '@muster/numerics'
import { type FaultAt, unitMs } from '@muster/simulator'
import { unitsPerExchange } from './exchange-world.ts'
import { failureShare, spellExchanges } from './setting.ts'

export interface Spell {
  /** Units of virtual time. */
  readonly from: number
  readonly to: number
}

/** Of one worker until then, in order. Spells and the times between them are exponential, so that either may be under way at 0. */
export function spellsOf(seed: number, seat: number, steps: number, until: number): Spell[] {
  const draw = randomStream(seed, 'elastic', 'spells', seat)
  const mean = spellExchanges * unitsPerExchange(steps)
  const meanAwake = (mean * (1 - failureShare)) / failureShare
  const spells: Spell[] = []
  let at = draw.uniform() < failureShare ? 0 : meanAwake * draw.exponential()
  while (at < until) {
    const to = at + mean * draw.exponential()
    spells.push({ from: at, to })
    at = to + meanAwake * draw.exponential()
  }
  return spells
}

/** @param spells by seat */
export const freezesOf = (spells: readonly (readonly Spell[])[]): FaultAt[] =>
  spells.flatMap((own, seat) =>
    own.map(
      ({ from, to }): FaultAt => ({
        at: from * unitMs,
        fault: { kind: 'freeze', worker: `w${seat}`, forMs: (to - from) * unitMs },
      }),
    ),
  )
