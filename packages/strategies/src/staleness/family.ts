// The family of bounded staleness: one machine, and for each published policy the rules that make it. Each is a special
// case of `adaptive-bounded-staleness`, and tested to give the same trace as that does with its settings.

import { wholeSetting } from '../described-settings.ts'
import type { ChoiceSetting, NumberSetting, SettingValue } from '../strategy.ts'
import { type GrowthRule, growthRules } from './growth-rules.ts'
import { type StalenessLogic, stalenessStrategy } from './stale-round.ts'
import type { StalenessRules } from './stale-state.ts'

const k = wholeSetting('k', 'K: results a round waits for.', 4, 1, 512)
const k0 = wholeSetting('k0', 'K₀: results a round waits for at first.', 4, 1, 512)
const localSteps = wholeSetting('localSteps', 'U: steps a worker takes on its own before it answers.', 1, 1, 64)
const partitionsPerStep = wholeSetting(
  'partitionsPerStep',
  'Partitions of one step; 0: an even share, all partitions over all workers.',
  0,
  0,
  4096,
)
const momentum: NumberSetting = {
  name: 'momentum',
  meaning: 'Decay of the momentum of local steps, begun anew with each answer; 0: plain steps.',
  default: 0,
  min: 0,
  max: 0.99,
}
const data: ChoiceSetting = {
  name: 'data',
  meaning: 'Which samples a worker learns from.',
  default: 'own',
  options: [
    { value: 'own', meaning: 'Its own block of the partitions, as in the papers; it downloads no more than that.' },
    { value: 'shared', meaning: 'The next of one sequence: whoever is fast takes more of all the data.' },
  ],
}
const rule: ChoiceSetting = {
  name: 'rule',
  meaning: 'How the target K grows as the loss falls.',
  default: 'adasync',
  options: growthRules,
}
const damping: ChoiceSetting = {
  name: 'damping',
  meaning: 'What a result counts that is τ updates behind.',
  default: 'inverse',
  options: [
    { value: 'none', meaning: 'As much as any other.' },
    { value: 'inverse', meaning: '1/(1 + τ) of a fresh one.' },
  ],
}
/** So large a factor never bounds anything. */
const boundFactorMax = 1_000_000_000
const boundFactor: NumberSetting = {
  name: 'c',
  meaning: 'Staleness bound: ⌈c·workers/K⌉ updates, at least 1. 0: everybody starts anew in each round; 1e9: no bound.',
  default: 2,
  min: 0,
  max: boundFactorMax,
}
const starvedAfter = wholeSetting(
  'starvedAfter',
  'Restarts in a row after which a worker gets half the work; 0: never.',
  2,
  0,
  100,
)
const lead = wholeSetting('lead', 'Answers by which a worker may lead the slowest before it waits.', 3, 0, 1000)

/** Steps and data are everybody's to choose. */
const steps = [localSteps, momentum, partitionsPerStep, data]

const everybody = Number.MAX_SAFE_INTEGER

type Own = Readonly<Record<string, SettingValue>>

/** K₀ results at once, no bound, no waiting: each policy says what it does otherwise. */
const rulesWith = (own: Own, given: Partial<StalenessRules>): StalenessRules => ({
  k0: 1,
  growth: 'fixed',
  boundFactor: Infinity,
  lead: Infinity,
  damping: 'none',
  starvedAfter: 0,
  localSteps: Number(own.localSteps),
  momentum: Number(own.momentum),
  partitionsPerStep: Number(own.partitionsPerStep),
  data: own.data as StalenessRules['data'],
  ...given,
})

const fixed = { growth: false, bound: false }

export const adaptiveBoundedStaleness = stalenessStrategy({
  name: 'adaptive-bounded-staleness',
  meaning:
    'A round applies the first K results, K growing as the loss falls; whoever falls behind a bound starts anew from the new model.',
  settings: [k0, rule, boundFactor, starvedAfter, damping, ...steps],
  rulesOf: own =>
    rulesWith(own, {
      k0: Number(own.k0),
      growth: own.rule as GrowthRule,
      boundFactor: Number(own.c) >= boundFactorMax ? Infinity : Number(own.c),
      starvedAfter: Number(own.starvedAfter),
      damping: own.damping as StalenessRules['damping'],
    }),
  shows: { growth: true, bound: true },
})

export const asynchronous = stalenessStrategy({
  name: 'asynchronous',
  meaning: 'Every result is applied as it comes, whatever model it began with.',
  settings: steps,
  rulesOf: own => rulesWith(own, {}),
  shows: fixed,
})

export const kSynchronous = stalenessStrategy({
  name: 'k-synchronous',
  meaning: 'A round applies the first K results; everybody else drops its work and starts anew from the new model.',
  settings: [k, ...steps],
  rulesOf: own => rulesWith(own, { k0: Number(own.k), boundFactor: 0 }),
  shows: { growth: false, bound: true },
})

export const kAsynchronous = stalenessStrategy({
  name: 'k-asynchronous',
  meaning: 'A round applies the first K results; everybody else goes on, however old its model becomes.',
  settings: [k, ...steps],
  rulesOf: own => rulesWith(own, { k0: Number(own.k) }),
  shows: fixed,
})

export const staleSynchronous = stalenessStrategy({
  name: 'stale-synchronous',
  meaning:
    'Every result is applied as it comes; whoever leads the slowest by too many answers waits (SSP, Ho et al. 2013).',
  settings: [lead, ...steps],
  rulesOf: own => rulesWith(own, { lead: Number(own.lead) }),
  shows: fixed,
})

const adaSync = (name: string, meaning: string, damped: StalenessRules['damping']): StalenessLogic => ({
  name,
  meaning,
  settings: [k0, ...steps],
  rulesOf: own => rulesWith(own, { k0: Number(own.k0), growth: 'adasync', damping: damped }),
  shows: { growth: true, bound: false },
})

export const adasync = stalenessStrategy(
  adaSync(
    'adasync',
    'A round applies the first K results, K growing with the root of what the loss has fallen (Dutta et al. 2021).',
    'none',
  ),
)

export const saAdasync = stalenessStrategy(
  adaSync('sa-adasync', 'AdaSync in which a result counts the less the staler it is, 1/(1 + τ).', 'inverse'),
)

export const localSgd = stalenessStrategy({
  name: 'local-sgd',
  meaning:
    'Everybody takes U steps on its own, then all are averaged; every round waits for all (federated averaging).',
  settings: [{ ...localSteps, default: 4 }, momentum, partitionsPerStep, data],
  rulesOf: own => rulesWith(own, { k0: everybody }),
  shows: fixed,
})
