// How much a rule loses against the redundancy that would have been best, had one known: the same world with each
// fixed redundancy, and the rule on the same draws.

import { createWorld, simulate, unitMs, type WorldSettings } from '@muster/simulator'
import { adaptiveRepetitionBy, type RedundancyRule, type Strategy } from '@muster/strategies'

export interface RegretSettings extends WorldSettings {
  /** Rounds before figures are taken. */
  readonly warmUp: number
}

/** The product's own choice, another rule, or groups of a fixed size. */
export type Chooser = { readonly own: true } | { readonly rule: RedundancyRule } | { readonly fixed: number }

/** Units a round, warm-up left out. */
export function roundTimes(settings: RegretSettings, chooser: Chooser): { times: number[]; redundancy: number[] } {
  const { partitions, rounds, warmUp, seed } = settings
  const world = createWorld({ ...settings, rounds: rounds + warmUp })
  const strategy =
    'rule' in chooser
      ? {
          strategy: adaptiveRepetitionBy(chooser.rule) as Strategy as Strategy<unknown>,
          own: { redundancyMin: 1, redundancyMax: 64 },
        }
      : 'fixed' in chooser
        ? { name: 'adaptive-repetition', redundancyMin: chooser.fixed, redundancyMax: chooser.fixed }
        : 'adaptive-repetition'
  const { rounds: played } = simulate({ seed, strategy, world, partitions, rounds: rounds + warmUp })
  const scored = played.slice(warmUp)
  return { times: scored.map(({ totalMs }) => totalMs / unitMs), redundancy: scored.map(round => round.redundancy) }
}

export const total = (times: readonly number[]): number => times.reduce((sum, time) => sum + time, 0)

/** How many rounds after `from` until the mean of the next few is within 10 % of the best; Infinity: never. */
export function backWithin(times: readonly number[], best: readonly number[], from: number, window = 5): number {
  for (let start = from; start + window <= times.length; start++) {
    const own = total(times.slice(start, start + window))
    if (own <= 1.1 * total(best.slice(start, start + window))) return start - from
  }
  return Infinity
}
