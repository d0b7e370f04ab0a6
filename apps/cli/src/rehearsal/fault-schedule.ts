// Which worker is hit when, drawn from the rehearsal's seed: the same seed stirs the same way.

import { randomStream } from '@muster/numerics'
import type { LossSpell, Slowness } from '../worker-processes.ts'
import { type FaultSpec, lossesOf } from './fault-spec.ts'

/** Slow and flaky spells of one worker (index in order of starting). */
export function spellsOf(faults: readonly FaultSpec[], seed: number, index: number, workers: number): Slowness[] {
  return faults.flatMap((fault, f): Slowness[] => {
    if (fault.kind === 'slow') {
      const hit = [...randomStream(seed, 'slow', f).permutation(workers)].slice(0, fault.count)
      return hit.includes(index) ? [{ from: fault.from, to: fault.to, factor: fault.factor }] : []
    }
    if (fault.kind !== 'flaky') return []
    const spells: Slowness[] = []
    for (let round = fault.from; round <= fault.to; round++) {
      if (100 * randomStream(seed, 'flaky', f, index, round).uniform() < fault.percent)
        spells.push({ from: round, to: round, factor: fault.factor })
    }
    return spells
  })
}

/** When and how one worker's answers are lost. */
export const lossSpellsOf = (faults: readonly FaultSpec[], seed: number, index: number): LossSpell[] =>
  faults.flatMap((fault, f) =>
    fault.kind === 'lose' ? [{ from: fault.from, to: fault.to, losses: lossesOf(fault), key: [seed, f, index] }] : [],
  )

export interface Strike {
  readonly victims: readonly number[]
  /** Where in the round, as a share of a usual one. */
  readonly moment: number
  /** Strike as soon as the victim has announced and not yet uploaded, where the strategy announces. */
  readonly afterAnnouncing: boolean
}

/** Victims among the living (given by index) and the moment of a kill or freeze. */
export function drawStrike(
  fault: Extract<FaultSpec, { count: number; round: number }>,
  seed: number,
  order: number,
  living: readonly number[],
): Strike {
  const draw = randomStream(seed, 'strike', order, fault.round)
  const victims = [...draw.permutation(living.length)].slice(0, fault.count).map(i => living[i]!)
  return { victims, moment: 0.1 + 0.8 * draw.uniform(), afterAnnouncing: draw.uniform() < 0.5 }
}
