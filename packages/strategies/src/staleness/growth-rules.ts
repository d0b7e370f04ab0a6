// How K, the number of results a round waits for, grows as the loss falls: a large K early wastes time on stragglers,
// a small one late lets stale results disturb the end. The paper's own rule (Adaptive Bounded Staleness, arXiv
// 2301.08895) could not be had in full; these are named, exchangeable reconstructions.

import type { GrowthState } from './stale-state.ts'

export type GrowthRule = 'fixed' | 'adasync' | 'ratio' | 'plateau'

export const growthRules: readonly { readonly value: GrowthRule; readonly meaning: string }[] = [
  { value: 'adasync', meaning: 'K₀·√(F(w⁰)/F(w)), rounded up: K grows with the root of what the loss has fallen.' },
  { value: 'ratio', meaning: 'K₀·F(w⁰)/F(w), rounded down: K grows as fast as the loss falls.' },
  { value: 'plateau', meaning: 'One more whenever ten rounds have lowered the loss by less than one per cent.' },
  { value: 'fixed', meaning: 'K stays K₀.' },
]

/** Weight of the past in the average of losses: a single noisy round must not raise K for ever. */
const lossMemory = 0.9
const plateauRounds = 10
const plateauGain = 0.01

export const startGrowth = (k0: number, resumed?: Readonly<Record<string, number>>): GrowthState => ({
  target: Math.max(1, resumed?.target ?? k0),
  lossFirst: resumed?.lossFirst ?? null,
  lossAverage: resumed?.lossAverage ?? null,
  judged: null,
})

/**
 * The target after a round whose freshest results reported this loss. It never falls, rises by at most one a round, and
 * not beyond the live workers.
 * @param loss F(wᵗ), mean loss a sample
 */
export function grow(rule: GrowthRule, k0: number, growth: GrowthState, loss: number, live: number): GrowthState {
  const lossFirst = growth.lossFirst ?? loss
  const lossAverage = growth.lossAverage === null ? loss : lossMemory * growth.lossAverage + (1 - lossMemory) * loss
  const averaged = { ...growth, lossFirst, lossAverage }
  const judged = judgeProgress(growth.judged, lossAverage)
  const wanted = wantedK(rule, k0, averaged, judged.isPlateau)
  const target = Math.max(growth.target, Math.min(wanted, growth.target + 1, live))
  return { ...averaged, target, judged: judged.next }
}

function wantedK(rule: GrowthRule, k0: number, { target, lossFirst, lossAverage }: GrowthState, isPlateau: boolean) {
  const fallen = lossAverage! > 0 ? Math.max(0, lossFirst!) / lossAverage! : Infinity
  switch (rule) {
    case 'fixed':
      return k0
    case 'adasync':
      // Dutta, Wang and Joshi 2021: K that balances the error's bias, F/(ηX), against its variance, Lησ²/K, where a
      // round of K results takes a time that is proportional to K.
      return Math.ceil(k0 * Math.sqrt(fallen))
    case 'ratio':
      return Math.floor(k0 * fallen)
    case 'plateau':
      return isPlateau ? target + 1 : target
  }
}

function judgeProgress(judged: GrowthState['judged'], loss: number) {
  if (judged === null) return { next: { loss, rounds: 1 }, isPlateau: false }
  if (judged.rounds < plateauRounds) return { next: { ...judged, rounds: judged.rounds + 1 }, isPlateau: false }
  return { next: { loss, rounds: 1 }, isPlateau: loss > (1 - plateauGain) * judged.loss }
}
